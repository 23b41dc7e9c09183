import LinuxCalls
import Rules

/// One run of a detector, in a process of its own: what it says becomes problem NAME, or ends it.
struct DetectorRun {
  let name: Name
  let roots: Roots
  let report: Report

  /// So much of what it says is read.
  private static let mostWords = 4096

  /// Runs it, unless it runs still.
  func work() {
    // What it leaves behind becomes ours, and is ended with us.
    Orphans.adopt()
    do throws(Failure) {
      let run = try Run(roots, report, complains: false)
      let lock = try run.state.open(.locks).lock("\(name.text).detector")
      guard try lock.claim() else { return }
      try conclude(judge(), run)
      // The clerk has to outlive us.
      Orphans.leavingAlone { report.journal.send(report, patience: .zero) }
      // One that cannot be killed has our lock for as long as it is there: no second one joins it.
      try attempt(to: "end what \(path) left", Orphans.killAll())
      _ = consume lock
    } catch {
      report.say(.error, error.sentence)
    }
  }

  private var path: String { "\(roots.config)/\(Detectors.folder)/\(name.text)" }

  /// What is wrong, in words; nil when all is well.
  private func judge() throws(Failure) -> String? {
    let limit = Settings.value(of: .detectTime, for: name, roots)
    do throws(Failure) {
      // It was taken away since it was listed: nothing is to be said of it.
      if (try? FileStatus.at(path)) == nil { return nil }
      let run = try BoundedRun(
        [path], as: .nothing(about: name), roots, within: limit, keeping: DetectorRun.mostWords)
      return run.failure.map { run.hasEnded ? run.sentence ?? $0 : $0 }
    } catch {
      // That the box is short of processes is no word of the detector.
      if error.isOfBox { throw error }
      return error.sentence
    }
  }

  private func conclude(_ reason: String?, _ run: Run) throws(Failure) {
    guard let reason else { return try run.closeDetected(name, why: "its detector finds nothing") }
    let problem = Problem(detector: Problem.detector(name), reason: reason)
    try Problems(in: run.state).noteFound(problem, for: name, with: run.drafts, roots, report)
  }
}
