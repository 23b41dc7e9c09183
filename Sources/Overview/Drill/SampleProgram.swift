import LinuxCalls
import Rules
import Watchdog

/// The program of the drill's box: it has a port, a heart, and the bad habit of leaving behind a process that
/// holds the port, has left its session and ignores TERM.
enum SampleProgram {
  /// Runs until it is killed.
  static func run(port word: String, _ call: Call) throws(Failure) -> ExitCode {
    guard let number = UInt16(word) else { throw call.mistake("\(word.printable) is no port") }
    let port = try attempt(to: "listen on port \(number)", LoopbackPort(number))
    try attempt(to: "start another process", ThisProcess.leaveStragglerBehind())
    // Until mark-problems has run for the first time there is nothing to beat.
    while port.number != 0 {
      try? Beating(call.roots).beat([DrillWorld.name])
      sleep(untilMonotonic: Clock.monotonic + .milliseconds(300))
    }
    return .success
  }
}
