import LinuxCalls
import Rules

/// Takes a rung of the ladder, for a problem that is too old.
struct Climb {
  let run: Run
  let ladder: LadderState
  let name: Name
  let noticed: Duration
  let now: Moment

  /// What came of it.
  enum Outcome {
    /// Something was done about it, by us or by somebody else.
    case done
    /// Nothing is done for now, for this reason.
    case waits(String)
  }

  /// Takes it.
  ///
  /// - Parameters:
  ///   - reason: what is wrong.
  ///   - last: the run of restart-system that was looked at when this was decided.
  func take(
    _ rung: Ladder.Rung, _ reason: String, restarts: Int, after last: LastRestart
  ) throws(Failure) -> Outcome {
    switch rung {
    case .wait:
      return .waits(
        "\(reason): not restarting the system within \(ladder.ladder.minimumUptime.wholeSeconds) s of boot"
      )
    case .restart: return try restart(reason, after: last)
    case .reboot:
      let why = "\(ladder.words(of: restarts)): \(reason)"
      try RebootDueNote(
        why: why, isTest: false, decided: now.monotonic, isLeft: false, name: name
      ).keep(in: run.state)
      run.callClerk()
      run.say(.error, "\(why): the device will reset the box once this is counted")
      return .done
    case .rollBack: return try rollBack(reason)
    case .standDown:
      let note = try RollBackNote.read(in: run.state)
      let why = "\(ladder.wordsOfReboots): \(reason)\(note?.words ?? "")"
      let stood = StandingDownNote(why: why, since: ladder.running(at: now))
      try run.state.replace(StandingDownNote.file, stood.text)
      run.note(.stoodDown(problem: name), why: why)
      run.callClerk()
      run.say(
        .error, "\(why): standing down: single programs are still mended, a minute apart")
      return .done
    case .end(let end): return .waits("\(reason): \(end.words(ladder))")
    }
  }

  private func rollBack(_ reason: String) throws(Failure) -> Outcome {
    if try RollBackNote.read(in: run.state) == nil {
      let why = "\(ladder.wordsOfReboots): \(reason)"
      try RollBackNote(phase: .due, decided: now.monotonic, name: name, why: why)
        .keep(in: run.state)
      run.say(.error, "\(why): \(run.roots.config)/\(RollBackNote.file) is to be run")
    }
    // Nothing else is done meanwhile: what would be restarted is about to be exchanged.
    return .done
  }

  private func restart(_ reason: String, after last: LastRestart) throws(Failure) -> Outcome {
    let restart = try SystemRestart(run)
    guard try restart.claim(after: last) else { return .done }
    var entry = Restarts.Entry(at: now.monotonic, name: name, noticed: noticed, ran: true)
    do throws(Failure) {
      try SystemRestart.check(run.roots)
      try restart.start(counting: entry)
    } catch {
      // Without another process nothing was tried, and nothing is counted.
      if error.isOfBox { throw error }
      // It would be no better after a reboot. It takes its turn as one that did not help, and says that it never ran.
      entry.ran = false
      try restart.noteFailure(counting: entry)
      run.note(.restart(problem: name, ran: false), why: reason)
      run.say(.error, "\(reason): \(error.sentence)")
      return .done
    }
    run.note(.restart(problem: name, ran: true), why: reason)
    run.callClerk()
    run.say(.error, "\(reason): restarting the system")
    return .done
  }

  /// Leaves the box to its device.
  ///
  /// - Returns: why check-solutions is not alive from now on.
  static func leave(_ due: RebootDueNote, _ run: Run) throws(Failure) -> Failure {
    if !due.isLeft {
      var left = due
      left.isLeft = true
      try left.keep(in: run.state)
      run.note(.reboot(problem: due.name), why: due.why)
      let (roots, tool) = (run.roots, run.report.tool)
      _ = try? Helper.start("watchdog-proof", atMost: BoxEvidence.patience, comesFirst: true) { _ in
        BoxEvidence.keep(roots, why: due.why)
        // The tool's own clerk may have been here before us.
        _ = Clerk.work(roots, tool)
      }
      if run.roots.isOfBox {
        KernelLog.write("watchdog-chain: leaving the box to the watchdog: \(due.why)")
      }
    }
    return Failure(.tryLater, "\(due.why): waiting for the watchdog device to reboot the box")
  }

  /// Calls it off: nothing asks for it any more.
  static func callOff(_ due: RebootDueNote, _ run: Run) throws(Failure) {
    try RebootDueNote.clear(in: run.state)
    if due.isLeft { run.note(.calledOff(problem: due.name), why: due.why) }
    run.callClerk()
    run.say(.notice, "the reboot is called off, because nothing needs it any more: \(due.why)")
  }
}

// MARK: Words

extension Ladder.End {
  /// Why nothing more is done.
  func words(_ state: LadderState) -> String {
    switch self {
    case .lastStep: "its ladder goes no further (last-step); single attempts go on"
    case .noDevice: "no watchdog device is armed that could reboot the box; single attempts go on"
    case .rests: "the box stood down; single attempts go on"
    case .uncounted:
      // How much is left of that would be new each second.
      "no reboot before the box has been up for \(state.ladder.leastTimeBetweenUncountedReboots.wholeSeconds) s, "
        + "because reboots cannot be counted: \(state.whyUncounted ?? "")"
    case .notReadYet: "how often the box was rebooted is not read from the disk yet"
    }
  }
}

extension Ladder.Rung {
  /// What would be done, for a dry run.
  func words(_ roots: Roots, _ reason: String, _ state: LadderState) -> String {
    switch self {
    case .wait(let rest): "would wait for \(rest.inSeconds) s, until minimum-uptime: \(reason)"
    case .restart: "would run \(roots.config)/restart-system: \(reason)"
    case .reboot: "would have the watchdog device reboot the box: \(reason)"
    case .rollBack: "would have \(roots.config)/\(RollBackNote.file) run: \(reason)"
    case .standDown: "would stand down: \(reason)"
    case .end(let end): "would do nothing more: \(reason): \(end.words(state))"
    }
  }
}

extension RebootDue.Order {
  /// What would be done, for a dry run.
  func words(_ due: RebootDueNote) -> String {
    switch self {
    case .waitForCount: "would wait until the reboot is counted: \(due.why)"
    case .leave: "would have the watchdog device reboot the box: \(due.why)"
    case .callOff: "would call the reboot off: \(due.why)"
    case .tooEarly(let rest):
      "would reboot in \(rest.wholeSeconds) s at the earliest, because reboots cannot be counted: \(due.why)"
    }
  }
}

extension StandingDown.End {
  var words: String {
    switch self {
    case .proven: "all problems are over"
    case .window: "the box has rested for reboots-window"
    }
  }
}
