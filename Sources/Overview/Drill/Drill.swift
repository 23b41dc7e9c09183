import LinuxCalls
import Rules
import Watchdog

/// `watchdog-chain drill`: the main job of this project, before the reader's eyes, on any machine.
struct Drill: ~Copyable {
  static let command = Command(
    name: "watchdog-chain drill",
    usage: ["[--keep] [--json]", "--of NAME [--kill] [--json] [--dry-run]"],
    summary: """
      Makes a private world in a temporary directory, with a program that has a heart and a device that counts
      down; breaks one thing after the other; and shows what the chain does about it, how long that takes, and
      how long it may take (the bound). Needs neither root nor a watchdog device. With --of it does so to the
      real program of one heart of this box. Exits with 70 if a bound was missed.
      """,
    options: [
      .init("of", value: "NAME", "hang the real program of NAME, after you type what it asks for"),
      .init("kill", "with --of: kill it instead"),
      .init("dry-run", "with --of: say what would be done"),
      .init("keep", "leave the world in place, to be looked at"),
      .init("be-program", value: "PORT", "be the program of a drill (which calls this)"),
      .init("json", "print the results for programs, and nothing else"),
    ])

  private let limits = Limits()
  private var box: DrillBox
  private var timeline: Timeline
  private var results: [Result] = []

  /// What became of an expectation.
  struct Result {
    let fault: Scene.Fault
    let expectation: Scene.Expectation
    /// After how long it was seen; nil when it was not.
    let took: Duration?

    /// Whether it was seen in time.
    var isMet: Bool { took.map { $0 <= expectation.bound } ?? false }
  }

  /// Runs the drill.
  static func run(_ call: Call) throws(Failure) -> ExitCode {
    try call.arguments.expectNoOperands()
    if let name = call.value(of: "of") {
      if call.has("keep") { throw call.mistake("--keep does not go with --of") }
      return try RealDrill.run(of: name, call)
    }
    for option: StaticString in ["kill", "dry-run"] where call.has(option) {
      throw call.mistake("--\(option) goes with --of")
    }
    if let port = call.value(of: "be-program") { return try SampleProgram.run(port: port, call) }
    return try run(keepsWorld: call.has("keep"), asJSON: call.has("json"))
  }

  private static func run(keepsWorld: Bool, asJSON: Bool) throws(Failure) -> ExitCode {
    guard let executables = ThisProcess.executableFolder else {
      throw Failure(.systemError, "unable to read /proc/self/exe: the drill needs /proc")
    }
    ThisProcess.holdEndSignals()
    Orphans.adopt()
    let timeline = Timeline(isQuiet: asJSON)
    var drill: Drill
    do throws(SystemError) {
      let world = try DrillWorld(Limits(), executables: executables, stays: keepsWorld)
      timeline.introduce(world.path, executables: executables)
      drill = Drill(box: try DrillBox(world), timeline: timeline)
    } catch {
      throw Failure.unable(to: "make a world in \(TemporaryFolder.parent())", error)
    }
    var failure: Failure?
    do throws(Failure) { try drill.play() } catch { failure = error }
    try? drill.box.shutDown()
    if asJSON {
      Console.write(Field<Drill.Result>.ofResult.json(ofAll: drill.results).text() + "\n")
    } else {
      timeline.table(drill.results)
    }
    if keepsWorld { timeline.say("The world was left in \(drill.box.world.path)") }
    if let failure { throw failure }
    return drill.results.allSatisfy { $0.isMet } ? .success : .software
  }

  private init(box: consuming DrillBox, timeline: Timeline) {
    self.box = box
    self.timeline = timeline
  }

  // MARK: Scenes

  private mutating func play() throws(Failure) {
    try attempt(to: "boot", box.boot())
    try waitUntilWell()
    try stayWell(for: .seconds(3))
    for scene in Scene.all(limits) { try play(scene) }
  }

