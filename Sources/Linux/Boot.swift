/// This boot of the box, among all others.
public enum Boot {
  /// A UUID that the kernel makes up at boot (random(4), boot_id), as it is written there; empty where /proc
  /// does not say.
  public static func identity() -> [UInt8] {
    let folder = try? Folder(path: "/proc/sys/kernel/random")
    switch folder {
    case .some(let folder): return ((try? folder.readFile("boot_id", atMost: 64)) ?? nil) ?? []
    case .none: return []
    }
  }
}
