import LinuxCalls
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
  /// What people should know of what was found: what claimed the stamp, and what could not be looked into.
  public private(set) var warnings: [String] = []

  /// How long to wait between two looks.
  private static let pause: Duration = .milliseconds(10)
  /// How long processes that only claim the stamp are waited for after they were killed.
  private static let patienceForClaims: Duration = .milliseconds(100)

  /// Opens what is needed.
  ///
  /// - Parameters:
  ///   - heart: whose processes are meant; nil for those of all.
  ///   - leaving: hearts whose processes are left alone when those of all are meant.
  public init(_ heart: Name?, leaving: [Name] = [], _ roots: Roots) throws(Failure) {
    let table = try attempt(to: "read /proc", ProcessTable())
    let mount = ControlGroup.Mount.find()
    if let state = try StateFolder.toLookAt(roots) {
      // A user that can write here can have any process ended.
      try state.checkIsSafe(.pids, .keys)
      let stamp = try Stamp(in: state, keep: false)
      let hearts = try StampedHeart.all(lookingFor: heart, leaving: leaving, roots, stamp, state)
      looking = StampedLook(stamp, of: heart, hearts, mount: mount)
    } else {
      // Nothing was started since boot, or the folder was lost: the stamp comes out the same.
      let hearts = (leaving + (heart.map { [$0] } ?? [])).map { name in
        StampedHeart(name: name, isMeant: name == heart, owner: roots.user(of: name))
      }
      looking = StampedLook(Stamp(ofFolder: roots.state), of: heart, hearts, mount: mount)
    }
    self.heart = heart
    self.table = table
    self.mount = mount
  }

  /// Says what would be ended, and why.
  public mutating func describe() throws(Failure) -> ExitCode {
    for process in try look() {
      Console.write("would end \(process.words): \(process.sign.words)\n")
    }
    warnOfHung()
    return .success
  }

  /// Whether there are any, at a first look that is gone on with by `run`. A process that only claims the stamp is none.
  mutating func areAny() throws(Failure) -> Bool { try look().contains { !$0.isClaim } }

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
    var haste = Haste()
    haste.begin()
    while true {
      let begin = Clock.monotonic
      let found = try look()
      haste.spend(Clock.monotonic - begin)
      // Processes that only claim the stamp get what the others get, and are not waited for.
      let proven = found.filter { !$0.isClaim }
      let fresh = found.filter { !signalled.contains($0.identity) }
      let freshlyProven = fresh.count { !$0.isClaim }
      switch teardown.order(found: proven.count, fresh: freshlyProven, at: Clock.monotonic) {
      case .send(let next):
        if step != next, next == .stop { haste.begin() }
        let meant = step == next ? fresh : found
        if step != next {
          signalled = []
          note(next)
        }
        step = next
        send(next, endSignal, to: meant, of: found)
        signalled += meant.map { $0.identity }
        awaitEnd(of: meant.filter { !$0.isClaim })
      case .lookAgain: continue
      case .done:
        try end(claims: found)
        removeGroups()
        return
      case .giveUp: throw failure(proven)
      }
    }
  }

  /// Kills those who only claim the stamp, and tells of them. One that cannot be killed holds nobody up: whoever wants
  /// that could make it so (ptrace(2), PTRACE_EVENT_EXIT).
  private mutating func end(claims: [StampedProcess]) throws(Failure) {
    warnOfHung()
    if claims.isEmpty { return }
    send(.kill, .kill, to: claims, of: [])
    let deadline = Clock.monotonic + KillStamped.patienceForClaims
    var left = claims
    while Clock.monotonic < deadline, !left.isEmpty {
      sleep(untilMonotonic: Clock.monotonic + KillStamped.pause)
      left = left.filter { !((try? table.isGone($0.identity)) ?? false) }
    }
    let whose = heart.map { "of \($0.text)" } ?? "of this chain"
    warnings.append(
      "killed although it could not prove the stamp \(whose) that it claims: \(StampedProcess.words(claims))"
    )
    if left.isEmpty { return }
    warnings.append("still there, and not waited for: \(StampedProcess.words(left))")
  }

  private mutating func warnOfHung() {
    let hung = looking.hung
    if hung.isEmpty { return }
    let list = hung.prefix(5).map { one in
      "\(one.pid)\(one.user.map { " (user \($0))" } ?? "")"
    }
    warnings.append(
      "the environments of process \(list.joined(separator: ", "))\(hung.count > 5 ? ", ..." : "") and of others "
        + "of the same users could not be read in time: they are found by control group, descent and pids only"
    )
  }

  private mutating func note(_ step: Teardown.Act) {
    let now = Clock.realtime
    switch step {
    case .ask: instants.append((.asked, now))
    case .stop: break
    case .kill: instants.append((.killed, now))
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

  /// Whether the kernel has ended some of it at its memory limit, since it was started.
  borrowing func ranOutOfMemory() -> Bool {
    guard let mount else { return false }
    return looking.usualGroups(on: mount).contains { $0.ranOutOfMemory(on: mount) }
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
    let reason = refusal.map { "\($0.reason): " } ?? ""
    return Failure(
      .tryLater, "\(reason)still there: \(StampedProcess.words(survivors))",
      unableTo: "end \(heart.map { "all of \($0.text)" } ?? "everything stamped")")
  }
}

/// Looks that nobody holds up. What starts the next one of itself every few milliseconds and ends must be met between
/// two of its starts: among hundreds of programs that compute, a look that waits for its turn never meets it, and finds
/// that nobody is there.
private struct Haste: ~Copyable {
  /// So long all in all, while they are asked to end and once more from when they are stopped on: others have work to do,
  /// and may depend on it.
  private static let most: Duration = .milliseconds(1500)
  private var left: Duration = .zero
  private var isFirst = false

  mutating func begin() {
    left = Haste.most
    isFirst = isFirst || Priority.comeFirst()
  }

  mutating func spend(_ time: Duration) {
    left -= time
    if left <= .zero { end() }
  }

  private mutating func end() {
    if isFirst { Priority.lineUp() }
    isFirst = false
  }

  deinit { if isFirst { Priority.lineUp() } }
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
