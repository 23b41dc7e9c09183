import LinuxCalls
import Rules
import Watchdog

/// The box of the drill: its helpers as cron would start them, a device that counts down, and what can be
/// seen from outside.
struct DrillBox: ~Copyable {
  let world: DrillWorld
  let heart: DrillHeart
  private let device: Descriptor
  /// CLOCK_MONOTONIC when the device was fed last.
  private(set) var lastFed: Duration

  init(_ world: consuming DrillWorld) throws(SystemError) {
    device = try Folder(path: world.path).openToRead("device")
    heart = DrillHeart(name: DrillWorld.name, roots: world.roots)
    self.world = world
    lastFed = Clock.monotonic
  }

  /// Boots: starts the program, as a line of the crontab does it, and two generations of each helper.
  ///
  /// - Parameter isRepaired: whether what was broken is in its place again.
  mutating func boot(isRepaired: Bool = true) throws(SystemError) {
    if isRepaired { try world.repair() }
    try run(["\(world.path)/etc/restart-system"])
    let tools = Tools.ticked.map { world.executable($0) }
    for _ in 0..<2 {
      try start([world.executable(Tool.eachSecond.text)] + tools)
      try start([world.executable(Tool.feeder.text)])
    }
  }

  /// Reboots: everything ends, the state is lost.
  ///
  /// - Parameter isRepaired: whether what was broken is in its place again.
  mutating func reboot(isRepaired: Bool) throws(SystemError) {
    try shutDown()
    try world.clearState()
    try boot(isRepaired: isRepaired)
  }

  /// Ends everything that runs in this world.
  mutating func shutDown() throws(SystemError) {
    try Orphans.killAll()
  }

  /// Does what the box's administrator does after it stood down.
  borrowing func resume() throws(SystemError) {
    try run([world.executable("\(Tool.people)"), "resume"])
  }

  private borrowing func run(_ command: [String]) throws(SystemError) {
    let roots = world.roots
    let log = "\(world.path)/log"
    let child = try Child(command, apart: .session) { () throws(SystemError) in
      roots.export()
      ThisProcess.lookBesideFirst()
      try ThisProcess.appendOutput(to: log)
    }
    _ = child.wait(untilMonotonic: Clock.monotonic + .seconds(10))
  }

  private mutating func start(_ command: [String]) throws(SystemError) {
    let roots = world.roots
    let log = "\(world.path)/log"
    _ = try Child(command, apart: .session, endsWithParent: true) { () throws(SystemError) in
      roots.export()
      try ThisProcess.appendOutput(to: log)
    }
  }

  /// Breaks something.
  ///
  /// - Returns: what was done, in words.
  mutating func inflict(_ fault: Scene.Fault) throws(SystemError) -> String {
    switch fault {
    case .programHangs:
      try signalProgram(.stop)
      return "SIGSTOP to its process"
    case .programDies:
      try signalProgram(.kill)
      return "SIGKILL to its process; a child of it still holds its port"
    case .solutionHangs:
      try world.replace(DrillWorld.heart, in: "etc/solutions", by: DrillScripts.hanging)
      try signalProgram(.kill)
      return "a solution that never ends; then SIGKILL to the program"
    case .solveProblemsGone:
      try world.remove(Tool.solveProblems.text)
      try signalProgram(.kill)
      return "the executable was removed; then SIGKILL to the program"
    case .programBroken:
      try world.replace(DrillWorld.heart, in: "etc/programs", by: DrillScripts.broken)
      try signalProgram(.kill)
      return "it ends whenever it is started"
    case .rebootDoesNotHelp:
      try reboot(isRepaired: false)
      return "the box was rebooted (by the drill), and it ends still"
    case .markProblemsGone:
      try world.remove(Tool.markProblems.text)
      return "the executable was removed"
    case .checkSolutionsHangs:
      try world.replace(Tool.checkSolutions.text, in: "bin", by: DrillScripts.hanging)
      return "the executable was replaced by one that never ends"
    }
  }

  private borrowing func signalProgram(_ signal: Signal) throws(SystemError) {
    guard let program = heart.process else { throw SystemError.noSuchProcess }
    try ProcessDescriptor(program, in: ProcessTable()).send(signal)
  }

  // MARK: What can be seen

  /// When restart-system was begun last, CLOCK_REALTIME.
  borrowing func lastRestart() -> Duration? {
    try? Folder(path: "\(world.path)/run").status(of: "restart-system").modified
  }

  /// How often an attempt to solve a problem has failed.
  borrowing func failures() -> Int {
    let lines = (try? Incident.lastLines(world.roots)) ?? []
    return lines.filter { $0.kind == .failed }.count
  }

  /// Why the box stood down; nil when it did not.
  borrowing func stoodDown() -> String? {
    guard let state = try? StateFolder.toLookAt(world.roots) else { return nil }
    return ((try? StandingDownNote.read(in: state)) ?? nil)?.why
  }

  /// Looks whether the device was fed.
  mutating func lookAtDevice() {
    if let bytes = try? device.readStart(atMost: 64), !bytes.isEmpty {
      lastFed = Clock.monotonic
    }
  }
}
