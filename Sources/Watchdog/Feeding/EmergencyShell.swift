import LinuxCalls

/// The shell of whoever logs in where a boot was given up, or nothing else runs (systemd's emergency.service and
/// rescue.service). Nothing runs the chain there, and nobody is reset under his hands.
struct EmergencyShell {
  /// Whether somebody was logged in there at the last look.
  private(set) var isInUse = false

  static let login = "somebody is logged into the emergency shell"

  /// Looks again. When that changed it is said.
  ///
  /// - Parameter rest: in how many seconds the box is reset when nobody is logged in any more.
  mutating func look(_ run: Run, rest: Duration) {
    let wasInUse = isInUse
    isInUse = EmergencyShell.hasUser
    if isInUse, !wasInUse {
      run.say(.notice, "\(EmergencyShell.login): the box is left alone until that ends")
    } else if wasInUse, !isInUse {
      run.say(
        .notice,
        "nobody is logged into the emergency shell any more: the chain has \(rest.wholeSeconds) s to take the device over"
      )
    }
  }

  /// Whether somebody is logged in there, as far as can be seen: one of them has a child that is none of them.
  private static var hasUser: Bool {
    guard let table = try? ProcessTable(), let pids = try? Holder.pids(in: table) else {
      return false
    }
    return pids.contains { pid in
      guard let parent = ((try? table.status(of: pid)) ?? nil)?.parent else { return false }
      let program = Holder.program(of: pid, in: table)
      return !program.utf8.isEmpty && !asks(program)
        && asks(Holder.program(of: parent, in: table)) && Holder.isOurs(parent, table)
        && Holder.isOurs(pid, table)
    }
  }

  /// Whether it asks for the password, and then starts the shell or becomes it: sulogin(8), and what systemd starts it from.
  private static func asks(_ program: String) -> Bool {
    program.isEqual(to: "sulogin") || program.isEqual(to: "systemd-sulogin-shell")
  }
}