  private mutating func play(_ scene: Scene) throws(Failure) {
    timeline.head("\(scene.fault.name)")
    try waitUntilSettled()
    var how = ""
    var before: ProcessIdentity?
    let failures = box.failures()
    try attempt(to: "break something") { () throws(SystemError) in
      before = try box.program()
      how = try box.inflict(scene.fault)
    }
    let broken = Moment.now()
    timeline.act(how)
    for expectation in scene.expectations {
      // A little longer than allowed, to tell a miss from what never comes.
      let deadline = broken.monotonic + expectation.bound + .seconds(3)
      var took: Duration?
      while took == nil, Clock.monotonic < deadline {
        try pause()
        let now = Moment.now()
        if sees(expectation.sign, since: broken, before, failures, now) {
          took = now.monotonic - broken.monotonic
        }
      }
      let result = Result(fault: scene.fault, expectation: expectation, took: took)
      results.append(result)
      timeline.show(result, note(on: expectation.sign))
    }
    try end(scene)
  }

  private mutating func end(_ scene: Scene) throws(Failure) {
    switch scene.cure {
    case .goesOn: return
    case .none: try attempt(to: "repair the world", box.world.repair())
    case .reboot:
      timeline.say("      (the drill reboots its box)")
      try attempt(to: "reboot", box.reboot(isRepaired: true))
    case .resume:
      timeline.say("      (the drill repairs the program, and calls watchdog-chain resume)")
      try attempt(to: "repair the world", box.world.repair())
      try attempt(to: "resume", box.resume())
    }
    try waitUntilWell()
  }

  private borrowing func sees(
    _ sign: Scene.Sign, since broken: Moment, _ before: ProcessIdentity?, _ failures: Int,
    _ now: Moment
  ) -> Bool {
    switch sign {
    case .noticed: return box.problem() != nil
    case .startedAnew:
      guard let program = (try? box.program()) ?? nil else { return false }
      return program != before
    case .systemRestarted: return box.lastRestart().map { $0 >= broken.realtime } ?? false
    case .beatsAgain:
      guard let program = (try? box.program()) ?? nil, let beat = box.lastBeat() else {
        return false
      }
      return program != before && beat > broken.realtime && box.problem() == nil
    case .reboot: return now.monotonic - box.lastFed >= limits.deviceTimeout
    case .solverKilled: return box.failures() > failures
    case .stoodDown:
      return box.stoodDown() != nil && now.monotonic - box.lastFed < .seconds(2)
    }
  }

  private borrowing func note(on sign: Scene.Sign) -> String {
    switch sign {
    case .noticed: box.problem()?.reason ?? ""
    case .reboot: "not fed for \(limits.deviceTimeout.wholeSeconds) s"
    case .startedAnew, .systemRestarted, .beatsAgain, .solverKilled, .stoodDown: ""
    }
  }

  // MARK: Between scenes

  private mutating func waitUntilWell() throws(Failure) {
    let deadline = Clock.monotonic + .seconds(10)
    let begun = Moment.now()
    while Clock.monotonic < deadline {
      try pause()
      let now = Moment.now()
      let beat = box.lastBeat() ?? .zero
      if box.lastFed > begun.monotonic, beat > begun.realtime, box.problem() == nil,
        now.monotonic - box.lastFed < .milliseconds(1500)
      {
        return
      }
    }
    throw Failure(.software, "the box did not become well: look at its log with --keep")
  }

  /// A program that ends within its first seconds may be going to the background, and is given time for that: what is
  /// broken here has been at work for longer.
  private mutating func waitUntilSettled() throws(Failure) {
    let deadline = Clock.monotonic + .seconds(5)
    while let program = (try? box.program()) ?? nil, program.age < .seconds(4),
      Clock.monotonic < deadline
    {
      try pause()
    }
  }

  private func unwanted(_ what: String) -> Failure {
    Failure(.software, "touched while it was well: \(what)")
  }

  /// While it is well, nobody touches it.
  private mutating func stayWell(for time: Duration) throws(Failure) {
    timeline.head("everything is well")
    let program = (try? box.program()) ?? nil
    let end = Clock.monotonic + time
    while Clock.monotonic < end {
      try pause()
      if let problem = box.problem() { throw unwanted(problem.reason) }
      if (try? box.program()) != program { throw unwanted("the program was restarted") }
      if box.lastRestart() != nil { throw unwanted("restart-system was run") }
      if Clock.monotonic - box.lastFed > .seconds(2) { throw unwanted("not fed") }
    }
    timeline.good("beats, fed each second, untouched for \(time.wholeSeconds) s")
  }

  private mutating func pause() throws(Failure) {
    if ThisProcess.shouldEnd { throw Failure(.tryLater, "interrupted") }
    sleep(untilMonotonic: Clock.monotonic + .milliseconds(20))
    box.lookAtDevice()
  }
}
