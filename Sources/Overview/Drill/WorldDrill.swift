import LinuxCalls
import Rules
import Watchdog

/// The drill in a world of its own: breaks one thing after the other there.
struct WorldDrill: ~Copyable {
  private let limits = Limits()
  private var box: DrillBox
  private let timeline: Timeline

  /// Runs it.
  static func run(keepsWorld: Bool, asJSON: Bool) throws(Failure) -> ExitCode {
    guard let executables = ThisProcess.executableFolder else {
      throw Failure(.systemError, "unable to read /proc/self/exe: the drill needs /proc")
    }
    ThisProcess.holdEndSignals()
    Orphans.adopt()
    let timeline = Timeline(asJSON: asJSON)
    var drill = try attempt(to: "make a world in \(TemporaryFolder.parent())") {
      () throws(SystemError) in
      let world = try DrillWorld(Limits(), executables: executables, stays: keepsWorld)
      timeline.introduce(world.path, executables: executables)
      return WorldDrill(box: try DrillBox(world), timeline: timeline)
    }
    let path = drill.box.world.path
    defer { if keepsWorld { timeline.say("The world was left in \(path)") } }
    return try timeline.conclude { () throws(Failure) in
      defer { try? drill.box.shutDown() }
      try drill.play()
    }
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
    // A program that ends within its first seconds may be going to the background, and is given time for that: what is
    // broken here has been at work for longer.
    _ = try wait(.seconds(5)) { box in box.heart.process.map { $0.age >= .seconds(4) } ?? true }
    let before = box.heart.process
    let failures = box.failures()
    let how = try attempt(to: "break something", box.inflict(scene.fault))
    let broken = Moment.now()
    timeline.act(how)
    try timeline.watch(scene, since: broken.monotonic) { sign in
      box.lookAtDevice()
      return sees(sign, since: broken.realtime, before, failures)
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

  /// What there is to say of a sign that can be seen; nil while it cannot.
  private borrowing func sees(
    _ sign: Scene.Sign, since broken: Duration, _ before: ProcessIdentity?, _ failures: Int
  ) -> String? {
    let hunger = Clock.monotonic - box.lastFed
    let isSeen: Bool
    switch sign {
    case .beatsAgain where box.heart.problem != nil: isSeen = false
    case .noticed, .startedAnew, .beatsAgain: return box.heart.sees(sign, after: before)
    case .systemRestarted: isSeen = box.lastRestart().map { $0 >= broken } ?? false
    case .reboot:
      return hunger < limits.deviceTimeout
        ? nil : "not fed for \(limits.deviceTimeout.wholeSeconds) s"
    case .solverKilled: isSeen = box.failures() > failures
    case .stoodDown: isSeen = box.stoodDown() != nil && hunger < .seconds(2)
    }
    return isSeen ? "" : nil
  }

  // MARK: Between scenes

  private mutating func waitUntilWell() throws(Failure) {
    let begun = Moment.now()
    let isWell = try wait(.seconds(10)) { box in
      box.lastFed > begun.monotonic && box.heart.beat ?? .zero > begun.realtime
        && box.heart.problem == nil && Clock.monotonic - box.lastFed < .milliseconds(1500)
    }
    if !isWell {
      throw Failure(.software, "the box did not become well: look at its log with --keep")
    }
  }

  /// While it is well, nobody touches it.
  private mutating func stayWell(for time: Duration) throws(Failure) {
    timeline.head("everything is well")
    let program = box.heart.process
    _ = try wait(time) { box throws(Failure) in
      if let problem = box.heart.problem { throw WorldDrill.unwanted(problem.reason) }
      if box.heart.process != program { throw WorldDrill.unwanted("the program was restarted") }
      if box.lastRestart() != nil { throw WorldDrill.unwanted("restart-system was run") }
      if Clock.monotonic - box.lastFed > .seconds(2) { throw WorldDrill.unwanted("not fed") }
      return false
    }
    timeline.good("beats, fed each second, untouched for \(time.wholeSeconds) s")
  }

  private static func unwanted(_ what: String) -> Failure {
    Failure(.software, "touched while it was well: \(what)")
  }

  /// Waits for something to be so, and looks meanwhile whether the device is fed.
  private mutating func wait(
    _ time: Duration, _ isSo: (borrowing DrillBox) throws(Failure) -> Bool
  ) throws(Failure) -> Bool {
    try Timeline.wait(until: Clock.monotonic + time) { () throws(Failure) in
      box.lookAtDevice()
      return try isSo(box)
    }
  }
}
