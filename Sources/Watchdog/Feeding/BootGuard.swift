import LinuxCalls
import Rules

/// What `kwatchdog-feeder --boot` does early in the boot: arms the devices before anything is there that could be alive, so
/// that a boot that never reaches cron comes back. A driver that can waits for boot-timeout by itself; else this feeds so
/// long. The chain takes the devices over when it is fresh and may arm: after resets in a row because it was stale that is
/// later, so that the box can be used meanwhile. Until then a fresh chain is food, and so is somebody who has logged into
/// the emergency shell.
public struct BootGuard: ~Copyable {
  private let run: Run
  private let time: Duration
  private let end: Duration

  /// Prepares it.
  public init(_ roots: Roots, _ report: Report) throws(Failure) {
    run = try Run(roots, report, complains: false)
    time = Settings.value(of: .bootTimeout, roots)
    end = Clock.monotonic + time
  }

  /// Guards.
  ///
  /// - Throws: what the first device failed with, when none could be armed.
  public func guardBoot() throws(Failure) {
    if try run.state.has(.disarmed) { return }
    // After `systemctl soft-reboot` it counts on from the shutdown, and nobody holds it.
    if try ArmedDevice.isAnyArmed(in: run.state), ShuttingDown.read(in: run.state) == nil { return }
    // As after etc/install --mark-only: nothing feeds there, and what is armed here would reset a box that is well. Where
    // it cannot be told the boot is guarded.
    if run.roots.hasLink(Tool.checkSolutions.name) == false {
      return run.say(
        .notice,
        "chain/check-solutions is missing, so this box only marks problems: no device is armed")
    }
    Priority.raise()
    try run.state.set(.bootGuard)
    var held: [(device: HeldDevice, isFed: Bool)] = []
    var failure: Failure?
    for armed in try ArmedDevice.all(run.roots) {
      do throws(Failure) {
        let device = try OpenDevice.open(armed.path)
        let isFed = device.wait(for: end - Clock.monotonic) < end - Clock.monotonic - .seconds(1)
        try? device.record(nowayout: armed.description?.nowayout).note(in: run.state, run.drafts)
        held.append((HeldDevice(device, armed, opened: Clock.monotonic), isFed))
      } catch {
        failure = failure ?? error
      }
    }
    let rest = (end - Clock.monotonic).wholeSeconds
    if let failure, held.isEmpty { throw failure }
    run.say(.notice, "the chain has \(rest) s to take the device over, or it resets the box")
    hold(held)
  }

  private var isChainFresh: Bool {
    let chain = try? Chain.look(run.roots, StateFolder(run.roots), last: nil)
    return chain?.staleness(at: Moment.now()).isEmpty ?? false
  }

  /// Until the time is over, or a feeder of the chain has taken all over: then there is no close of which the kernel
  /// complains. One that waits by itself is held, and fed only while there is more time than it waits.
  private func hold(_ held: [(device: HeldDevice, isFed: Bool)]) {
    var end = end
    var isTold = false
    var shell = EmergencyShell()
    while !held.isEmpty, Clock.monotonic < end {
      let isTenth = Clock.monotonic.wholeSeconds % 10 == 0
      if isTenth { shell.look(run, rest: time) }
      let isFresh = isChainFresh || shell.isInUse
      if isFresh { end = Clock.monotonic + time }
      // A box that was reset again and again can be used meanwhile, as where the feeders alone arm.
      if isTenth, !isTold { end = max(end, delay) }
      for one in held where one.isFed || isFresh || Clock.monotonic < end - time {
        try? one.device.feed(run, isShuttingDown: true)
      }
      if isTenth, held.allSatisfy({ $0.device.isHeldByOther }) { return }
      if isTold, isFresh {
        NotFed.tellEnd(shell.isInUse ? EmergencyShell.login : "the boot has reached the chain", run)
        isTold = false
      } else if !isTold, Clock.monotonic > end - BootGuard.toTell {
        NotFed.tell("the boot has not reached the chain in time", tools: [], run)
        isTold = true
      }
      sleep(untilMonotonic: Clock.monotonic + .seconds(1))
    }
  }

  /// So long before the reset it is written down and counted: as long as a disk needs.
  private static let toTell: Duration = .seconds(12)

  /// CLOCK_MONOTONIC before which the box is not reset for a boot that hangs; nothing while the counts are not known.
  private var delay: Duration {
    let now = Moment.now()
    guard let ladder = try? LadderState(run.roots, run.state, at: now),
      ladder.reboots != .notReadYet
    else {
      run.callClerk()
      run.report.journal.send(run.report, patience: .zero)
      return .zero
    }
    return ArmingDelay.delay(after: ladder.staleReboots)
  }
}
