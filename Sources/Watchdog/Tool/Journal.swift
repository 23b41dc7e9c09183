import LinuxCalls
import Rules

/// What a tool has noted in its run and nobody has carried to the disk yet. A tool has one, in its report: however many
/// incidents it notes, one clerk carries them.
public final class Journal: @unchecked Sendable {
  // A tool has one thread. Only tests share a report among several, and these only note.
  private var sender: ((Report, [UInt8], Bool, Duration) -> Bool)?
  private var unspooled: [UInt8] = []
  private var count = 0

  /// A run that notes more than this at once does not wait for its end to send a clerk: the spool has a bound.
  private static let many = 1000
  /// How long something may lie in the spool.
  private static let oldest: Duration = .seconds(60)

  init() {}

  /// Writes a line into the spool; where that takes nothing, a clerk gets it by hand.
  func note(_ incident: Incident, _ roots: Roots, _ report: Report) {
    let line = incident.json(Moment.now(), boot: Boot.name()).text(depth: 0)
    let bytes = Array("\(line)\n".utf8)
    do throws(Failure) {
      let state = try StateFolder(roots)
      try attempt(to: "write \(roots.state)/\(Spool.file)", Spool.add(bytes, in: state.folder))
    } catch {
      // Once a run: the next line will find no more room.
      if unspooled.isEmpty { report.say(.warning, error.sentence) }
      unspooled += bytes
    }
    callClerk(roots)
    count += 1
    if count.isMultiple(of: Journal.many) { send(report, patience: .zero) }
  }

  /// Has a clerk sent at the end of the run.
  func callClerk(_ roots: Roots) {
    // Kept as a closure, so that tools that note nothing have no clerk linked into them.
    sender = { report, lines, isStale, patience in
      Clerk.send(roots, report, lines: lines, isStale: isStale, patience: patience)
    }
  }

  /// Has a clerk sent when none has been here since boot, for it finds out why the box was booted; and when none has
  /// come for a minute to what is in the spool, because what should have sent it was killed, or because it was killed
  /// itself, or the disk took nothing.
  func callClerkIfNeeded(_ roots: Roots, _ state: borrowing StateFolder, at now: Moment) {
    guard let last = try? state.date(of: .booted) else { return callClerk(roots) }
    guard (now.realtime - last).magnitude > Journal.oldest else { return }
    for file in [Spool.file, Spool.taken] where (try? state.status(of: file)) != nil {
      return callClerk(roots)
    }
  }

  /// Sends the clerk, if there is anything to do for one.
  ///
  /// - Parameters:
  ///   - patience: how long its end is waited for.
  ///   - isStale: whether the device is not fed although that could not be noted in the state folder.
  public func send(
    _ report: Report, patience: Duration = Journal.usualPatience, isStale: Bool = false
  ) {
    guard let sender else { return }
    // Without another process what is in memory only waits for the next time, in a tool that lives on.
    guard sender(report, unspooled, isStale, patience) else { return }
    self.sender = nil
    unspooled = []
  }

  /// As much as an ordinary disk needs.
  public static let usualPatience: Duration = .milliseconds(200)
}

extension Incident {
  /// Writes it down, as one line, without waiting for a disk: a clerk takes it there at the end of the run. Where
  /// that cannot be done it is said, and that is all: a full disk must neither keep a problem from being solved nor
  /// reboot the box.
  public func note(_ roots: Roots, _ report: Report) {
    report.journal.note(self, roots, report)
  }

  /// Writes it down, and waits until the disk has it: for people at a terminal: they want to know whether it could be done.
  public func write(_ roots: Roots) throws(Failure) {
    let boot = Boot.name()
    let line = Array(json(Moment.now(), boot: boot).text(depth: 0).utf8)
    let state = try StateFolder(roots)
    let lock = try Clerk.waitForLock(in: state)
    let data = try roots.openData()
    try data.append(line + [.newline], to: Incident.file, isUrgent: event.kind.isUrgent)
    try LeftBehind.keep([line], of: boot, in: data)
    _ = consume lock
  }
}
