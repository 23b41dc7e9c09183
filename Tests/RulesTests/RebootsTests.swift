import Rules
import Testing

@Suite struct RebootsTests {
  private let window: Duration = .seconds(86_400)

  private func reboots(at times: [Int], base: Int, _ kind: Reboots.Kind = .ladder) -> Reboots {
    Reboots(
      base: .seconds(base),
      entries: times.map { Reboots.Entry(at: .seconds($0), kind: kind, isOfThisBoot: false) })
  }

  @Test(arguments: [(0, 0), (99, 0), (100, 1), (199, 1), (200, 2), (10_000, 3)])
  func `what happened within the window of running time counts`(window: Int, count: Int) {
    let reboots = reboots(at: [8700, 8900, 9000], base: 9000)
    let within: Duration = .seconds(window)
    #expect(reboots.count(.ladder, within: within, uptime: .seconds(100)) == count)
    #expect(reboots.count(.stale, within: within, uptime: .seconds(100)) == 0)
  }

  @Test func `one that is only due is none yet`() {
    let reboots = reboots(at: [8900], base: 9000).settled(.ladder, uptime: .seconds(50))
    #expect(reboots.entries.last == .init(at: .seconds(9050), kind: .ladder, isOfThisBoot: true))
    #expect(reboots.count(.ladder, within: window, uptime: .seconds(100)) == 1)
  }

  @Test func `a boot has one, with the date of when it was counted first`() {
    let stale = Reboots(base: .seconds(100), entries: []).settled(.stale, uptime: .seconds(5))
    let ladder = stale.settled(.ladder, uptime: .seconds(9))
    #expect(ladder.entries == [.init(at: .seconds(105), kind: .ladder, isOfThisBoot: true)])
    #expect(ladder.settled(nil, uptime: .seconds(20)).entries.isEmpty)
  }

  @Test func `the ladder's counts before the chain's, and a test is none`() {
    #expect(Reboots.kind(due: false, isNotFed: true) == .ladder)
    #expect(Reboots.kind(due: true, isNotFed: true) == nil)
    #expect(Reboots.kind(due: nil, isNotFed: true) == .stale)
    #expect(Reboots.kind(due: nil, isNotFed: false) == nil)
  }

  @Test func `what earlier boots have left is not taken back`() {
    #expect(reboots(at: [10, 20], base: 100).settled(nil, uptime: .zero).entries.count == 2)
  }

  /// The next boot, as the clerk begins it.
  private func next(after reboots: Reboots, uptime: Int) -> Reboots {
    Reboots(
      base: reboots.base + .seconds(uptime),
      entries: reboots.entries.map { .init(at: $0.at, kind: $0.kind, isOfThisBoot: false) })
  }

  /// A clock that comes from NTP on every other boot, and is 1970 else, has no part in it.
  @Test func `a box that reboots again and again stands down whatever its clock says`() {
    var reboots = Reboots(base: .zero, entries: [])
    var made = 0
    for _ in 1...20 {
      let count = reboots.count(.ladder, within: window, uptime: .seconds(300))
      let rung = usualLadder.next(
        Ladder.Position(
          uptime: .seconds(300), restarts: 3, reboots: .known(count), device: .armed,
          isResting: false), last: .reboot)
      if rung == .standDown { break }
      reboots = reboots.settled(.ladder, uptime: .seconds(300))
      made += 1
      reboots = next(after: reboots, uptime: 310)
    }
    #expect(made == 5)
  }

  @Test func `five reboots in a lifetime do not`() {
    var reboots = Reboots(base: .zero, entries: [])
    for _ in 1...20 {
      reboots = reboots.settled(.ladder, uptime: .seconds(30_000))
      reboots = next(after: reboots, uptime: 30_010)
      #expect(reboots.count(.ladder, within: window, uptime: .zero) <= 3)
    }
  }
}

@Suite struct ArmingDelayTests {
  @Test(arguments: [(0, 0), (1, 0), (2, 2), (3, 10), (4, 60), (5, 60), (99, 60), (-1, 0)])
  func `a box whose chain breaks in each boot can be used for longer each time`(
    resets: Int, minutes: Int
  ) {
    #expect(ArmingDelay.delay(after: resets) == .seconds(minutes * 60))
  }

  @Test func `where resets cannot be counted somebody can log in`() {
    #expect(ArmingDelay.delay(after: nil) == .seconds(120))
  }
}
