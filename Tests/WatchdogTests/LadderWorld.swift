import LinuxCalls
import Rules
import TestSupport
import Testing

@testable import Watchdog

/// A world whose boot is called `here` and began when the machine's did.
extension World {
  /// An hour after boot.
  static let hour = Moment(realtime: .seconds(1_795_449_600), monotonic: .seconds(3600))

  func makeBoot(_ name: String = "here") throws {
    try makeFolder("run")
    try write("\(name) 0.000000000\n", to: "run/boot")
  }

  /// As if restart-system had been run so often for web in this boot, a minute apart, until an hour after boot.
  func writeRestarts(_ count: Int, ran: Int = 1) throws {
    let lines = (0..<count).map { "\(3600 - 60 * $0).000000000 web 1795449000.000000000 \(ran)\n" }
    try write("here\n\(lines.joined())", to: "run/restarts")
  }

  /// As if the clerk had read of so many reboots of earlier boots.
  func writeReboots(_ count: Int) throws {
    let lines = (0..<count).map { "\(9000 + $0).000000000 ladder old\n" }
    try write("here 10000.000000000 0.000000000\n\(lines.joined())", to: "run/reboots")
  }

  /// Roots whose data folder can neither be opened nor made.
  var withoutData: Roots {
    Roots(
      config: roots.config, state: roots.state, data: "\(path)/no/data", logs: roots.logs)
  }

  /// What was noted, by its kind.
  func events() throws -> [String?] {
    carry()
    return try Incident.lastLines(roots).map { $0.member("event") }
  }
}
