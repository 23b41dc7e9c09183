import LinuxCalls
import Rules
import Watchdog

/// `watchdog-chain drill --of NAME`: breaks the real program of one heart of this box, and sees what the chain does
/// about it, against the bounds of this configuration. What was stopped is let go on in the end, whatever happens.
struct RealDrill: ~Copyable {
  private let target: Target
  private let timeline: Timeline
  private var reached: [ProcessIdentity] = []

  /// What is to be done to whom, and what has to come of it.
  struct Target {
    let heart: DrillHeart
    /// The process that is noted for it.
    let process: ProcessIdentity
    let scene: Scene

    var hangs: Bool { scene.fault == .programHangs }
    /// What is to be typed.
    var words: String { "\(hangs ? "hang" : "kill") \(heart.name.text)" }
  }

  static func run(of word: String, _ call: Call) throws(Failure) -> ExitCode {
    guard let name = Name(word) else { throw call.mistake("\(word.printable) is no name") }
    let fault: Scene.Fault = call.has("kill") ? .programDies : .programHangs
    let stream: Console.Stream = call.has("json") ? .error : .output
    let first = try target(name, fault, call.roots)
    Console.write(explanation(of: first), to: stream)
    if call.isDry { return .success }
    try Typed.confirm(first.words, orElse: "no drill", on: stream)
    // Reading the explanation takes a while: what was so then need not be so now.
    var drill = RealDrill(
      target: try target(name, fault, call.roots), timeline: Timeline(asJSON: call.has("json")))
    ThisProcess.holdEndSignals()
    return try drill.timeline.conclude { () throws(Failure) in
      defer { drill.letGoOn() }
      try drill.play()
    }
  }

  // MARK: What may be done

  /// What would be done now.
  ///
  /// - Throws: why it may not.
  private static func target(
    _ name: Name, _ fault: Scene.Fault, _ roots: Roots
  ) throws(Failure) -> Target {
    let box = try Box(roots)
    let settings = try Settings(roots)
    let means = roots.means(for: name)
    let heart = box.hearts.first { $0.name == name }
    if let why = try objection(box, heart, name, means, settings) {
      throw Failure(.unavailable, "no drill: \(why)")
    }
    guard let process = heart?.process, let guarded = try? roots.heart(name) else {
      throw Failure(.unavailable, "no drill: hearts/\(name.text) cannot be read")
    }
    let notice = (fault == .programHangs ? guarded.limit : .zero) + Bound.tick
    // What is kept of it, the time that it has to end, and its start.
    let work =
      means == .solution
      ? try settings.read(.solveTime, for: name) : try settings.read(.grace, for: name)
    let started = notice + Bound.tick + (try settings.read(.evidenceTime, for: name)) + work
    let scene = Scene(
      fault,
      [
        (.noticed, notice), (.startedAnew, started), (.beatsAgain, started + guarded.startLimit),
      ])
    return Target(heart: DrillHeart(name: name, roots: roots), process: process, scene: scene)
  }

  private static func objection(
    _ box: Box, _ heart: HeartState?, _ name: Name, _ means: Means, _ settings: borrowing Settings
  ) throws(Failure) -> String? {
    guard let heart else { return "there is no heart \(name.text)" }
    if let mistake = heart.mistake { return "hearts/\(name.text): \(mistake)" }
    if let wrong = BoxRules.well.findings(in: box).told.first {
      return wrong.words(at: box.now.realtime)
    }
    if let state = try StateFolder.toLookAt(box.roots),
      let hold = try HoldNote.left(of: name, in: state, at: box.now.monotonic)
    {
      return "\(name.text) is on hold for another \(hold.rest.span)"
    }
    let reach = Step.last(
      given: try settings.read(.lastStep, for: name), detector: .heart, means: means,
      hasBeaten: true)
    if means == .none { return "nothing can mend it: there is no programs/\(name.text)" }
    if reach == .mark { return "nothing would be done: its last-step is mark" }
    if let state = try StateFolder.toLookAt(box.roots), let why = try box.obstacle(state) {
      return why
    }
    guard let age = heart.uptime else { return "none of its processes was noted by run-stamped" }
    if heart.beaten == nil { return "it has never beaten" }
    if age < Attempt.calm { return "it was started \(age.short) ago: try again in a while" }
    return nil
  }

  private static func explanation(of target: Target) -> String {
    var page = Page(style: Style())
    let last = target.scene.expectations.last?.bound ?? .zero
    let what = target.hangs ? "stopped (SIGSTOP)" : "killed (SIGKILL)"
    page.write(
      "All processes of \(target.heart.name.text) will be \(what), to see that the chain mends it.",
      .head)
    page.writeColumns(
      "",
      "That is real: until it beats again, which takes at most \(last.wholeSeconds) s, it does no work, and what it has in "
        + "memory is lost.")
    return page.text
  }

  // MARK: Playing

  private mutating func play() throws(Failure) {
    let (heart, process) = (target.heart, target.process)
    timeline.head("\(target.scene.fault.name)")
    try Incident(.note, heart.name, by: "\(Tool.people)", why: "a drill: \(target.words)")
      .write(heart.roots)
    var found = try KillStamped(heart.name, heart.roots)
    try found.sendToAll(target.hangs ? .stop : .kill, reached: &reached)
    // What was found last may have beaten until now.
    let broken = Clock.monotonic
    timeline.act("SIG\(target.hangs ? "STOP" : "KILL") to process \(RealDrill.list(reached))")
    try timeline.watch(target.scene, since: broken, endsWithMiss: true) {
      heart.sees($0, after: process)
    }
  }

  /// What was stopped and is there still goes on.
  private func letGoOn() {
    guard target.hangs, let table = try? ProcessTable() else { return }
    let left = reached.filter { !((try? table.isGone($0)) ?? true) }
    for process in left { try? ProcessDescriptor.send([.resume], to: process, in: table) }
    if !left.isEmpty {
      timeline.say(
        "Not ended by the chain, and continued (SIGCONT): process \(RealDrill.list(left))")
    }
  }

  private static func list(_ processes: [ProcessIdentity]) -> String {
    processes.map { "\($0.pid)" }.joined(separator: ", ")
  }
}
