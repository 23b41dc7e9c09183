import Linux

/// /var/lib/watchdog/stood-down: the box gave up restarting and only marks, until a person removes the file.
public enum StandDown {
  private static let file = "stood-down"

  /// Why and when the box stood down; nil when it did not.
  public static func read(_ roots: Roots) throws(Failure) -> String? {
    for path in [roots.state, roots.data] {
      let bytes = try attempt(to: "read \(path)/\(file)") { () throws(SystemError) in
        do throws(SystemError) {
          return try Folder(path: path).readFile(file, atMost: 1024)
        } catch {
          if error == .noSuchFile { return nil }
          throw error
        }
      }
      if let bytes { return printable(Array(bytes.prefix { $0 != 0x0A }), atMost: 400) }
    }
    return nil
  }

  /// Stands down. Where the disk does not take that, it holds until the next boot.
  static func begin(
    _ roots: Roots, _ state: borrowing StateFolder, _ drafts: borrowing Drafts, why: String
  ) throws(Failure) {
    let text = "\(Moment.now().realtime.date): \(why)\n"
    do throws(Failure) {
      try DataFolder(roots).replace(file, text)
    } catch {
      try attempt(to: "write \(state.path)/\(file)") { () throws(SystemError) in
        try drafts.replace(file, in: state.folder, Drafts.Contents(text))
      }
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

  /// Takes it back.
  static func end(_ roots: Roots, _ state: borrowing StateFolder) throws(Failure) {
    try attempt(to: "remove \(state.path)/\(file)") { () throws(SystemError) in
      if try state.folder.statusIfThere(of: file) != nil { try state.folder.remove(file) }
    }
    try DataFolder(roots).remove(file)
  }
}
