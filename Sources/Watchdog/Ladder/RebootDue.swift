import Linux

/// /run/watchdog/reboot-due: the ladder has come to its end, and why. From then on check-solutions is no
/// longer alive, so the device is not fed and reboots the box, which clears the note.
public enum RebootDue {
  private static let file = "reboot-due"

  /// Why the box is to be rebooted; nil when it is not.
  public static func read(in state: borrowing StateFolder) throws(Failure) -> String? {
    try attempt(to: "read \(state.path)/\(file)") { () throws(SystemError) in
      guard let bytes = try state.folder.readFile(file, atMost: 1024) else { return nil }
      return printable(Array(bytes.prefix { $0 != 0x0A }), atMost: 400)
    }
  }

  /// Notes it, in two steps with `count` between them: a reboot is counted before it is due, but not when the
  /// note cannot be had, or it would be counted anew each second.
  static func note(
    _ why: String, in state: borrowing StateFolder, _ drafts: borrowing Drafts,
    count: () throws(Failure) -> Void
  ) throws(Failure) {
    try attempt(to: "write \(state.path)/\(file)") { () throws(SystemError) in
      try drafts.prepare(Drafts.Contents("\(why)\n"))
    }
    try count()
    try attempt(to: "write \(state.path)/\(file)") { () throws(SystemError) in
      try drafts.publish(as: file, in: state.folder)
    }
  }

  /// When it was noted, CLOCK_REALTIME; nil when it is not.
  static func date(in state: borrowing StateFolder) throws(Failure) -> Duration? {
    try state.status(of: file)?.modified
  }

  static func clear(in state: borrowing StateFolder) throws(Failure) {
    try attempt(to: "remove \(state.path)/\(file)") { () throws(SystemError) in
      if try state.folder.statusIfThere(of: file) != nil { try state.folder.remove(file) }
    }
  }
}
