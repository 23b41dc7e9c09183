import Linux
import Rules

/// What mark-problems does in a run: compares every heart with its beat, and every noted process with
/// what runs.
///
/// What concerns one name only, a heart that cannot be read or a directory in the place of a beat, is passed over and
/// reported once; it neither fails the run nor keeps the others from being looked at.
public struct MarkProblems: ~Copyable {
  private let roots: Roots
  private let report: Report
  private let state: StateFolder
  private let hearts: Folder
  private let beats: Folder
  private let problems: Problems
  private let known: KnownHearts
  private let drafts: Drafts
  private let watch: Watch
  private var finder: HeartLook
  private var memories = Memories<Awaited>()
  private var complaints: Complaints
  private var failure: ExitCode?
  private let isDry: Bool

  /// Opens what is needed.
  ///
  /// - Parameter isDry: says what it would do, and does nothing.
  public init(_ roots: Roots, _ report: Report, isDry: Bool) throws(Failure) {
    let hearts = try roots.configFolder("hearts")
    let state = try StateFolder(roots, isDry: isDry)
    let beats = try state.open(.beats)
    let problems = try Problems(in: state)
    let known = try KnownHearts(in: state)
    let drafts = try Drafts(of: report.tool, in: state)
    let watch = try Watch(of: report.tool, in: state)
    let complaints = try Complaints(report, in: state, isDry: isDry)
    let finder = try HeartLook(watch.look, watch.memories(of: Awaited.self), in: state)
    if watch.isFirst, !isDry {
      // Others than run-stamped note starts and processes too.
      _ = try state.open(.starts)
      _ = try state.open(.pids)
    }
    self.roots = roots
    self.report = report
    self.state = state
    self.hearts = hearts
    self.beats = beats
    self.problems = problems
    self.known = known
    self.drafts = drafts
    self.watch = watch
    self.finder = finder
    self.complaints = complaints
    self.isDry = isDry
    if !isDry, self.watch.isFirst || self.watch.hasMinutePassed {
      report.journal.callClerkIfNeeded(roots, self.state, at: self.watch.look.now)
    }
    if let words = self.watch.look.breach?.words {
      report.say(.notice, "\(words): only watched time counts")
    }
  }

  /// Marks what is late.
  ///
  /// - Returns: how the run went. Only one that did all of its work counts as a sign of life.
  public mutating func run() throws(Failure) -> ExitCode {
    do throws(Failure) {
      try lookAtHearts()
      try lookAtProcesses()
    } catch {
      if !isDry { try? watch.keep(memories.text, with: drafts) }
      throw error
    }
    if isDry { return failure ?? .success }
    complaints.settle()
    try? drafts.sweep()
    try watch.keep(memories.text, with: drafts)
    if let failure { return failure }
    try watch.touch(in: state, with: drafts)
    return .success
  }

  // MARK: Beats

  private mutating func lookAtHearts() throws(Failure) {
    // Opened once more, because what is looked at for each entry changes this value, and a part of it
    // that is lent out stands in the way of that.
    let folder = try attempt(to: "open the hearts") { () throws(SystemError) in
      try hearts.folder(".")
    }
    try folder.forEachEntry(onSystemError: { Failure.unable(to: "read the hearts", $0) }) {
      entry throws(Failure) in
      guard let name = Name(entry.bytes) else {
        if !Name.isLeftover(entry.bytes) { complainOfName(Array(entry.bytes)) }
        return
      }
      guard let heart = read(name, kind: entry.kind) else {
        if let memory = finder.memory(of: name) { memories.append(name, memory) }
        return
      }
      try judge(name, heart)
    }
  }

  private mutating func judge(_ name: Name, _ heart: Heart) throws(Failure) {
    let found = try finder.find(name, heart, in: state)
    if let memory = found.condition.memory { memories.append(name, memory) }
    complainOfBeat(name, found)
    if found.beat.needsFile { makeBeat(name, heart, instead: found.beat) }
    guard found.condition.isLate, found.beat != .unknown, !watch.isClockDoubtful() else { return }
    try mark(
      name, found.condition.reason, found.condition.words, beat: found.beat.date,
      found.condition.steps(at: watch.look.now))
  }

  private mutating func complainOfBeat(_ name: Name, _ found: HeartLook.Found) {
    let sentence: String? =
      if let obstacle = found.obstacle {
        "unable to look at beats/\(name.text): \(obstacle.reason): the heart is passed over"
      } else if found.size > Beat.largestFile {
        "beats/\(name.text) is filled with data, which takes memory: a beat only needs to be touched"
      } else if found.condition.isFuture {
        "beats/\(name.text) is dated in the future, so it does not count as a beat: set the clock of whatever "
          + "dates it, or touch it without a date"
      } else {
        nil
      }
    guard let sentence else { return }
    complaints.raise(about: "beats-\(name.text)", sentence, drafts: drafts)
  }

  private mutating func makeBeat(_ name: Name, _ heart: Heart, instead beat: Beat) {
    if isDry {
      Console.write("would make beats/\(name.text) for user \(heart.owner)\n")
      return
    }
    let empty = Drafts.Contents("", owner: heart.owner, date: Beat.neverDate)
    do throws(SystemError) {
      if beat == .missing {
        _ = try drafts.create(name.text, in: beats, empty)
        return
      }
      if beat == .noFile { try moveAside(name) }
      try drafts.replace(name.text, in: beats, empty)
    } catch {
      fail(
        about: name, .unable(to: "make beats/\(name.text) for user \(heart.owner)", error),
        isGeneral: error.isGeneral)
    }
  }

