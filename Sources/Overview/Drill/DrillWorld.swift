import LinuxCalls
import Watchdog

/// A private world in a temporary folder: configuration, state, a program with a heart, and somebody who
/// restarts it.
struct DrillWorld: ~Copyable {
  /// Where it is.
  let path: String
  private let folder: TemporaryFolder
  private let executables: String
  private let port: UInt16

  /// The heart of the sample program.
  static let name = Name(literal: "web")
  static let heart = name.text

  /// Makes the world.
  ///
  /// - Parameters:
  ///   - executables: the folder of the executables that are put through the drill.
  ///   - stays: whether it is left behind to be looked at.
  init(_ limits: Limits, executables: String, stays: Bool) throws(SystemError) {
    let folder = try TemporaryFolder(named: "watchdog-drill", stays: stays)
    // Any port that is free now. Nothing but the program will ask for it.
    let port = try LoopbackPort(0).number
    try DrillWorld.furnish(folder.path, limits)
    path = folder.path
    self.folder = folder
    self.port = port
    self.executables = executables
  }

  private static func furnish(_ path: String, _ limits: Limits) throws(SystemError) {
    let root = try Folder(path: path)
    for name in ["bin", "etc", "run", "data", "logs"] { try root.makeFolder(name) }
    let etc = try root.folder("etc")
    for name in ["hearts", "chain", "programs", "solutions"] { try etc.makeFolder(name) }
    try etc.folder("hearts").make(DrillWorld.heart, limits.heart.wholeSeconds)
    for tool in [Tool.markProblems, .checkSolutions] {
      try etc.folder("chain").make(tool.text, limits.chain.wholeSeconds)
    }
    for (name, value) in limits.settings { try etc.make(name, value) }
    try root.makeFIFO("device")
    try etc.create("device").write(Array("\(path)/device\n".utf8))
    try etc.makeExecutable("restart-system", DrillScripts.restartSystem)
  }

  /// Where the three roots are.
  var roots: Roots {
    Roots(config: "\(path)/etc", state: "\(path)/run", data: "\(path)/data", logs: "\(path)/logs")
  }

  /// Where an executable of this world is.
  func executable(_ name: String) -> String { "\(path)/bin/\(name)" }

  /// Puts everything that scenes break back in its place, and lets what was tried be forgotten: the program of
  /// a box that is well has not been restarted a few seconds ago, and has no pauses.
  borrowing func repair() throws(SystemError) {
    let root = try Folder(path: path)
    try? root.folder("run").removeTree("attempts")
    try? root.folder("run").remove("restarts")
    let bin = try root.folder("bin")
    for tool in Tools.all {
      try? bin.remove(tool)
      try bin.makeLink(tool, to: "\(executables)/\(tool)")
    }
    let etc = try root.folder("etc")
    try? etc.folder("solutions").remove(DrillWorld.heart)
    let program = DrillScripts.program(executable("\(Tool.people)"), port: port)
    try etc.folder("programs").makeExecutable(DrillWorld.heart, program)
  }

  /// Takes an executable away.
  borrowing func remove(_ name: String) throws(SystemError) {
    try Folder(path: "\(path)/bin").remove(name)
  }

  /// Puts a script in the place of an executable, or makes one: "bin", "etc/programs" or "etc/solutions".
  borrowing func replace(
    _ name: String, in folder: String, by script: String
  ) throws(SystemError) {
    try Folder(path: "\(path)/\(folder)").makeExecutable(name, script)
  }

  /// What a reboot does to /run.
  borrowing func clearState() throws(SystemError) {
    let root = try Folder(path: path)
    try root.removeTree("run")
    try root.makeFolder("run")
  }
}

extension Folder {
  fileprivate borrowing func make(_ name: String, _ value: Int64) throws(SystemError) {
    try create(name).write(Array("\(value)\n".utf8))
  }
}

/// The scripts of the drill's world.
enum DrillScripts {
  /// Runs the sample program.
  static func program(_ executable: String, port: UInt16) -> String {
    """
    #!/bin/sh
    exec "\(executable)" drill --be-program \(port)

    """
  }

  /// Mends everything, and starts it at boot: here that is one program.
  static let restartSystem = """
    #!/bin/sh
    name=\(DrillWorld.heart)
    kill-stamped
    run-stamped --background $name

    """

  /// Does nothing.
  static let broken = """
    #!/bin/sh
    exit 1

    """

  /// Never ends.
  static let hanging = """
    #!/bin/sh
    exec sleep 1000

    """
}
