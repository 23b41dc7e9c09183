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

  /// Stands down.
  static func begin(_ roots: Roots, why: String) throws(Failure) {
    try DataFolder(roots).replace(file, "\(Moment.now().realtime.date): \(why)\n")
  }

  /// Takes it back.
  static func end(_ roots: Roots) throws(Failure) { try DataFolder(roots).remove(file) }
}
