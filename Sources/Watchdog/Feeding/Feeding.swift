import LinuxCalls
import Rules

/// What kwatchdog-feeder does in its life: feeds the device once a second while the chain is fresh.
///
/// Opening, setting up and closing the device feed it too. So while the chain is stale nobody opens, sets up
/// or lets go of it: a new feeder only looks and waits, and one that holds it stays, without feeding, until
/// the chain is fresh again or the box reboots.
public final class Feeding {
  private let run: Run
  private let term: Life.Term
  private var generation: Generation
  private let devices: HeldDevices
  private var stale: StaleSpell?
  private var chain: Chain?
  private var shell = EmergencyShell()
  /// CLOCK_MONOTONIC until when cron may take to start the chain after somebody left the rescue shell.
  private var leftAloneUntil: Duration = .zero

  /// A time in which the chain is stale.
  private struct StaleSpell {
    let since: Duration
    var isTold = false
    var isNoted = false
  }

  /// How long the chain has to be stale until that is worth a line that survives the reboot. Less is what clocks
  /// do that are set, and boxes that slept.
  private static let noteworthy: Duration = .seconds(4)

  /// Takes its place behind the feeders that are there.
  public init(_ term: Life.Term, _ roots: Roots, _ report: Report) throws(Failure) {
    ChainHelpers.standApart()
    run = try Run(roots, report)
    self.term = term
    devices = HeldDevices(run)
    generation = try Generation(Tool.feeder.text, lifetime: term.lifetime, in: run.state)
  }

  private var roots: Roots { run.roots }
  private var state: StateFolder { _read { yield run.state } }

  /// Lives: works or stands by until its life is over and it may let go.
  ///
  /// - Parameter armsAtOnce: forgets that it was disarmed and opens the device at once, even if the chain was never fresh.
  public func feed(armsAtOnce: Bool) throws(Failure) {
    Priority.raise()
    ThisProcess.letGoOfNamelessOutput()
    Life.note(Tool.feeder.text, term, run)
    if armsAtOnce {
      try state.clear(.disarmed)
      try ShuttingDown.clear(in: state)
      try devices.openAll()
    }
    var last: Duration?
    while true {
      let next = Ticker.next(after: last, now: Moment.now())
      sleep(untilMonotonic: next)
      last = Clock.monotonic
      if let shutdown = ShuttingDown.read(in: state) {
        guard serve(shutdown) else { return }
        continue
      }
      let isFresh = step()
      if generation.isOver, devices.areNone || (isFresh && devices.mayLetGo(since: generation.end))
      {
        return
      }
    }
  }

  /// Feeds once and lets go: for a feeder that does not stay. The kernel then complains at
  /// each close, and the close feeds a second time.
  public func feedOnce() throws(Failure) {
    let staleness = try Chain.look(roots, state, last: nil).staleness(at: Moment.now())
    guard staleness.isEmpty else {
      throw Failure(.tryLater, "not feeding: \(staleness.joined(separator: "; "))")
    }
    try generation.tryToWork()
    let failures = try serveDevices()
    if devices.areInOtherHands {
      throw Failure(.tryLater, "another feeder holds it and feeds", unableTo: "feed the device")
    }
    tellNotes()
    run.settle()
    if let failure = failures.first { throw failure }
  }

  /// Says what a feeder would do now.
  public static func describe(_ roots: Roots) throws(Failure) -> ExitCode {
    let device = try Settings(roots).devices().joined(separator: " and ")
    let timeout = try Settings(roots).read(.deviceTimeout).wholeSeconds
    let staleness = try Chain.look(roots, StateFolder(roots), last: nil)
      .staleness(at: Moment.now())
    Console.write(
      staleness.isEmpty
        ? "would feed \(device) once a second, with a timeout of \(timeout) s\n"
        : "would not feed \(device): \(staleness.joined(separator: "; "))\n")
    return .success
  }

  /// What is done each second.
  ///
  /// - Returns: whether the chain is fresh.
  private func step() -> Bool {
    let now = Moment.now()
    do throws(Failure) { try generation.tryToWork() } catch { complain(error) }
    let staleness = lookAtChain(now)
    if staleness.isEmpty {
      do throws(Failure) {
        for failure in try serveDevices() where generation.works { complain(failure) }
      } catch {
        if generation.works { complain(error) }
      }
    }
    if generation.works, devices.areInOtherHands { generation.standBy() }
    if generation.works {
      if staleness.isEmpty { noteMargins(now) }
      if !isLeftAlone(staleness, now) { tell(staleness, now) }
      run.settle()
    }
    return staleness.isEmpty
  }

  /// Feeds while somebody works in a rescue shell, where nothing runs the chain.
  private func isLeftAlone(_ staleness: [String], _ now: Moment) -> Bool {
    guard !staleness.isEmpty, !devices.areNone else { return false }
    if now.monotonic.wholeSeconds % 10 == 0 {
      let minute: Duration = .seconds(60)
      shell.look(run, rest: minute + Settings.value(of: .deviceTimeout, roots))
      if shell.isInUse { leftAloneUntil = now.monotonic + minute }
    }
    guard now.monotonic < leftAloneUntil else { return false }
    if stale?.isNoted == true { NotFed.tellEnd(EmergencyShell.login, run) }
    stale = nil
    for failure in devices.feedThrough() { complain(failure) }
    return true
  }

  /// Each is a subject of its own: of several devices one must not make the other's words new each second.
  private func complain(_ failure: Failure) {
    run.complain(about: failure.sentence, failure.sentence, level: .error)
  }

