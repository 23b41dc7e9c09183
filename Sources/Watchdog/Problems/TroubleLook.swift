import Linux
import Rules

/// A problem and all that is known of it: solve-problems, check-solutions and those who only tell of it look with this,
/// and so they cannot disagree.
public struct TroubleFound: Sendable {
  /// Whose problem it is.
  public let name: Name
  /// What stands in problems/NAME.
  public let problem: Problem
  /// When it was first noticed, CLOCK_REALTIME; by this date it is known again.
  public let noticed: Duration
  /// What the rules are asked about.
  public var trouble: Trouble
  /// The last attempt, with its solver; nil when there was none.
  public var record: AttemptRecord?
  /// How much is left of a hold of the box or of this heart alone, and why it is held.
  public let hold: (rest: Duration, reason: String)?
  /// What is wrong with its settings, or could not be read, in sentences.
  public var complaints: [String]
}

/// Looks at problems.
public struct TroubleLook: ~Copyable {
  private let roots: Roots
  private let now: Moment
  private let state: StateFolder
  private let problems: Folder

  /// Opens the problems.
  public init(
    _ roots: Roots, _ state: borrowing StateFolder, at now: Moment
  ) throws(Failure) {
    let own = try state.again()
    let problems = try own.open(.problems)
    self.roots = roots
    self.now = now
    self.state = own
    self.problems = problems
  }

  /// Looks at each problem that can be looked at.
  ///
  /// - Parameters:
  ///   - onObstacle: is told of what is passed over.
  ///   - body: is given each problem. What it throws ends this.
  public borrowing func forEach(
    onObstacle: (Name, Failure) -> Void, _ body: (TroubleFound) throws(Failure) -> Void
  ) throws(Failure) {
    let entries = try attempt(to: "open the problems") { () throws(SystemError) in
      try problems.folder(".")
    }
    try entries.forEachEntry(onSystemError: { Failure.unable(to: "read the problems", $0) }) {
      entry throws(Failure) in
      guard let name = Name(entry.bytes) else { return }
      let found: TroubleFound?
      do throws(Failure) {
        found = try find(name)
      } catch {
        onObstacle(name, error)
        return
      }
      if let found { try body(found) }
    }
  }

  /// Looks at one problem; nil when there is none of this name.
  public borrowing func find(_ name: Name) throws(Failure) -> TroubleFound? {
    let read = try attempt(to: "read problems/\(name.text)") {
      () throws(SystemError) -> (FileStatus, [UInt8])? in
      guard let status = try problems.statusIfThere(of: name.text) else { return nil }
      guard status.kind == .file else { return (status, []) }
      guard let bytes = try problems.readFile(name.text, atMost: Problem.largestFile) else {
        return nil
      }
      return (status, bytes)
    }
    guard let (status, bytes) = read else { return nil }
    guard status.kind == .file else {
      throw Failure(
        .cannotCreate, "problems/\(name.text) is passed over: it is \(status.kind.words): remove it"
      )
    }
    return judge(name, Problem(parsing: bytes), noticed: status.modified)
  }

  private borrowing func judge(
    _ name: Name, _ problem: Problem, noticed: Duration
  ) -> TroubleFound {
    var complaints: [String] = []
    func keep<Value>(_ otherwise: Value, _ read: () throws(Failure) -> Value) -> Value {
      do throws(Failure) { return try read() } catch {
        complaints.append(error.sentence)
        return otherwise
      }
    }
    let settings = try? Settings(roots)
    func setting(_ setting: Setting) -> Duration {
      switch settings {
      case .none: return .seconds(setting.usual)
      case .some(let settings):
        return keep(Settings.value(of: setting, roots)) { () throws(Failure) in
          try settings.read(setting, for: name)
        }
      }
    }
    let lastStep: Step? =
      switch settings {
      case .none: nil
      case .some(let settings):
        keep(nil) { () throws(Failure) in try settings.lastStep(for: name) }
      }
    let (promise, beat) = lookAtHeart(name)
    let attempts = (try? state.openIfThere(.attempts)) ?? nil
    let record = attempts.contents(name).flatMap { AttemptRecord(parsing: $0) }
    let isSolving = record?.solver.map { !ProcessTable.isKnownGone($0) } ?? false
    let before = problem.beat ?? (beat.date.flatMap { $0 <= noticed ? $0 : nil })
    let trouble = Trouble(
      detector: problem.kind, age: max(now.realtime - noticed, .zero), beatBefore: before,
      promise: promise, beat: beat, process: lookAtProcess(name), means: roots.means(for: name),
      lastStep: lastStep, attempt: record?.attempt, isSolverRunning: isSolving,
      solveTime: setting(.solveTime), solveWithin: setting(.solveWithin))
    return TroubleFound(
      name: name, problem: problem, noticed: noticed, trouble: trouble, record: record,
      hold: lookAtHold(name), complaints: complaints)
  }

