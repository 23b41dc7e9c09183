import Linux
import Rules

/// What kill-stamped does: ends everything that was started for this chain, or for one of its hearts.
///
/// Signals go through process descriptors to processes whose identity was looked at again after the
/// descriptor was had, so never to one that was given the number of another. This process and its ancestors
/// are left alone.
public struct KillStamped: ~Copyable {
  private let heart: Name?
  private let table: ProcessTable
  private let mount: ControlGroup.Mount?
  private var looking: StampedLook
  private var groups: [ControlGroup] = []
  private var refusal: SystemError?
  /// When which signals were sent first.
  private(set) var instants: [Incident.Instant] = []

  /// How long to wait between two looks.
  private static let pause: Duration = .milliseconds(10)

  /// Opens what is needed.
  ///
  /// - Parameters:
  ///   - heart: whose processes are meant; nil for those of all.
  ///   - leaving: hearts whose processes are left alone when those of all are meant.
  public init(
    _ heart: Name?, leaving: [Name] = [], _ roots: Roots, tool: StaticString
  ) throws(Failure) {
    let table = try attempt(to: "read /proc", ProcessTable())
    let mount = ControlGroup.Mount.find()
    if let state = try StateFolder.toLookAt(roots) {
      let stamp = try Stamp(in: state, keep: false, tool: tool)
      let notes = try KillStamped.notes(of: heart, leaving: leaving, stamp, state)
      looking = StampedLook(stamp, of: heart, leaving: leaving, notes: notes, mount: mount)
    } else {
      // Nothing was started since boot, or the folder was lost: the stamp comes out the same.
      let stamp = Stamp(ofFolder: roots.state)
      looking = StampedLook(
        stamp, of: heart, leaving: leaving, notes: .init(), mount: mount)
    }
    self.heart = heart
    self.table = table
    self.mount = mount
  }

  private static func notes(
    of heart: Name?, leaving: [Name], _ stamp: Stamp, _ state: borrowing StateFolder
  ) throws(Failure) -> StampedLook.Notes {
    var notes = StampedLook.Notes()
    guard let pids = try state.openIfThere(.pids) else { return notes }
    try pids.forEachName { name throws(Failure) in
      guard heart.map({ $0 == name }) ?? !leaving.contains(name) else {
        // What is wrong with the note of another heart must not keep this one from being ended.
        let note = try? pids.readNote(of: name)
        if let note, note.isOf(stamp) { notes.others.append(note.process) }
        return
      }
      let note = try attempt(to: "read pids/\(name.text)", pids.readNote(of: name))
      if let note, note.isOf(stamp) { notes.meant.append(note.process) }
    }
    return notes
  }

  /// Says what would be ended, and why.
  public mutating func describe() throws(Failure) -> ExitCode {
    for process in try look() {
      Console.write("would end \(process.words): \(process.sign.words)\n")
    }
    return .success
  }

  /// Whether there are any, at a first look that is gone on with by `run`.
  mutating func areAny() throws(Failure) -> Bool { try !look().isEmpty }

  /// Whether there are any.
  consuming func areAnyLeft() throws(Failure) -> Bool {
    var looking = self
    return try looking.areAny()
  }

  /// Ends them.
  ///
  /// - Parameters:
  ///   - grace: how long they have between the first signal and KILL.
  ///   - endSignal: by which they are asked to end.
  /// - Throws: names those that would not go.
  public mutating func run(grace: Duration, endSignal: Signal) throws(Failure) {
    var teardown = Teardown(grace: grace)
    var step: Teardown.Act?
    var signalled: [ProcessIdentity] = []
    while true {
      let found = try look()
      let fresh = found.filter { !signalled.contains($0.identity) }
      switch teardown.order(found: found.count, fresh: fresh.count, at: Clock.monotonic) {
      case .send(let next):
        let meant = step == next ? fresh : found
        if step != next {
          signalled = []
          note(next)
        }
        step = next
        send(next, endSignal, to: meant, of: found)
        signalled += meant.map { $0.identity }
        awaitEnd(of: meant)
      case .lookAgain: continue
      case .done:
        removeGroups()
        return
      case .giveUp: throw failure(found)
      }
    }
  }

  private mutating func note(_ step: Teardown.Act) {
    let now = Clock.realtime
    switch step {
    case .ask: instants.append(.asked(now))
    case .stop: break
    case .kill: instants.append(.killed(now))
    }
  }

  /// Those that there are now.
  mutating func look() throws(Failure) -> [StampedProcess] {
    try attempt(to: "look at the processes", looking.look(table, at: Clock.monotonic))
  }

  private mutating func send(
    _ step: Teardown.Act, _ endSignal: Signal, to processes: [StampedProcess],
    of all: [StampedProcess]
  ) {
    for group in StampedLook.groups(of: all)
    where !groups.contains(where: { $0.path.isEqual(to: group.path) }) {
      groups.append(group)
    }
    if step == .kill, let mount {
      // A group kills what it holds at one blow, also what is being forked. Not one that holds us, or what
      // called us.
      for group in groups where !looking.spares(group) { try? group.kill(on: mount) }
    }
    for process in processes {
      do throws(SystemError) {
        let signals = step.signals(ending: endSignal)
        try ProcessDescriptor.send(signals, to: process.identity, in: table)
      } catch {
        refusal = error
      }
    }
  }

  /// Waits until they have ended, or for a pause: what is killed is mostly gone long before.
  private borrowing func awaitEnd(of processes: [StampedProcess]) {
    let end = Clock.monotonic + KillStamped.pause
    for process in processes {
      do throws(SystemError) {
        let hold = try ProcessDescriptor(process.identity, in: table)
        if !hold.waitForEnd(untilMonotonic: end) { return }
      } catch {
        if error != .noSuchProcess { return sleep(untilMonotonic: end) }
      }
    }
  }

  /// Empty groups would gather: one for each heart and each place that it was started from.
  private borrowing func removeGroups() {
    guard let mount else { return }
    let usual = looking.usualGroups(on: mount)
    for group in groups + usual {
      try? group.remove(from: mount)
      try? group.parent.remove(from: mount)
    }
  }

  private func failure(_ survivors: [StampedProcess]) -> Failure {
    let names = survivors.prefix(5).map { $0.words }.joined(separator: "; ")
    let more = survivors.count > 5 ? "; and \(survivors.count - 5) more" : ""
    let reason = refusal.map { "\($0.reason): " } ?? ""
    return Failure(
      .tryLater, "\(reason)still there: \(names)\(more)",
      unableTo: "end \(heart.map { "all of \($0.text)" } ?? "everything stamped")")
  }
}

extension Teardown.Act {
  /// What is sent, in this order. What is stopped has to go on to hear that it is to end.
  ///
  /// - Parameter endSignal: by which processes are asked to end.
  public func signals(ending endSignal: Signal) -> [Signal] {
    switch self {
    case .ask: [endSignal, .resume]
    case .stop: [.stop]
    case .kill: [.kill]
    }
  }
}