  private func tellNotes() {
    for note in devices.notes { run.complain(about: note, note) }
  }

  /// Notes how close the links and the device came to their limits. Where that fails, nothing hangs on it.
  private func noteMargins(_ now: Moment) {
    var ages = devices.margin.map { [$0] } ?? []
    for link in chain?.links ?? [] {
      if let touched = link.touched {
        ages.append((link.tool, now.realtime - touched, limit: link.limit))
      }
    }
    if !ages.contains(where: { Margin.isClose($0.age, to: $0.limit) }) { return }
    // A feeder keeps no other vigil.
    guard let watch = try? Watch(of: run.report.tool, in: run.state) else { return }
    var margins = watch.last.margins
    for one in ages { margins.note(one.name, one.age, limit: one.limit, at: now) }
    if margins.endDay(watch.look) { run.callClerk() }
    try? watch.keep(margins.text, with: run.drafts)
  }

  private func lookAtChain(_ now: Moment) -> [String] {
    do throws(Failure) {
      // Opened anew each second: what clears the state folder away and makes it again must not leave this
      // feeder looking at what nobody touches any more.
      let chain = try Chain.look(roots, StateFolder(roots), last: self.chain)
      self.chain = chain
      if generation.works {
        for mistake in chain.mistakes {
          run.complain(
            about: mistake.file,
            "\(mistake.file): \(mistake.sentence): using \(Link.usualLimit.wholeSeconds) s")
        }
      }
      return chain.staleness(at: now)
    } catch {
      return [error.sentence]
    }
  }

  private func tell(_ staleness: [String], _ now: Moment) {
    guard !staleness.isEmpty else {
      if let spell = stale, spell.isTold {
        let time = (now.monotonic - spell.since).inSeconds
        run.say(.notice, "the chain is fresh again after \(time) s: feeding")
        if spell.isNoted { NotFed.tellEnd("after \(time) s", run) }
      }
      stale = nil
      return
    }
    // One second may pass before it is told: a clock that was set makes every link stale until the tools
    // have run next.
    guard var spell = stale else {
      stale = StaleSpell(since: now.monotonic)
      return
    }
    if !spell.isTold {
      let effect = !devices.areNone ? "not feeding" : "not arming"
      run.say(.error, "\(effect): \(staleness.joined(separator: "; "))")
      spell.isTold = true
    }
    if !spell.isNoted, !devices.areNone, now.monotonic - spell.since > Feeding.noteworthy {
      NotFed.tell(
        staleness.joined(separator: "; "), tools: chain?.staleTools(at: now) ?? [], run)
      spell.isNoted = true
    }
    stale = spell
  }

  // MARK: The devices

  /// Called while the box shuts down, whatever the chain is like. What feeds does not end before, for nobody comes after it.
  ///
  /// - Returns: whether this feeder is needed still.
  private func serve(_ shutdown: ShuttingDown) -> Bool {
    // The device waits by itself, and is systemd's from now on.
    guard shutdown.isFed else {
      devices.letGo()
      return false
    }
    do throws(Failure) { try generation.tryToWork() } catch { complain(error) }
    // After that it stays and does not feed, so that a shutdown that hangs is reset.
    guard Clock.monotonic < shutdown.deadline, generation.works else { return true }
    for failure in devices.feedThrough() { complain(failure) }
    return true
  }

  /// Called while the chain is fresh: gets hold of the devices and, if it is this feeder's turn, feeds them.
  ///
  /// - Returns: what concerns one of them, and keeps no other from being fed.
  private func serveDevices() throws(Failure) -> [Failure] {
    // A device that counts down is fed and handed on, whatever is noted: only opening it is refused. The
    // one that disarms ends the feeders itself, and may be killed before it does.
    let isDisarmed = try state.has(.disarmed)
    if isDisarmed { devices.dropStandIns() }
    let failures = devices.serve(works: generation.works) { (armed) throws(Failure) in
      // Whatever is noted, a device that counts down has to be fed: what disarmed it was killed before it was
      // seen to stop.
      if isDisarmed, !armed.isNoted {
        throw Failure(
          .unavailable,
          "not arming: disarmed by an administrator: kwatchdog-feeder --arm arms again"
        )
      }
      return try mayArm()
    }
    if generation.works { tellNotes() }
    return failures
  }

  /// Whether the time has come to arm a device. After resets in a row because the chain was stale it comes later, so
  /// that the box can be used meanwhile. One that counts down already is opened at once.
  private func mayArm() throws(Failure) -> Bool {
    if try ArmedDevice.isAnyArmed(in: state), try !state.has(.bootGuard) { return true }
    run.report.journal.callClerkIfNeeded(roots, state, at: Moment.now())
    run.report.journal.send(run.report)
    let ladder = try LadderState(roots, state, at: Moment.now())
    let delay = ArmingDelay.delay(after: ladder.staleReboots)
    let rest = delay - Clock.monotonic
    guard rest > .zero else { return true }
    // The disk has not answered yet: that is not worth a word.
    if ladder.reboots == .notReadYet { return false }
    run.complain(
      about: "delay",
      "not arming before the box has been up for \(delay.wholeSeconds) s: "
        + (ladder.staleReboots.map { "its chain was stale \($0) times in a row" }
          ?? "reboots cannot be counted here")
        + " (kwatchdog-feeder --arm arms at once)")
    return false
  }
}
