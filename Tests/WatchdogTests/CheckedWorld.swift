import LinuxCalls
import Rules
import TestSupport
import Testing

@testable import Watchdog

/// What check-solutions does in a run.
extension World {
  /// Whose problems have been unsolved for so many seconds when the run begins, by name.
  func check(
    unsolved: [String: Int] = [:], since: Duration? = nil, lines: String = "",
    limits: Trouble.Limits? = nil
  ) throws -> ExitCode {
    let now = Moment.now()
    // It has been watching for an hour.
    let vigil = Vigil(
      lastLook: now.monotonic, clockOffset: now.clockOffset, watched: .seconds(3600), begun: .zero)
    var text = vigil.line + lines
    for (name, seconds) in unsolved.sorted(by: { $0.key < $1.key }) {
      let noticed = try #require(status("run/problems/\(name)")).modified
      let one = Unsolved(
        noticed: noticed, time: .seconds(seconds), tries: 0, attempt: -1, waited: .zero,
        restart: since, resumed: nil, isAfterRestart: since != nil, restarts: 0,
        limits: limits)
      text += "\(name) \(one.fields)\n"
    }
    for folder in ["run/alive", "run/vigils"] { try makeFolder(folder) }
    try write(text, to: "run/vigils/check-solutions")
    try write("", to: "run/alive/check-solutions", dated: .seconds(5))
    let checking = try CheckSolutions(roots, Report(tool: "check-solutions"), isDry: false)
    return try checking.check()
  }

  /// Whether the run counted as a sign of life.
  var isCheckAlive: Bool {
    status("run/alive/check-solutions")?.modified != .seconds(5)
  }

  func complaintOfCheck(about subject: String) -> String? {
    text("run/complaints/check-solutions/\(subject)")
  }

  /// A problem that somebody here could mend.
  func makeProblem(_ name: String, secondsAgo: Int = 1000) throws {
    for folder in ["run/problems", "etc/programs"] { try makeFolder(folder) }
    try write("#!/bin/sh\n", to: "etc/programs/\(name)", mode: 0o755)
    try write("1\n", to: "etc/minimum-uptime")
    let date = Clock.realtime - .seconds(secondsAgo)
    try write("who\nwhy\n", to: "run/problems/\(name)", dated: date)
  }

  var restarts: Int {
    (text("run/restarts") ?? "\n").split(separator: "\n").dropFirst().count
  }
}
