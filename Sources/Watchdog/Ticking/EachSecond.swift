import LinuxCalls
import Rules

/// What each-second does in its life: runs its tools at each second while it is the older of two.
public final class EachSecond {
  private let run: Run
  private var generation: Generation
  private let words: [String]
  private let limit: Duration
  private let term: Life.Term

  /// How long one tool is waited for before the next one is started. In their order the tools see each
  /// other's work within one second, but one that hangs must not hold up the others.
  static let patience: Duration = .milliseconds(250)

  /// For so long it is weather that no process can be started, and over when the next one can.
  static let weather: Duration = .seconds(20)
  /// After that it is over when so many can be started at once. Less may be what the chain itself left: each of its
  /// four helpers has a process of cron's, and where crontabs are without `exec` a shell. A box on which only they make
  /// room for each other would live on in parts, and fail its programs: it is left to the device.
  static let enoughProcesses = 12

  /// Takes its place behind those that run the same tools.
  ///
  /// - Parameters:
  ///   - words: the tools, by name or by path.
  ///   - limit: how long each may run.
  ///   - term: how long this helper is meant to live.
  public init(
    _ words: [String], limit: Duration, term: Life.Term, _ roots: Roots, _ report: Report
  ) throws(Failure) {
    ChainHelpers.standApart()
    run = try Run(roots, report)
    generation = try Generation(
      EachSecond.lockName(for: words), lifetime: term.lifetime, in: run.state)
    self.words = words
    self.term = term
    self.limit = limit
  }

  /// Says what would be run.
  public static func describe(_ words: [String], limit: Duration, lifetime: Duration) -> ExitCode {
    for word in words {
      Console.write(
        "would run \(TickedTool(word).path) each second for \(lifetime.wholeSeconds) s, "
          + "and kill it after \(limit.wholeSeconds) s\n")
    }
    return .success
  }

  /// Stands by, then works, until its life is over or another helper works by another lock.
  public func tick() throws(Failure) {
    Priority.raise()
    ThisProcess.letGoOfNamelessOutput()
    run.roots.export()
    Life.note(EachSecond.lockName(for: words), term, run)
    try generation.waitForWork()
    let tools = words.map { TickedTool($0) }
    var last = generation.lastWork()
    var lastWhole = last
    while true {
      let next = Ticker.next(after: last, now: Moment.now())
      // With a process that cannot be killed it lives on: its successor would start another one.
      if next >= generation.end, !tools.contains(where: { $0.isStillRunning() }) { return }
      sleep(untilMonotonic: next)
      if generation.isReplaced(), try !workAnew() { return }
      let now = Clock.monotonic
      last = now
      if hasProcesses(after: lastWhole, at: now), run(tools, at: now) {
        lastWhole = now
      } else if let lastWhole {
        // For the next helper, too, the shortage began then.
        try? generation.noteWork(at: lastWhole)
      }
    }
  }

  /// Somebody took the lock file away, or the folder that it is in: the work goes on by the new one, unless another helper
  /// has begun to work by it.
  ///
  /// - Returns: whether it is ours.
  private func workAnew() throws(Failure) -> Bool {
    var next = try Generation(
      EachSecond.lockName(for: words), until: generation.end, in: StateFolder(run.roots))
    try next.tryToWork()
    guard next.works else { return false }
    generation = next
    return true
  }

  /// Whether the tools may be run. When they were not for longer than weather lasts, for want of processes or because
  /// there was no helper, enough processes must be there first.
  ///
  /// - Parameter lastWhole: when all tools could be started last; nil when they never were since boot.
  private func hasProcesses(after lastWhole: Duration?, at now: Duration) -> Bool {
    guard let lastWhole, now - lastWhole > EachSecond.weather,
      !SpareProcesses.areThere(EachSecond.enoughProcesses)
    else { return true }
    run.complain(
      about: "processes",
      "not running any tool until \(EachSecond.enoughProcesses) processes can be started at once: "
        + "none could be started for more than \(EachSecond.weather.wholeSeconds) s",
      level: .error)
    return false
  }

  /// Runs the tools of one second.
  ///
  /// - Returns: whether there were processes for all of them.
  private func run(_ tools: [TickedTool], at now: Duration) -> Bool {
    // Where it cannot be noted, the worst that happens is a second that is run twice after a kill.
    try? generation.noteWork(at: now)
    var hadProcesses = true
    for tool in tools where !run(tool) { hadProcesses = false }
    run.settle()
    return hadProcesses
  }

  /// Runs a tool, unless it runs still.
  ///
  /// - Returns: false when there was no process for it.
  private func run(_ tool: TickedTool) -> Bool {
    if tool.killIfLate() {
      complain(of: tool, "did not exit within \(limit.wholeSeconds) s: killed")
      tool.wait(untilMonotonic: Clock.monotonic + EachSecond.patience)
    }
    if tool.isStillRunning() {
      if tool.isKilled { complain(of: tool, "was killed and does not end: waiting for it") }
      return true
    }
    complainOfEnd(of: tool)
    do throws(SystemError) {
      try tool.start(limit: limit)
      tool.wait(untilMonotonic: Clock.monotonic + EachSecond.patience)
      complainOfEnd(of: tool)
      return true
    } catch {
      complain(of: tool, "could not be run: \(error.reason)")
      return error != .wouldWait && error != .noMemory
    }
  }

  /// Tells of an end that the tool itself could not tell of: by a signal, or because a library of it is missing.
  /// What our tools end with themselves is in sysexits.h, and they say why.
  private func complainOfEnd(of tool: TickedTool) {
    guard let end = tool.end, !tool.isKilled else { return }
    if case .exited(let code) = end, code == 0 || ExitCode.sysexits.contains(code) { return }
    complain(of: tool, end.words)
  }

  private func complain(of tool: TickedTool, _ sentence: String) {
    run.complain(
      about: tool.name, "\(tool.path.printable) \(sentence)", level: .error)
  }

  /// Helpers that run the same tools take turns; those that run others are none of their business.
  private static func lockName(for words: [String]) -> String {
    let names = words.map { $0.lastPathPart }
    return "\(Tool.eachSecond.name),\(names.joined(separator: ","))".utf8.prefix(200).text
  }
}
