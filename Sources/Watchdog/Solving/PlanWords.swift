import LinuxCalls
import Rules

extension Plan {
  /// What is done about a problem, in the words of everything that tells of it.
  public func words(_ found: TroubleFound) -> String {
    switch self {
    case .over(let proof): "over: \(proof.words)"
    case .solving(let attempt, let since):
      "being solved: attempt \(attempt)\(solverWords(found)), for \(since.inSeconds) s"
    case .kill(let attempt):
      "attempt \(attempt)\(solverWords(found)) takes longer than \(found.trouble.limits.solveTime.wholeSeconds) s: it is "
        + "killed"
    case .tried(let attempt, let rest):
      "started again (attempt \(attempt)): it has another \(rest.inSeconds) s to prove that it works"
    case .tryAnew:
      "started again with the whole system: it has \(found.trouble.trial.inSeconds) s to prove that it works"
    case .begin(let attempt): "next: attempt \(attempt) now"
    case .pause(let attempt, let rest): "next: attempt \(attempt) in \(rest.inSeconds) s"
    case .nobodyCan:
      "nothing can solve it: write programs/\(found.name.text) or solutions/\(found.name.text)"
    case .marked:
      found.trouble.limits.lastStep == nil
        ? "it is only marked: nothing here can mend it (programs/\(found.name.text) or solutions/\(found.name.text) would)"
        : "it is only marked: its last-step is mark"
    case .waits(.hold(let rest)):
      "nothing is done for another \(rest.wholeSeconds + 1) s: on hold"
        + (found.hold.map { " (\($0.reason))" } ?? "")
    case .waits(.restart): "the system is being restarted: nothing is solved meanwhile"
    }
  }

  private func solverWords(_ found: TroubleFound) -> String {
    found.record?.solver.map { ", process \($0.pid)" } ?? ""
  }

  /// For programs.
  public var name: StaticString {
    switch self {
    case .over: "over"
    case .solving: "solving"
    case .kill: "kill"
    case .tried, .tryAnew: "tried"
    case .begin, .pause: "attempt"
    case .nobodyCan: "nobody-can"
    case .marked: "marked"
    case .waits: "waits"
    }
  }

  /// The how manieth attempt in a row it is or will be; nil where there is none.
  public var attempt: Int? {
    switch self {
    case .solving(let attempt, _), .kill(let attempt), .tried(let attempt, _),
      .tryAnew(let attempt), .begin(let attempt), .pause(let attempt, _):
      attempt
    case .over, .nobodyCan, .marked, .waits: nil
    }
  }

  /// How long until that changes by itself; nil where nobody knows.
  public var rest: Duration? {
    switch self {
    case .tried(_, let rest), .pause(_, let rest), .waits(.hold(let rest)): rest
    case .begin, .kill: .zero
    default: nil
    }
  }
}
