import LinuxCalls
import Testing

@testable import Watchdog

/// Whether tools are run each second: by looks that are arguments.
@Suite struct CadenceTests {
  /// What a file is that was written at a time; the number tells one file from the next.
  private func file(_ time: Duration, _ number: UInt64 = 1) throws -> FileStatus {
    var status = try Folder(path: "/").status()
    status.modified = time
    status.inode = number
    return status
  }

  private func cadence(_ touches: [Double], until end: Double) throws -> Cadence {
    var cadence = Cadence(try file(.zero, 0), at: .zero)
    for step in 1...Int(end * 20) {
      let now = Double(step) / 20
      let last = touches.last { $0 <= now } ?? 0
      cadence.look(try file(.seconds(last), UInt64(last * 1000)), at: .seconds(now))
    }
    return cadence
  }

  @Test func `a tool that runs each second is steady`() throws {
    let cadence = try cadence([0.5, 1.5, 2.5, 3.5], until: 4)
    #expect(cadence.touches.count == 4)
    #expect(cadence.rhythm(until: .seconds(4)) == .steady)
    #expect(cadence.longestPause(until: .seconds(4)) == .seconds(1))
  }

  @Test func `a tool that never runs is dead`() throws {
    #expect(try cadence([], until: 4).rhythm(until: .seconds(4)) == .dead)
    var missing = Cadence(nil, at: .zero)
    missing.look(nil, at: .seconds(3))
    #expect(missing.rhythm(until: .seconds(3)) == .dead)
  }

  @Test func `a pause counts at both ends too`() throws {
    let pause: Duration = .seconds(3)
    #expect(try cadence([3, 4], until: 5).rhythm(until: .seconds(5)) == .halting(pause))
    #expect(try cadence([1, 2], until: 5).rhythm(until: .seconds(5)) == .halting(pause))
    #expect(try cadence([1, 4], until: 5).rhythm(until: .seconds(5)) == .halting(pause))
  }

  @Test func `a clock change is no pause`() throws {
    var cadence = Cadence(try file(.seconds(1000)), at: .zero)
    for (second, date) in [(1, 1001), (2, 400), (3, 401), (4, 90_000)] {
      cadence.look(try file(.seconds(date)), at: .seconds(second))
    }
    #expect(cadence.rhythm(until: .seconds(4)) == .steady)
  }

  @Test func `a new file with the same date counts`() throws {
    var cadence = Cadence(try file(.seconds(7), 1), at: .zero)
    cadence.look(try file(.seconds(7), 2), at: .seconds(1))
    #expect(cadence.touches == [.seconds(1)])
  }
}
