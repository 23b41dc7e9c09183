import LinuxCalls
import Rules

/// A problem and all that is known of it: solve-problems, check-solutions and what only tells of it look with this,
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
  public var record: AttemptNote?
  /// How much is left of a hold of the box or of this heart alone, and why it is held.
  public let hold: HoldNote.Left?
  /// What is wrong with its settings, or could not be read, in sentences.
  var complaints: [String]

  /// How it is with the whole box, as far as this problem is concerned.
  func surroundings(_ restart: LastRestart, isResting: Bool) -> Surroundings {
    Surroundings(
      hold: hold?.rest, restart: restart.identity, isRestarting: restart.isRunning,
      isResting: isResting)
  }
}

/// Looks at problems. It is one look: what all of them need is opened and read once, at its beginning.
public struct TroubleLook: ~Copyable {
  private let roots: Roots
  private let now: Moment
  private let problems: Folder
  private let attempts: Folder?
  private let beats: Folder?
  private let hearts: Folder?
  private let holds: Folder?
  private let pids: Folder?
  private let settings: Settings?
  /// Why they could not be opened.
  private let obstacle: Failure?
  /// Of the box.
  private let hold: HoldNote.Left?

  /// Opens the problems.
  public init(_ roots: Roots, _ state: borrowing StateFolder, at now: Moment) throws(Failure) {
    self.roots = roots
    self.now = now
    problems = try state.open(.problems)
    // What is missing, or cannot be opened, says nothing.
    attempts = try? state.openIfThere(.attempts)
    beats = try? state.openIfThere(.beats)
    holds = try? state.openIfThere(.holds)
    pids = try? state.openIfThere(.pids)
    hearts = try? roots.configFolder("hearts")
    do throws(Failure) {
      settings = try Settings(roots)
      obstacle = nil
    } catch {
      settings = nil
      obstacle = error
    }
    // Where it cannot be read those that decide find that out themselves.
    hold = try? HoldNote.left(in: state, at: now.monotonic)
  }

  /// Looks at each problem that can be looked at.
  ///
  /// - Parameters:
  ///   - onObstacle: is told of what is passed over.
  ///   - body: is given each problem. What it throws ends this.
  public borrowing func forEach(
    onObstacle: (Name, Failure) -> Void, _ body: (TroubleFound) throws(Failure) -> Void
  ) throws(Failure) {
    try problems.reopened().forEachName { name throws(Failure) in
      let found: TroubleFound?
      do throws(Failure) { found = try find(name) } catch { return onObstacle(name, error) }
      if let found { try body(found) }
    }
  }

  /// Looks at one problem; nil when there is none of this name.
  public borrowing func find(_ name: Name) throws(Failure) -> TroubleFound? {
    guard let status = try problems.look(at: name.text) else { return nil }
    guard status.kind == .file else {
      throw Failure(
        .cannotCreate, "problems/\(name.text) is passed over: it is \(status.kind.words): remove it"
      )
    }
    let bytes = try problems.read(name.text, atMost: Problem.largestFile)
    return bytes.map { judge(name, Problem(parsing: $0), noticed: status.modified) }
  }

  private borrowing func judge(
    _ name: Name, _ problem: Problem, noticed: Duration
  ) -> TroubleFound {
    var complaints: [String] = []
    let limits = limits(of: name, noticed: noticed, &complaints)
    let isOfOther = problem.kind == .other && !problem.detector.utf8.isEmpty
    let (promise, beat) = lookAtHeart(name, isOfOther: isOfOther)
    let record = attempts.contents(name).flatMap { AttemptNote(parsing: $0) }
    let isSolving = record?.solver.map { !ProcessTable.isKnownGone($0) } ?? false
    let before = problem.beat ?? (beat.date.flatMap { $0 <= noticed ? $0 : nil })
    // Nobody else writes down a heart's problem without a word: there was no room for one.
    let isOfHeart: Bool = if case .heart = promise { problem.detector.utf8.isEmpty } else { false }
    var trouble = Trouble(
      detector: isOfHeart ? .heart : problem.kind, age: max(now.realtime - noticed, .zero),
      beatBefore: before,
      promise: promise, beat: beat, process: lookAtProcess(name), means: roots.means(for: name),
      limits: limits, attempt: record?.attempt, isSolverRunning: isSolving)
    trouble.isJudged = problem.isOfDetector(name)
    return TroubleFound(
      name: name, problem: problem, noticed: noticed, trouble: trouble, record: record,
      hold: lookAtHold(name), complaints: complaints)
  }

