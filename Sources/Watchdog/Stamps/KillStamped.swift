import Linux

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
  private(set) var steps: [Incident.Step] = []

  /// How long to wait between two looks.
  private static let pause: Duration = .milliseconds(10)

  /// Opens what is needed.
  ///
  /// - Parameter heart: whose processes are meant; nil for those of all.
  public init(_ heart: Name?, _ roots: Roots, tool: StaticString) throws(Failure) {
    let table = try attempt(to: "read /proc") { () throws(SystemError) in try ProcessTable() }
    let mount = ControlGroup.Mount.find()
    let state = try StateFolder.toLookAt(roots)
    switch state {
    case .some(let state):
      let stamp = try Stamp(in: state, keep: false, tool: tool)
      let notes = try KillStamped.notes(of: heart, stamp, state)
      looking = StampedLook(stamp, of: heart, notes: notes, mount: mount)
    case .none:
      // Nothing was started since boot, or the folder was lost: the stamp comes out the same.
      let stamp = Stamp(ofFolder: roots.state)
      looking = StampedLook(stamp, of: heart, notes: .init(), mount: mount)
    }
    self.heart = heart
    self.table = table
    self.mount = mount
  }

  private static func notes(
    of heart: Name?, _ stamp: Stamp, _ state: borrowing StateFolder
  ) throws(Failure) -> StampedLook.Notes {
    var notes = StampedLook.Notes()
    let pids = try state.openIfThere(.pids)
    switch pids {
    case .none: break
    case .some(let pids):
      try pids.forEachEntry(onSystemError: { Failure.unable(to: "read pids", $0) }) {
        entry throws(Failure) in
        guard let name = Name(entry.bytes) else { return }
        guard heart.map({ $0 == name }) ?? true else {
          // What is wrong with the note of another heart must not keep this one from being ended.
          let note = (try? pids.readNote(of: name)) ?? nil
          if let note, note.isOf(stamp) { notes.others.append(note.process) }
          return
        }
        let note = try attempt(to: "read pids/\(name.text)") { () throws(SystemError) in
          try pids.readNote(of: name)
        }
        if let note, note.isOf(stamp) { notes.meant.append(note.process) }
      }
    }
    return notes
  }

  /// Says what would be ended, and why.
  public mutating func describe() throws(Failure) -> ExitCode {
    for process in try look() {
      Console.write("would end \(process.words): \(process.proof.words)\n")
    }
    return .success
  }

  /// Ends them.
  ///
  /// - Parameter grace: how long they have between TERM and KILL.
  /// - Throws: names those who would not go.
  public mutating func run(grace: Duration) throws(Failure) {
    var teardown = Teardown(grace: grace)
    var step: Teardown.Step?
    var signalled: [ProcessIdentity] = []
    while true {
      let found = try look()
      let fresh = found.filter { !signalled.contains($0.identity) }
      switch teardown.order(found: found.count, fresh: fresh.count, at: Moment.now().monotonic) {
      case .send(let next):
        let meant = step == next ? fresh : found
        if step != next {
          signalled = []
          note(next)
        }
        step = next
        send(next, to: meant, of: found)
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

  private mutating func note(_ step: Teardown.Step) {
    let now = Moment.now().realtime
    switch step {
    case .ask: steps.append(.asked(now))
    case .stop: break
    case .kill: steps.append(.killed(now))
    }
  }

  private mutating func look() throws(Failure) -> [StampedProcess] {
    try attempt(to: "look at the processes") { () throws(SystemError) in
      try looking.look(table, at: Moment.now().monotonic)
    }
  }

  private mutating func send(
    _ step: Teardown.Step, to processes: [StampedProcess], of all: [StampedProcess]
  ) {
    for group in StampedLook.groups(of: all)
    where !groups.contains(where: { $0.path.isEqual(to: group.path) }) {
      groups.append(group)
    }
    if step == .kill, let mount {
      // A group kills what it holds at one blow, also what is being forked. Not one that holds us, or who
      // called us.
      for group in groups where !looking.spares(group) { try? group.kill(on: mount) }
    }
    for process in processes {
      do throws(SystemError) {
        let hold = try ProcessDescriptor(process.identity, in: table)
        for signal in step.signals { try hold.send(signal) }
      } catch {
        if error != .noSuchProcess { refusal = error }
      }
    }
  }

  /// Waits until they have ended, or for a pause: what is killed is mostly gone long before.
  private borrowing func awaitEnd(of processes: [StampedProcess]) {
    let end = Moment.now().monotonic + KillStamped.pause
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
      .tryLater,
      "unable to end \(heart.map { "all of \($0.text)" } ?? "everything stamped"): \(reason)still there: "
        + "\(names)\(more)")
  }
}
