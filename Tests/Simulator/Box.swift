#if !TINY
import Rules

/// Milliseconds of the time that really passes, since the life of a box began.
typealias Milliseconds = Int64

/// What is on a box, and does not change in its life.
final class Box: Sendable {
  /// A program, its heart and who can mend it.
  struct Member: Sendable {
    /// In milliseconds; nil when it has no heart, and only a detector looks at it.
    var limit: Milliseconds?
    var startLimit: Milliseconds
    var means: Means
    var lastStep: Step?
    var period: Milliseconds
    var firstBeat: Milliseconds
    var grace: Milliseconds
    var solveTime: Milliseconds
    var solveWithin: Milliseconds
  }

  let members: [Member]
  let ladder: Ladder
  let restartWithin: Milliseconds
  let restartTakes: Milliseconds
  /// Nil when there is none.
  let deviceTimeout: Milliseconds?
  /// Whether the device's driver says that it reset the box.
  let tellsReset: Bool
  /// Whether a boot begins in 1970.
  let hasNoClock: Bool
  let bootTakes: Milliseconds
  let cronAfter: Milliseconds
  /// How long ago each tool's last good run may be before the device is not fed.
  let chainLimit: Duration
  /// How often the ledger is brought up to date although nothing happened.
  let hour: Duration
  /// By how much the judge lets things be late.
  let slack: Duration
  /// A beat of that age is late, whatever heart it is of. Two longest gaps are added, for what one look counts may be
  /// set against a limit.
  let longestLimit: Duration

  static let toolLimit: Milliseconds = 5_000
  /// When the hearts were given, CLOCK_REALTIME.
  static let given: Duration = .seconds(1_700_000_000)

  init(
    members: [Member], ladder: Ladder, restartWithin: Milliseconds, restartTakes: Milliseconds,
    deviceTimeout: Milliseconds?, tellsReset: Bool, hasNoClock: Bool, bootTakes: Milliseconds,
    cronAfter: Milliseconds, chainLimit: Duration = .seconds(10),
    hour: Duration = .seconds(3600), slack: Duration = .seconds(6)
  ) {
    self.members = members
    self.ladder = ladder
    self.restartWithin = restartWithin
    self.restartTakes = restartTakes
    self.deviceTimeout = deviceTimeout
    self.tellsReset = tellsReset
    self.hasNoClock = hasNoClock
    self.bootTakes = bootTakes
    self.cronAfter = cronAfter
    self.chainLimit = chainLimit
    self.hour = hour
    self.slack = slack
    let longest = members.map { max($0.limit ?? 0, $0.startLimit) }.max() ?? 0
    longestLimit = .milliseconds(longest) + Vigil.longestGap * 2
  }

  func heart(_ index: Int) -> Heart? {
    let member = members[index]
    return member.limit.map {
      Heart(
        limit: .milliseconds($0), startLimit: .milliseconds(member.startLimit), owner: 0,
        given: Box.given)
    }
  }
}

extension Box {
  private static let limits: [Milliseconds] = [2, 3, 5, 10, 30, 31, 60, 120, 120, 600, 3600]
  private static let startLimits: [Milliseconds] = [2, 10, 30, 31, 40, 120, 990]

  /// Some box.
  convenience init(_ random: inout Random) {
    let count = random.within(2, 4)
    let members = (0..<count).map { _ in Box.member(&random) }
    let ladder = Ladder(
      minimumUptime: .seconds(random.pick([1, 60, 120, 300])),
      restartsBeforeReboot: Int(random.within(1, 3)),
      restartsWindow: .seconds(random.pick([300, 900, 3600])),
      rebootsBeforeStandingDown: Int(random.pick([1, 2, 5])),
      rebootsWindow: .seconds(random.pick([3600, 14_400, 86_400])))
    self.init(
      members: members, ladder: ladder, restartWithin: random.pick([10, 60, 120]) * 1000,
      restartTakes: random.pick([300, 3000, 8000]),
      deviceTimeout: random.chance(85) ? random.pick([10, 30, 75]) * 1000 : nil,
      tellsReset: random.chance(50), hasNoClock: random.chance(20),
      bootTakes: random.within(5, 60) * 1000, cronAfter: random.within(1, 60) * 1000)
  }

  private static func member(_ random: inout Random) -> Member {
    let hasHeart = random.chance(85)
    let limit = random.chance(3) ? 86_400_000 : random.pick(limits) * 1000
    let startLimit = random.chance(40) ? limit : random.pick(startLimits) * 1000
    // A promise is kept with a second to spare at least: less is what a clock may be corrected by unnoticed.
    let longest = limit >= 5000 ? limit - 2000 : limit / 2
    let means: Means = hasHeart ? random.pick([.program, .program, .solution, .none]) : .solution
    let steps: [Step?] = [nil, nil, nil, nil, .mark, .solve, .restart, .reboot]
    return Member(
      limit: hasHeart ? limit : nil, startLimit: startLimit, means: means,
      lastStep: random.pick(steps), period: max(longest * random.within(20, 100) / 100, 500),
      firstBeat: random.chance(30)
        ? startLimit - 1000 : min(random.within(100, 1500), startLimit / 2),
      grace: random.pick([100, 1000, 5000]), solveTime: random.pick([5, 20]) * 1000,
      solveWithin: random.pick([5, 30, 30, 120]) * 1000)
  }
}
#endif
