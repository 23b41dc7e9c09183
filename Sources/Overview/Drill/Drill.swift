import Linux
import Rules
import Watchdog

/// `watchdog-chain drill`: the main job of this project, before the reader's eyes, on any machine.
struct Drill: ~Copyable {
  static let command = Command(
    name: "watchdog-chain drill",
    usage: ["[--keep] [--json]"],
    summary: """
      Makes a private world in a temporary folder, with a program that has a heart and a device that counts
      down; breaks one thing after the other; and shows what the chain does about it, after how many
      seconds, and against which bound. Needs neither root nor a watchdog device. Ends with 70 when a bound
      was missed.
      """,
    options: [
      .init("keep", "leave the world behind, to be looked at"),
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

  /// Why a drill ends before its time.
  private enum Interruption: Error {
    case failed(SystemError, doing: String)
    case neverWell
    case unwanted(String)
    case byUser
  }

  /// Runs the drill.
  static func run(_ call: Call) throws(Failure) -> ExitCode {
    try call.arguments.expectNoOperands()
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
    let outcome = drill.play()
    try? drill.box.shutDown()
    if asJSON {
      Console.write(Timeline.json(drill.results).text() + "\n")
    } else {
      timeline.table(drill.results)
    }
    if keepsWorld { timeline.say("The world was left in \(drill.box.world.path)") }
    return try conclude(outcome, drill.results)
  }

  private init(box: consuming DrillBox, timeline: Timeline) {
    self.box = box
    self.timeline = timeline
  }

  private static func conclude(
    _ interruption: Interruption?, _ results: [Result]
  ) throws(Failure) -> ExitCode {
    switch interruption {
    case .failed(let error, let doing): throw Failure.unable(to: doing, error)
    case .neverWell:
      throw Failure(.software, "the box did not become well: look at its log with --keep")
    case .unwanted(let what): throw Failure(.software, "touched while it was well: \(what)")
    case .byUser: throw Failure(.tryLater, "interrupted")
    case nil: return results.allSatisfy { $0.isMet } ? .success : .software
    }
  }

  // MARK: Scenes

  private mutating func play() -> Interruption? {
    do throws(Interruption) {
      try doing("boot") { (box) throws(SystemError) in try box.boot() }
      try waitUntilWell()
      try stayWell(for: .seconds(3))
      for scene in Scene.all(limits) { try play(scene) }
      return nil
    } catch {
      return error
    }
  }

  private mutating func play(_ scene: Scene) throws(Interruption) {
    timeline.head("\(scene.fault.name)")
    try waitUntilSettled()
    var how = ""
    var before: ProcessIdentity?
    let failures = box.failures()
    try doing("break something") { (box) throws(SystemError) in
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

  private mutating func end(_ scene: Scene) throws(Interruption) {
    switch scene.cure {
    case .goesOn: return
    case .none:
      try doing("repair the world") { (box) throws(SystemError) in try box.world.repair() }
    case .reboot:
      timeline.say("      (the drill reboots its box)")
      try doing("reboot") { (box) throws(SystemError) in try box.reboot(isRepaired: true) }
    case .resume:
      timeline.say("      (the drill repairs the program, and calls watchdog-chain resume)")
      try doing("resume") { (box) throws(SystemError) in
        try box.world.repair()
        try box.resume()
      }
    }
    try waitUntilWell()
  }

  private borrowing func sees(
    _ sign: Scene.Sign, since broken: Moment, _ before: ProcessIdentity?, _ failures: Int,
    _ now: Moment
  ) -> Bool {
    switch sign {
    case .noticed: return box.problem() != nil
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
    case .systemRestarted, .beatsAgain, .solverKilled, .stoodDown: ""
    }
  }

  // MARK: Between scenes

  private mutating func waitUntilWell() throws(Interruption) {
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
    throw .neverWell
  }

  /// A program that ends within its first seconds may be going to the background, and is given time for that: what is
  /// broken here has been at work for longer.
  private mutating func waitUntilSettled() throws(Interruption) {
    let deadline = Clock.monotonic + .seconds(5)
    while let program = (try? box.program()) ?? nil, program.age < .seconds(4),
      Clock.monotonic < deadline
    {
      try pause()
    }
  }

  /// While it is well, nobody touches it.
  private mutating func stayWell(for time: Duration) throws(Interruption) {
    timeline.head("everything is well")
    let program = (try? box.program()) ?? nil
    let end = Clock.monotonic + time
    while Clock.monotonic < end {
      try pause()
      if let problem = box.problem() { throw .unwanted(problem.reason) }
      if (try? box.program()) != program { throw .unwanted("the program was restarted") }
      if box.lastRestart() != nil { throw .unwanted("restart-system was run") }
      if Clock.monotonic - box.lastFed > .seconds(2) { throw .unwanted("not fed") }
    }
    timeline.good("beats, fed each second, untouched for \(time.wholeSeconds) s")
  }

  private mutating func pause() throws(Interruption) {
    if ThisProcess.shouldEnd { throw .byUser }
    sleep(untilMonotonic: Clock.monotonic + .milliseconds(20))
    box.lookAtDevice()
  }

  private mutating func doing(
    _ what: String, _ body: (inout DrillBox) throws(SystemError) -> Void
  ) throws(Interruption) {
    do throws(SystemError) {
      try body(&box)
    } catch {
      throw .failed(error, doing: what)
    }
  }
}
