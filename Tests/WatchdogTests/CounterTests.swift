import Linux
import Testing

@testable import Watchdog

@Suite struct CounterTests {
  /// A moment this many seconds after boot; the box was booted at 1,000,000 s after 1970 unless told otherwise.
  private func moment(_ uptime: Int, bootedAt boot: Int = 1_000_000) -> Moment {
    Moment(realtime: .seconds(boot + uptime), monotonic: .seconds(uptime))
  }

  /// A counter that was counted up at these moments of one boot.
  private func counter(_ moments: [Moment], boot: String = "aaaaaaaa") -> Counter {
    var counter = Counter()
    for moment in moments { counter.add(now: moment, boot: boot, keeping: .seconds(1_000_000)) }
    return counter
  }

  private func counter(_ text: String) -> Counter { Counter(parsing: Array(text.utf8)) }

  static let windows: [(window: Int, count: Int)] = [
    (0, 0), (99, 0), (100, 1), (199, 1), (200, 2), (299, 2), (300, 3), (10_000, 3),
  ]

  @Test(arguments: windows)
  func whatHappenedWithinTheWindowCounts(window: Int, count: Int) {
    let counter = counter([moment(100), moment(200), moment(300)])
    let now = moment(400)
    #expect(counter.count(within: .seconds(window), at: now, boot: "aaaaaaaa") == count)
    #expect(counter.countOfBoot(within: .seconds(window), at: now, boot: "aaaaaaaa") == count)
  }

  @Test func ofAnotherBootTheDatesTellAndTheyDoNotCountForThisOne() {
    let counter = counter([moment(100), moment(200), moment(300)])
    // It was booted again 1000 s after the last one.
    let now = moment(50, bootedAt: 1_000_000 + 1300)
    #expect(counter.count(within: .seconds(1049), at: now, boot: "bbbbbbbb") == 0)
    #expect(counter.count(within: .seconds(1050), at: now, boot: "bbbbbbbb") == 1)
    #expect(counter.count(within: .seconds(1250), at: now, boot: "bbbbbbbb") == 3)
    #expect(counter.countOfBoot(within: .seconds(1250), at: now, boot: "bbbbbbbb") == 0)
  }

  @Test(arguments: [-100_000_000, -3600, 3600, 100_000_000])
  func aClockThatIsSetChangesNothingAboutThisBoot(step: Int) {
    let counter = counter([moment(100), moment(200), moment(300)])
    let now = Moment(realtime: .seconds(1_000_400 + step), monotonic: .seconds(400))
    #expect(counter.count(within: .seconds(200), at: now, boot: "aaaaaaaa") == 2)
    #expect(counter.countOfBoot(within: .seconds(99), at: now, boot: "aaaaaaaa") == 0)
  }

  @Test func whatIsDatedInTheFutureCountsAsOfToday() {
    let counter = counter("9999999999 5 bbbbbbbb\n")
    #expect(counter.count(within: .zero, at: moment(100), boot: "aaaaaaaa") == 1)
  }

  @Test func itIsNotOfTodayForEver() {
    var counter = counter("9999999999 5 bbbbbbbb\n")
    counter.add(now: moment(100), boot: "aaaaaaaa", keeping: .seconds(900))
    #expect(counter.text == "1000100 5 bbbbbbbb\n1000100 100 aaaaaaaa\n")
    counter.add(now: moment(1100), boot: "aaaaaaaa", keeping: .seconds(900))
    #expect(counter.text == "1001100 1100 aaaaaaaa\n")
  }

  @Test func aRestartOfTheSameBootThatSeemsToComeIsCounted() {
    let counter = counter("1000000 500 aaaaaaaa\n")
    #expect(counter.count(within: .zero, at: moment(100), boot: "aaaaaaaa") == 1)
  }

