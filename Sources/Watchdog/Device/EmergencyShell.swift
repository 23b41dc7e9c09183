import LinuxCalls

/// The shell of whoever logs in where a boot was given up (systemd's emergency.service and rescue.service).
enum EmergencyShell {
  /// Whether somebody is logged in there, as far as can be seen: one of them has a child that is none of them.
  static var isInUse: Bool {
    guard let table = try? ProcessTable(), let pids = try? Holder.pids(in: table) else {
      return false
    }
    return pids.contains { pid in
      guard let parent = ((try? table.status(of: pid)) ?? nil)?.parent else { return false }
      let program = Holder.program(of: pid, in: table)
      return !program.utf8.isEmpty && !asks(program)
        && asks(Holder.program(of: parent, in: table))
    }
  }

  /// Whether it asks for the password, and then starts the shell or becomes it: sulogin(8), and what systemd starts it from.
  private static func asks(_ program: String) -> Bool {
    program.isEqual(to: "sulogin") || program.isEqual(to: "systemd-sulogin-shell")
  }
}
