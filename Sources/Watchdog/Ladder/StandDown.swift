import Linux

/// /var/lib/watchdog/stood-down: the box gave up restarting and only marks, until a person removes the file.
public enum StandDown {
  private static let file = "stood-down"

  /// Why and when the box stood down; nil when it did not.
  public static func read(_ roots: Roots) throws(Failure) -> String? {
    let data = try DataFolder.toLookAt(roots)
    switch data {
    case .none: return nil
    case .some(let data):
      guard let bytes = try data.read(file, atMost: 1024) else { return nil }
      return printable(Array(bytes.prefix { $0 != 0x0A }), atMost: 400)
    }
  }

  /// As `read`. A disk that cannot be read is complained of, and the box did not stand down: or else nothing
  /// would be mended on it, and the device would reboot it again and again, which nobody could count.
  static func read(
    _ roots: Roots, complaints: inout Complaints, drafts: borrowing Drafts
  ) -> String? {
    do throws(Failure) {
      return try read(roots)
    } catch {
      complaints.raise(about: "data", error.sentence, level: .error, drafts: drafts)
      return nil
    }
  }

  /// Stands down.
  static func begin(_ roots: Roots, why: String) throws(Failure) {
    try DataFolder(roots).replace(file, "\(Moment.now().realtime.date): \(why)\n")
  }

  /// Takes it back.
  static func end(_ roots: Roots) throws(Failure) { try DataFolder(roots).remove(file) }
}
