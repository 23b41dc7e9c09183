import LinuxCalls
import Rules

/// Looks at hearts as mark-problems judges them, for itself and for those that tell of it.
public struct HeartLook: ~Copyable {
  private let roots: Roots
  private let asksForUsers: Bool
  let beats: Folder
  private let look: Look
  private let memories: Memories<Awaited>
  private var starts: Folder?
  private var restart: Duration??

  /// What was found of one heart.
  public struct Found: Sendable {
    /// Its beat file.
    public var beat: Beat
    /// When its program was started last, CLOCK_REALTIME; nil when that was not asked, or nobody noted one.
    public var start: Duration?
    /// How it is.
    public var condition: Heart.Condition
    /// Its beat file; nil when there is none, or none that could be looked at.
    public var file: FileStatus?
    /// Why its beat file could not be looked at.
    public var obstacle: SystemError?
    /// Who beats.
    public var user: UInt32
    /// What is wrong with who beats, while somebody waits for a first beat, or when the heart is new.
    public var mistake: String?
  }

  /// - Parameters:
  ///   - look: the look of mark-problems.
  ///   - memories: what it remembers.
  ///   - asksForUsers: whether each heart is asked who beats for it. Else those are that may have got another user, or
  ///     are late, or wait for a first beat: a beat's owner is whom root gave it to.
  public init(
    _ look: Look, _ memories: Memories<Awaited>, in state: borrowing StateFolder, _ roots: Roots,
    asksForUsers: Bool = true
  ) throws(Failure) {
    beats = try state.open(.beats)
    self.roots = roots
    self.asksForUsers = asksForUsers
    self.look = look
    self.memories = memories
  }

  /// What is remembered of a heart.
  public func memory(of name: Name) -> Awaited? { memories[name] }

  /// Looks at a heart.
  ///
  /// - Parameter state: where starts are noted; it is opened when a heart depends on that.
  public mutating func find(
    _ name: Name, _ heart: Heart, in state: borrowing StateFolder
  ) throws(Failure) -> Found {
    var status: FileStatus?
    var obstacle: SystemError?
    do throws(SystemError) { status = try beats.statusIfThere(of: name.text) } catch {
      obstacle = error
    }
    let (user, mistake) = user(of: name, heart, status)
    let beat = obstacle == nil ? Beat(status, owner: user) : .unknown
    // A heart that has never beaten was not awaited before its beat file was there.
    let given = beat == .never ? max(heart.given, status?.changed ?? .zero) : heart.given
    var seen = Heart.Seen(
      beat: beat, given: beat.needsFile ? look.now.realtime : given, start: .notAsked,
      latest: latest(beat.date))
    seen.changed = status?.changed
    let memory = memories[name]
    var condition = heart.condition(seen, memory: memory, at: look)
    var start: Duration?
    // What is late for its first beat may have been started anew by the chain itself.
    let mayBeInterrupted = condition.isLate && condition.awaits == .firstBeat
    if condition.asksForStart || mayBeInterrupted {
      start = try self.start(of: name, in: state)
      seen.restart = lastRestart(in: state)
      seen.start = start.map { .at($0) } ?? .none
      seen.latest = latest(max(beat.date ?? .zero, start ?? .zero))
      condition = heart.condition(seen, memory: memory, at: look)
    }
    return Found(
      beat: beat, start: start, condition: condition, file: status, obstacle: obstacle, user: user,
      mistake: mistake)
  }

  /// Whether a heart may have been given since the last look.
  func isNew(_ heart: Heart) -> Bool { isNew(since: heart.given) }

  /// Whether something of this date, CLOCK_REALTIME, may be younger than the last look.
  func isNew(since date: Duration) -> Bool {
    if look.broken != nil || look.counted == .zero { return true }
    return date > look.now.realtime - look.counted - Vigil.clockTolerance
  }

  private func user(
    of name: Name, _ heart: Heart, _ beat: FileStatus?
  ) -> (user: UInt32, mistake: String?) {
    let awaitsBeat = beat.map { $0.modified == Beat.neverDate } ?? true
    // What is late may have been started for another user, whose first beat would be refused.
    if let beat, !awaitsBeat, !asksForUsers, !isNew(heart),
      beat.modified > look.now.realtime - heart.limit,
      beat.owner == heart.owner || heart.owner == 0 || heart.owner == ThisProcess.user
    {
      return (beat.owner, nil)
    }
    var mistake: String?
    let user = roots.user(of: name, heart, beat: beat) { mistake = $0.sentence }
    return (user, awaitsBeat || isNew(heart) ? mistake : nil)
  }

  /// CLOCK_REALTIME after a date was read. Only a date that seems to lie in the future needs another look at the
  /// clock.
  private func latest(_ date: Duration?) -> Duration {
    guard let date, date > look.now.realtime else { return look.now.realtime }
    return Clock.realtime
  }

  /// When everything was restarted last, CLOCK_REALTIME; asked once.
  private mutating func lastRestart(in state: borrowing StateFolder) -> Duration? {
    if let restart { return restart }
    let run = try? LastRestart.read(in: state)
    restart = .some(run?.identity)
    return run?.identity
  }

  private mutating func start(
    of name: Name, in state: borrowing StateFolder
  ) throws(Failure) -> Duration? {
    if starts == nil { starts = try state.openIfThere(.starts) }
    // A note that cannot be looked at is none: the heart is judged by its beats.
    return (try? starts?.status(of: name.text))?.modified
  }
}