  /// What is set for a problem. Where that was mistyped or could not be read, what check-solutions knows of the problem
  /// counts: neither an error of typing nor a call that fails once is to shorten its time, or to lengthen its ladder.
  private borrowing func limits(
    of name: Name, noticed: Duration, _ complaints: inout [String]
  ) -> Trouble.Limits {
    var failures = obstacle.map { [$0] } ?? []
    func setting(_ setting: Setting) -> Duration {
      settings?.value(of: setting, for: name) { error, _ in failures.append(error) }
        ?? .seconds(setting.usual)
    }
    var lastStep: Step?
    do throws(Failure) { lastStep = try settings?.read(.lastStep, for: name) } catch {
      failures.append(error)
    }
    let limits = Trouble.Limits(
      lastStep: lastStep, solveTime: setting(.solveTime), solveWithin: setting(.solveWithin))
    complaints += failures.map { $0.sentence }
    return failures.isEmpty ? limits : known(name, noticed: noticed) ?? limits
  }

  private borrowing func known(_ name: Name, noticed: Duration) -> Trouble.Limits? {
    // Opened only now, for it hardly ever is.
    guard let vigils = try? Folder(path: "\(roots.state)/\(StateFolder.Part.vigils.name)") else {
      return nil
    }
    let peek = VigilPeek(of: Tool.checkSolutions.name, in: vigils, at: now)
    let known = peek.memories(of: Unsolved.self)[name]
    return known?.noticed == noticed ? known?.limits : nil
  }

  private borrowing func lookAtHeart(_ name: Name, isOfOther: Bool) -> (Trouble.Promise, Beat) {
    let heart: Heart
    do throws(Heart.Unreadable) { heart = try hearts.heart(name) } catch {
      if case .notThere = error { return (.none, .missing) }
      // As mark-problems goes on with it.
      guard let known = roots.knownHeart(name) else {
        // It was never watched. What was noted of a heart is not over for that.
        if case .mistake = error, isOfOther { return (.none, .missing) }
        return (.unknown, .unknown)
      }
      heart = known
    }
    let promise = Trouble.Promise.heart(limit: heart.limit, startLimit: heart.startLimit)
    return (promise, beats.beat(of: name) { roots.user(of: name, heart, beat: $0) })
  }

  private borrowing func lookAtProcess(_ name: Name) -> Trouble.Process {
    guard let bytes = pids.contents(name) else { return .notNoted }
    guard let note = ProcessNote(parsing: bytes) else { return .unknown }
    var table = LazyProcessTable()
    return (try? note.state(in: &table)) ?? .unknown
  }

  private borrowing func lookAtHold(_ name: Name) -> HoldNote.Left? {
    if let hold { return hold }
    return holds.contents(name).flatMap { HoldNote(parsing: $0, now: now.monotonic) }?
      .left(at: now.monotonic)
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
    try? self?.readFile(name.text, atMost: 1024)
  }

  fileprivate borrowing func heart(_ name: Name) throws(Heart.Unreadable) -> Heart {
    switch self {
    case .some(let hearts): return try Heart.read(name, kind: nil, in: hearts)
    // Whether the heart is there cannot be told.
    case .none: throw .failed(.noSuchFile)
    }
  }

  fileprivate borrowing func beat(of name: Name, user: (FileStatus?) -> UInt32) -> Beat {
    do throws(Failure) {
      let status = try self?.look(at: name.text)
      return Beat(status, owner: user(status))
    } catch { return .unknown }
  }
}
