import Linux

/// One step up the ladder, taken by check-solutions when a problem is too old.
struct Climb: ~Copyable {
  private let roots: Roots
  private let report: Report
  private let ladder: Ladder
  private var counters: Counters

  /// What came of it.
  enum Outcome {
    /// restart-system was started.
    case restarted
    /// Somebody else is at it.
    case othersWere
    /// Nothing is done for now, for this reason.
    case waits(String)
  }

  init(
    _ ladder: Ladder, _ roots: Roots, _ state: borrowing StateFolder, _ report: Report
  ) throws(Failure) {
    let counters = try Counters(roots, state)
    self.roots = roots
    self.report = report
    self.ladder = ladder
    self.counters = counters
  }

  /// What comes next, in words, for a dry run.
  borrowing func describe(_ reason: String, at now: Moment) -> String {
    switch counters.next(on: ladder, at: now) {
    case .wait(let rest): "would wait for \(rest.inSeconds) s, until minimum-uptime: \(reason)"
    case .restart: "would run \(roots.config)/restart-system: \(reason)"
    case .reboot: "would leave the box to the watchdog device: \(reason)"
    case .standDown: "would stand down: \(reason)"
    }
  }

  /// Does what comes next.
  ///
  /// - Parameters:
  ///   - reason: what is wrong.
  ///   - last: the run of restart-system that was looked at when this was decided.
  /// - Throws: when the box is left to the device: whoever called this is no longer alive.
  mutating func step(
    _ reason: String, after last: SystemRestart.LastRun, at now: Moment,
    _ state: borrowing StateFolder, _ drafts: borrowing Drafts
  ) throws(Failure) -> Outcome {
    let restart = try SystemRestart(roots, in: state)
    guard try restart.claim(after: last) else { return .othersWere }
    switch counters.next(on: ladder, at: now) {
    case .wait:
      return .waits(
        "\(reason): not restarting the system within \(ladder.minimumUptime.wholeSeconds) s of boot"
      )
    case .restart:
      var obstacle: Failure?
      do throws(Failure) {
        try SystemRestart.check(roots)
      } catch {
        obstacle = error
      }
      try counters.countRestart(at: now, on: ladder, state, drafts)
      if let obstacle {
        // Counted as one that did not help. It would be no better after a reboot: uncounted, that came again for ever.
        try restart.noteFailure(at: now, with: drafts)
        throw Failure(obstacle.code, "\(reason): \(obstacle.sentence)")
      }
      Incident(.restart, by: "check-solutions", why: reason).note(roots, report)
      try restart.start(with: drafts)
      report.say(.error, "\(reason): restarting the system")
      return .restarted
    case .reboot: return try reboot(reason, at: now, state, drafts)
    case .standDown:
      let why =
        "\(ladder.rebootsBeforeStandingDown) reboots within \(ladder.rebootsWindow.wholeSeconds) s "
        + "did not help: \(reason)"
      try StandDown.begin(roots, state, drafts, why: why)
      Incident(.stoodDown, by: "check-solutions", why: why).note(roots, report)
      report.say(
        .error,
        "\(why): standing down: problems are only marked, until watchdog-chain resume")
      return .othersWere
    }
  }

  private mutating func reboot(
    _ reason: String, at now: Moment, _ state: borrowing StateFolder, _ drafts: borrowing Drafts
  ) throws(Failure) -> Outcome {
    let why =
      "\(ladder.restartsBeforeReboot) restarts of the system within "
      + "\(ladder.restartsWindow.wholeSeconds) s did not help: \(reason)"
    var obstacle: String?
    do throws(Failure) {
      try RebootDue.note(why, in: state, drafts) { () throws(Failure) in
        do throws(Failure) {
          try counters.countReboot(at: now, on: ladder)
        } catch {
          // A box that cannot count its reboots must not reboot for ever.
          let least = ladder.leastTimeBetweenUncountedReboots
          if now.monotonic >= least { return }
          obstacle =
            "\(why): rebooting not before the box has been up for \(least.wholeSeconds) s, because "
            + "reboots cannot be counted: \(error.sentence)"
          throw error
        }
      }
    } catch {
      if let obstacle { return .waits(obstacle) }
      throw error
    }
    Incident(.reboot, by: "check-solutions", why: why).note(roots, report)
    if roots.isOfBox { KernelLog.write("watchdog-chain: leaving the box to the watchdog: \(why)") }
    throw Climb.isDue(why)
  }

  /// Why check-solutions is not alive any more.
  static func isDue(_ why: String) -> Failure {
    Failure(.tryLater, "\(why): waiting for the watchdog device to reboot the box")
  }
}