  /// A directory in the place of a beat, as docker makes one where a file that is mounted is missing, cannot be
  /// replaced by a file.
  private mutating func moveAside(_ name: Name) throws(SystemError) {
    let kind = try beats.status(of: name.text).kind
    guard kind == .folder else { return }
    try beats.rename(name.text, to: ".\(name.text).\(Clock.monotonic.nanoseconds)", in: beats)
    complaints.raise(
      about: "moved-\(name.text)",
      "beats/\(name.text) was a directory: it was moved aside, and a beat file is in its place",
      drafts: drafts)
  }

  // MARK: Processes

  private mutating func lookAtProcesses() throws(Failure) {
    if !isDry, watch.isFirst || watch.hasMinutePassed {
      // Others than run-stamped note starts and processes too, and have nobody else who makes these.
      _ = try state.open(.starts)
      _ = try state.open(.pids)
    }
    guard let folder = try state.openIfThere(.pids) else { return }
    var table = LazyProcessTable()
    try folder.forEachEntry(onSystemError: { Failure.unable(to: "read pids", $0) }) {
      entry throws(Failure) in
      guard let name = Name(entry.bytes) else { return }
      do throws(SystemError) {
        guard try judgeProcess(of: name, in: folder, &table) else { return }
      } catch {
        fail(about: name, .unable(to: "look at pids/\(name.text)", error), isGeneral: false)
        return
      }
      guard let heart = read(name, kind: nil) else { return }
      let status = (try? beats.statusIfThere(of: name.text)) ?? nil
      try mark(name, .gone, "its process is gone", beat: Beat(status, owner: heart.owner).date)
    }
  }

  /// Whether a noted process is gone.
  private mutating func judgeProcess(
    of name: Name, in pids: borrowing Folder, _ table: inout LazyProcessTable
  ) throws(SystemError) -> Bool {
    let bytes = try pids.readFile(name.text, atMost: ProcessNote.largestFile)
    guard let bytes, let note = ProcessNote(parsing: bytes) else {
      complaints.raise(
        about: "pids-\(name.text)",
        "pids/\(name.text) is no process number with a start time: passed over", drafts: drafts)
      return false
    }
    guard try table.isGone(note.process) else { return false }
    if note.isOfOtherSpace(than: ProcessSpace.own()) {
      complaints.raise(
        about: "pids-\(name.text)",
        "pids/\(name.text) was noted in another process or time namespace (a container), so whether that process "
          + "runs cannot be told here: only its beats count", drafts: drafts)
      return false
    }
    // Somebody may have started it anew between the two looks.
    return try pids.readFile(name.text, atMost: ProcessNote.largestFile) == bytes
  }

  // MARK: What comes of it

  private mutating func mark(
    _ name: Name, _ kind: Incident.Reason, _ reason: String, beat: Duration?,
    _ steps: [Incident.Step] = []
  ) throws(Failure) {
    do throws(Failure) {
      if try problems.has(name) { return }
    } catch {
      fail(about: name, error, isGeneral: false)
      return
    }
    if isDry {
      Console.write("would mark \(name.text): \(reason)\n")
      return
    }
    let problem = Problem(detector: "mark-problems", reason: reason, beat: .some(beat))
    do throws(Failure) {
      if try problems.note(problem, for: name, with: drafts) {
        Incident(
          .noticed(reason: kind), name, by: problem.detector, why: problem.reason, steps: steps
        )
        .note(roots, report)
      }
    } catch {
      fail(about: name, error, isGeneral: true)
    }
  }

  /// The heart, or nil where there is none to go by; why not is complained of.
  private mutating func read(_ name: Name, kind: FileStatus.Kind?) -> Heart? {
    do throws(Heart.Unreadable) {
      let heart = try Heart.read(name, kind: kind, in: hearts)
      if !isDry, isNew(heart) { known.note(name, heart, with: drafts) }
      return heart
    } catch {
      switch error {
      case .notThere: return nil
      case .mistake(let mistake, let written):
        complaints.raise(
          about: "hearts-\(name.text)",
          "hearts/\(name.text) is passed over: \(mistake.sentence)",
          occasion: "\(written.nanoseconds)", drafts: drafts)
        return nil
      case .failed(let error):
        let heart = known.read(name)
        let effect = heart == nil ? "it is passed over" : "what was read of it before counts"
        complaints.raise(
          about: "hearts-\(name.text)",
          "unable to read hearts/\(name.text): \(error.reason): \(effect)", level: .error,
          drafts: drafts)
        return heart
      }
    }
  }

  /// Whether a heart may have been given since the last look.
  private func isNew(_ heart: Heart) -> Bool {
    let look = watch.look
    if look.broken != nil || look.counted == .zero { return true }
    return heart.given > look.now.realtime - look.counted - Vigil.clockTolerance
  }

  private mutating func complainOfName(_ bytes: [UInt8]) {
    let name = printable(bytes)
    let cure =
      bytes.contains(UInt8(ascii: "."))
      ? ": write _ or - for each dot, and let the program beat by that name" : ""
    complaints.raise(
      about: "hearts-\(name)",
      "hearts/\(name) is passed over: a name is made of letters, digits, _ and -\(cure)",
      drafts: drafts)
  }

  /// - Parameter isGeneral: whether it is more than the fault of this one name.
  private mutating func fail(about name: Name, _ error: Failure, isGeneral: Bool) {
    if isGeneral { failure = failure ?? error.code }
    complaints.raise(
      about: "failed-\(name.text)", error.sentence, level: .error, drafts: drafts)
  }
}

extension SystemError {
  /// Whether it says that the box is short of something, or its file system broken, and nothing of the one file.
  var isGeneral: Bool {
    self == .noSpace || self == .overQuota || self == .readOnly || self == .noMemory
      || self == .inputOutput || self == .tooManyOpenFiles || self == .tooManyOpenFilesInSystem
  }
}
