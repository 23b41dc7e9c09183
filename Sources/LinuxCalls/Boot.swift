/// This boot of the box, among all others.
public enum Boot {
  /// A UUID that the kernel makes up at boot (random(4), boot_id), as it is written there; empty where /proc
  /// does not say.
  public static func identity() -> [UInt8] {
    guard let folder = try? Folder(path: "/proc/sys/kernel/random") else { return [] }
    return (try? folder.readFile("boot_id", atMost: 64)) ?? []
  }
}
