import Linux

/// What mark-problems does in a run: compares every heart with its beat, and every noted process with
/// what runs.
public struct MarkProblems: ~Copyable {
  private let roots: Roots
  private let report: Report
  private let hearts: Folder
  private let beats: Folder
  private let starts: Folder
  private let pids: Folder
  private let problems: Problems
  private let drafts: Drafts
  private var watch: Watch
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
    let starts = try state.open(.starts)
    let pids = try state.open(.pids)
    let problems = try Problems(in: state)
    let drafts = try Drafts(of: report.tool, in: state)
    let watch = try Watch(of: report.tool, in: state)
    let complaints = try Complaints(report, in: state, isDry: isDry)
    self.roots = roots
    self.report = report
    self.hearts = hearts
    self.beats = beats
    self.starts = starts
    self.pids = pids
    self.problems = problems
    self.drafts = drafts
    self.watch = watch
    self.complaints = complaints
    self.isDry = isDry
    if let words = self.watch.breach?.words {
      report.say(.notice, "\(words): beginning to watch anew")
    }
  }

  /// Marks what is late.
  ///
  /// - Returns: how the run went. Only one that did all of its work counts as a sign of life.
  public mutating func run() throws(Failure) -> ExitCode {
    try lookAtHearts()
    try lookAtProcesses()
    if isDry { return failure ?? .success }
    complaints.settle()
    try? drafts.sweep()
    if let failure { return failure }
    try watch.touch(with: drafts)
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
      guard let heart = read(name, kind: entry.kind) else { return }
      do throws(Failure) {
        try judge(name, heart)
      } catch {
        fail(about: name, error)
      }
    }
  }

  private mutating func judge(_ name: Name, _ heart: Heart) throws(Failure) {
    let now = watch.look()
    let beat = try look(at: name, heart)
    if beat.needsFile { try makeBeat(name, heart, instead: beat) }
    let lateness = heart.lateness(beat: beat.date, start: nil, vigil: watch.vigil, now: now)
    guard heart.dependsOnStart(lateness) else { return }
    // Before anybody is blamed it is looked at once more, with fresh clocks and the note of the start.
    while true {
      let now = watch.look()
      let beat = try look(at: name, heart)
      let start = try start(of: name)
      guard watch.wasQuick(since: now) else { continue }
      let lateness = heart.lateness(beat: beat.date, start: start, vigil: watch.vigil, now: now)
      if let lateness { try mark(name, lateness.words, lateness.steps(at: now)) }
      return
    }
  }

  private mutating func look(at name: Name, _ heart: Heart) throws(Failure) -> Beat {
    let status = try attempt(to: "look at beats/\(name.text)") { () throws(SystemError) in
      try beats.statusIfThere(of: name.text)
    }
    if let status, status.size > Beat.largestFile {
      complaints.raise(
        about: "beats-\(name.text)",
        "beats/\(name.text) is filled with data, which takes memory: a beat only needs to be touched",
        drafts: drafts)
    }
    return Beat(status, owner: heart.owner)
  }

  private borrowing func start(of name: Name) throws(Failure) -> Duration? {
    try attempt(to: "look at starts/\(name.text)") { () throws(SystemError) in
      try starts.statusIfThere(of: name.text)?.modified
    }
  }

  private mutating func makeBeat(_ name: Name, _ heart: Heart, instead beat: Beat) throws(Failure) {
    if isDry {
      Console.write("would make beats/\(name.text) for user \(heart.owner)\n")
      return
    }
    let empty = Drafts.Contents("", owner: heart.owner, date: Beat.neverDate)
    try attempt(to: "make beats/\(name.text) for user \(heart.owner)") { () throws(SystemError) in
      if beat == .missing {
        _ = try drafts.create(name.text, in: beats, empty)
      } else {
        try drafts.replace(name.text, in: beats, empty)
      }
    }
  }

  // MARK: Processes

  private mutating func lookAtProcesses() throws(Failure) {
    let folder = try attempt(to: "open pids") { () throws(SystemError) in try pids.folder(".") }
    var table = LazyProcessTable()
    try folder.forEachEntry(onSystemError: { Failure.unable(to: "read pids", $0) }) {
      entry throws(Failure) in
      guard let name = Name(entry.bytes) else { return }
      do throws(Failure) {
        try judgeProcess(of: name, in: &table)
      } catch {
        fail(about: name, error)
      }
    }
  }

  private mutating func judgeProcess(
    of name: Name, in table: inout LazyProcessTable
  ) throws(Failure) {
    let bytes = try attempt(to: "read pids/\(name.text)") { () throws(SystemError) in
      try pids.readFile(name.text, atMost: ProcessNote.largestFile)
    }
    guard let bytes, let process = ProcessNote(parsing: bytes)?.process else {
      complaints.raise(
        about: "pids-\(name.text)",
        "pids/\(name.text) is no process number with a start time: passed over", drafts: drafts)
      return
    }
    let isGone = try attempt(to: "look at process \(process.pid)") { () throws(SystemError) in
      try table.isGone(process)
    }
    // Somebody may have started it anew between the two looks.
    guard isGone, read(name, kind: nil) != nil, try noteIs(bytes, for: name) else { return }
    try mark(name, "process \(process.pid) is gone")
  }

  private borrowing func noteIs(_ bytes: [UInt8], for name: Name) throws(Failure) -> Bool {
    try attempt(to: "read pids/\(name.text)") { () throws(SystemError) in
      try pids.readFile(name.text, atMost: ProcessNote.largestFile) == bytes
    }
  }

  // MARK: What comes of it

  private mutating func mark(
    _ name: Name, _ reason: String, _ steps: [Incident.Step] = []
  ) throws(Failure) {
    if try problems.has(name) { return }
    if isDry {
      Console.write("would mark \(name.text): \(reason)\n")
      return
    }
    let problem = Problem(detector: "mark-problems", reason: reason)
    if try problems.note(problem, for: name, with: drafts) {
      Incident(.noticed, name, by: problem.detector, why: problem.reason, steps: steps)
        .note(roots, report)
    }
  }

  /// The heart, or nil where there is none to go by; why not is complained of.
  private mutating func read(_ name: Name, kind: FileStatus.Kind?) -> Heart? {
    do throws(Heart.Unreadable) {
      return try Heart.read(name, kind: kind, in: hearts)
    } catch {
      switch error {
      case .notThere: break
      case .mistake(let mistake, let written):
        complaints.raise(
          about: "hearts-\(name.text)",
          "hearts/\(name.text) is passed over: \(mistake.sentence)",
          occasion: "\(written.nanoseconds)", drafts: drafts)
      case .failed(let error):
        fail(about: name, .unable(to: "read hearts/\(name.text)", error))
      }
      return nil
    }
  }

  private mutating func complainOfName(_ bytes: [UInt8]) {
    let name = printable(bytes)
    complaints.raise(
      about: "hearts-\(name)",
      "hearts/\(name) is passed over: a name is made of letters, digits, _ and -", drafts: drafts)
  }

  private mutating func fail(about name: Name, _ error: Failure) {
    failure = failure ?? error.code
    complaints.raise(
      about: "failed-\(name.text)", error.sentence, level: .error, drafts: drafts)
  }
}
