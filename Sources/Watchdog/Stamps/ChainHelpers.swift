import LinuxCalls

/// The helpers of the chain that run for longer than a moment, or that they run. They belong to no program, whoever
/// started cron.
public struct ChainHelpers {
  private let folder = ThisProcess.executableFolder

  private static let tools: [Tool] = [
    .eachSecond, .feeder, .markProblems, .checkSolutions, .solveProblems,
  ]

  /// Lets this process, which is one of them, be no part of a program: takes the stamp out of its environment and the
  /// process out of the control group of a heart, which is killed at one blow.
  static func standApart() {
    for variable in Stamp.variables {
      ThisProcess.hide(variable)
      ThisProcess.unsetEnvironment(variable)
    }
    guard let own = ControlGroup.own(), let base = Stamp.base(ofAny: own),
      let mount = ControlGroup.Mount.find()
    else { return }
    // A group that has others in it may hold no process itself.
    for group in [base, ControlGroup(path: "/")]
    where (try? group.join(from: mount, base: group)) != nil { return }
  }

  /// Whether it is one of them, started by root or by our user. A solver is none: it works for a heart, and is stamped.
  func contains(_ entry: StampedEntry, _ table: borrowing ProcessTable) -> Bool {
    guard let folder, let status = entry.status, entry.sign != .note,
      let tool = ChainHelpers.tools.first(where: {
        status.command.elementsEqual("\($0.name)".utf8.prefix(15))
      }), tool != .solveProblems || entry.sign == .descent
    else { return false }
    let pid = status.identity.pid
    guard let path = table.executable(of: pid) else { return false }
    return path.elementsEqual("\(folder)/\(tool.name)".utf8)
      && table.users(of: pid).allSatisfy { $0 == 0 || $0 == ThisProcess.user }
  }
}