  /// Whatever a clock does within a boot, and however far back it is set between boots, no less is counted than
  /// happened. (Set forward between boots it makes the past older, and nothing on the box can tell.)
  @Test(arguments: 1...20)
  func theCountIsNeverLowerThanTheTruth(seed: UInt64) {
    var random = Steps(state: seed)
    var counter = Counter()
    var times: [Int] = []
    var truth = 0
    var bootedAt = 0
    var offset = 2_000_000_000
    var boot = 0
    for _ in 0..<300 {
      truth += Int(random.next() % 200)
      switch random.next() % 8 {
      case 0:
        boot += 1
        bootedAt = truth
        offset -= Int(random.next() % 100_000)
      case 1: offset -= Int(random.next() % 10_000)
      default: break
      }
      let now = Moment(
        realtime: .seconds(truth + offset), monotonic: .seconds(truth - bootedAt))
      let expected = times.filter { truth - $0 <= 900 }.count
      #expect(counter.count(within: .seconds(900), at: now, boot: "\(boot)") >= expected)
      if random.next() % 2 == 0 {
        counter.add(now: now, boot: "\(boot)", keeping: .seconds(900))
        counter = Counter(parsing: Array(counter.text.utf8))
        times.append(truth)
      }
    }
  }

  @Test func addingForgetsWhatIsOlderThanTheWindow() {
    var counter = counter([moment(100), moment(200), moment(300)])
    counter.add(now: moment(1000), boot: "aaaaaaaa", keeping: .seconds(800))
    #expect(
      counter.text == "1000200 200 aaaaaaaa\n1000300 300 aaaaaaaa\n1001000 1000 aaaaaaaa\n")
  }

  @Test func itHoldsAtMostThousandLines() {
    var counter = counter(String(repeating: "1000000 1 aaaaaaaa\n", count: 3000))
    counter.add(now: moment(2), boot: "aaaaaaaa", keeping: .seconds(900))
    #expect(counter.entries.count == 1000)
    #expect(counter.entries.last?.monotonic == .seconds(2))
    #expect(counter.text.utf8.count < Counter.largestFile)
  }

  @Test func whatWasWrittenIsReadAgain() {
    let text = "1000100 100 aaaaaaaa\n1000200 200 aaaaaaaa\n1795449600 31 0123abcd\n0 0 -\n"
    #expect(counter(text).text == text)
    #expect(Counter().text == "")
    #expect(counter("").text == "")
  }

  @Test(arguments: [
    "garbage", "1", "1 2", "1 2 3 4", "x 2 boot", "1 x boot", "-1 2 boot", "1.5 2 boot",
    "99999999999999999999 2 boot", "9223372036854775807 2 boot", "\0\0\0", "\u{FF}",
  ])
  func linesThatAreNoneArePassedOver(line: String) {
    #expect(counter("1 2 boot\n\(line)\n3 4 boot\n").text == "1 2 boot\n3 4 boot\n")
    #expect(counter(line).entries.isEmpty)
  }

  @Test func aLastLineThatIsTornIsTakenAsFarAsItMakesSense() {
    #expect(counter("1 2 aaaaaaaa\n100").text == "1 2 aaaaaaaa\n")
    #expect(counter("1 2 aaaaaaaa\n100 2").text == "1 2 aaaaaaaa\n")
  }

  @Test func twoAreMergedWithEachLineOnce() {
    let one = counter("1 2 aaaaaaaa\n3 4 aaaaaaaa\n")
    let other = counter("3 4 aaaaaaaa\n3 4 bbbbbbbb\n5 6 aaaaaaaa\n")
    #expect(
      one.merged(with: other).text
        == "1 2 aaaaaaaa\n3 4 aaaaaaaa\n3 4 bbbbbbbb\n5 6 aaaaaaaa\n")
    #expect(one.merged(with: Counter()).text == one.text)
    #expect(Counter().merged(with: one).text == one.text)
  }

  @Test func theNameOfThisBootIsAlwaysTheSameAndFitsInALine() {
    let name = Counter.bootName()
    #expect(name == Counter.bootName())
    #expect(name.utf8.count == 8 || name == "-")
    #expect(name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
  }
}

/// Numbers that look random and are the same in each run (SplitMix64).
private struct Steps {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
