import Rules
import Testing

/// What `check` promises of a program that is broken for good, and that one which is slow never climbs.
@Suite struct BoundTests {
  static let limits = [2, 10, 30, 31, 40, 120, 990]

  private func bound(_ limit: Int, _ startLimit: Int) -> Bound {
    Bound(
      limit: .seconds(limit), startLimit: .seconds(startLimit), solveWithin: .seconds(30),
      restartWithin: .seconds(60), restarts: 3)
  }

  private func expectClimb(
    _ limit: Int, _ startLimit: Int, _ program: MendedBox.Program, _ what: Comment
  ) {
    var box = MendedBox(limit: limit, startLimit: startLimit, program)
    let bound = bound(limit, startLimit)
    box.run(Int(bound.untilReboot.components.seconds) + 1)
    #expect(box.reboot != nil && box.restarts.count == 3, what)
    guard let noticed = box.noticed, box.restarts.count == 3 else { return }
    #expect(.seconds(noticed) <= bound.notice, what)
    #expect(.seconds(box.restarts[0]) <= bound.notice + bound.firstRestart, what)
    for (one, next) in zip(box.restarts, box.restarts.dropFirst()) {
      #expect(.seconds(next - one) <= bound.nextRung, what)
    }
    #expect(box.proofs == 0, what)
  }

  @Test(arguments: limits, [10, 30])
  func `a program that runs and never beats is restarted with everything, and then the box`(
    startLimit: Int, limit: Int
  ) {
    expectClimb(limit, startLimit, .init(), "\(limit) \(startLimit)")
  }

  @Test(arguments: limits, [1, 12, 30, 31, 40])
  func `so is one that ends some time after each start`(startLimit: Int, end: Int) {
    for limit in [2, 30] { expectClimb(limit, startLimit, .init(end: end), "limit \(limit)") }
  }

  /// It may hang or end after a while, and needs all of its time to come up again.
  @Test(arguments: limits)
  func `one that beats a second before its limit after each start never climbs`(startLimit: Int) {
    for limit in [2, 30] {
      for beatsFor in [nil, 60, 500] {
        var box = MendedBox(
          limit: limit, startLimit: startLimit,
          .init(firstBeat: startLimit - 1, beatsFor: beatsFor))
        box.run(4 * 3600)
        #expect(
          box.restarts == [] && box.reboot == nil, "limit \(limit), beats for \(beatsFor ?? 0)")
        #expect(box.proofs == box.attempts || box.proofs == box.attempts - 1)
        #expect(box.proofs > 0)
      }
    }
  }

  @Test func `a bound is told for each part`() {
    let bound = bound(30, 120)
    #expect(bound.notice == .seconds(152))
    #expect(bound.firstRestart == .seconds(30 + 3 * 120 + 8))
    #expect(bound.nextRung == .seconds(30 + 120 + 4 + 60))
    #expect(
      bound.untilReboot == bound.notice + bound.firstRestart + bound.nextRung * 3
        + RebootDue.patience
        + Bound.tick)
  }
}