  private borrowing func lookAtHeart(_ name: Name) -> (Trouble.Promise, Beat) {
    let hearts = try? roots.configFolder("hearts")
    switch hearts {
    case .none: return (.unknown, .unknown)
    case .some(let hearts):
      let beats = (try? state.openIfThere(.beats)) ?? nil
      do throws(Heart.Unreadable) {
        let heart = try Heart.read(name, kind: nil, in: hearts)
        let promise = Trouble.Promise.heart(limit: heart.limit, startLimit: heart.startLimit)
        return (promise, beats.beat(of: name, owner: heart.owner))
      } catch {
        if case .notThere = error { return (.none, .missing) }
        return (.unknown, .unknown)
      }
    }
  }

  private borrowing func lookAtProcess(_ name: Name) -> Trouble.Process {
    let pids = (try? state.openIfThere(.pids)) ?? nil
    guard let bytes = pids.contents(name) else { return .notNoted }
    guard let note = ProcessNote(parsing: bytes) else { return .unknown }
    guard let isGone = try? ProcessTable().isGone(note.process) else { return .unknown }
    if !isGone { return .runs }
    return note.isOfOtherSpace(than: ProcessSpace.own()) ? .unknown : .gone
  }

  private borrowing func lookAtHold(_ name: Name) -> (rest: Duration, reason: String)? {
    // Where it cannot be read those who decide find that out themselves.
    if let box = (try? HoldNote.read(in: state, now: now.monotonic)) ?? nil,
      let rest = box.hold.rest(at: now.monotonic)
    {
      return (rest, box.reason)
    }
    let holds = (try? state.openIfThere(.holds)) ?? nil
    guard let bytes = holds.contents(name),
      let note = HoldNote(parsing: bytes, now: now.monotonic),
      let rest = note.hold.rest(at: now.monotonic)
    else { return nil }
    return (rest, note.reason)
  }
}

extension Roots {
  /// Who can mend a problem of this name. What must not be run is found out by who runs it.
  public func means(for name: Name) -> Means {
    guard let root = try? Folder(path: "/") else { return .none }
    func has(_ folder: StaticString) -> Bool {
      (try? root.status(of: "\(config)/\(folder)/\(name.text)")) != nil
    }
    if has("solutions") { return .solution }
    return has("programs") ? .program : .none
  }
}

extension ProcessTable {
  /// Whether a process has certainly ended.
  static func isKnownGone(_ process: ProcessIdentity) -> Bool {
    (try? ProcessTable().isGone(process)) ?? false
  }
}

/// Looks into a part of the state folder that may be missing.
extension Folder? {
  fileprivate borrowing func contents(_ name: Name) -> [UInt8]? {
    switch self {
    case .some(let folder): (try? folder.readFile(name.text, atMost: 1024)) ?? nil
    case .none: nil
    }
  }

  fileprivate borrowing func beat(of name: Name, owner: UInt32) -> Beat {
    switch self {
    case .none: return .missing
    case .some(let folder):
      do throws(SystemError) {
        return Beat(try folder.statusIfThere(of: name.text), owner: owner)
      } catch {
        return .unknown
      }
    }
  }
}
