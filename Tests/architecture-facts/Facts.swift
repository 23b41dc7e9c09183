import CLinuxCalls
import LinuxCalls

/// Looks at the machine that it runs on, and counts.
struct Facts {
  private(set) var passed = 0
  private(set) var failed = 0

  mutating func tell(_ sentence: String, _ isSo: Bool) {
    if isSo { passed += 1 } else { failed += 1 }
    Console.write("\(isSo ? "passed" : "FAILED"): \(sentence)\n")
  }

  mutating func look(atArguments words: [String]) {
    let expected = ["one", "two words", ""]
    tell("the arguments are those that were given", same(Array(words.dropFirst(2)), expected))
    tell("the environment is there", (ThisProcess.environment("PATH")?.utf8.count ?? 0) > 0)
  }

  /// A string of up to 15 bytes is in the very words that are copied: what a retain does to them is seen.
  mutating func lookAtTexts() {
    let long = "abcdefghijklmnopqrstuvwxyz"
    var areKept = true
    for count in 0...26 {
      let text = Array(long.utf8.prefix(count)).text
      let copies = [String](repeating: text, count: 3)
      let pairs = copies.map { (name: $0, twice: "\($0)\($0)") }
      for pair in pairs {
        areKept =
          areKept && pair.name.utf8.count == count && pair.twice.utf8.count == 2 * count
          && pair.name.utf8.elementsEqual(long.utf8.prefix(count))
      }
    }
    tell("texts of all lengths stay what they are when they are copied", areKept)
    tell("a text is padded", "ab".padded(to: 4).isEqual(to: "ab  "))
  }

  mutating func lookAtNumbers() {
    var scanner = Scanner(Array("18446744073709551615 18446744073709551616".utf8))
    tell("a number of 64 bits is read", scanner.number() == .max)
    _ = scanner.skip(.space)
    tell("a larger one is refused", scanner.number() == nil)
    tell("a number of 64 bits is written", "\(UInt64.max)".isEqual(to: "18446744073709551615"))
    tell("and one below zero", "\(Int64.min)".isEqual(to: "-9223372036854775808"))
    tell(
      "a sum over bytes is that of other machines",
      Checksum(of: "watchdog".utf8).digits.text.isEqual(to: "c0812be75fd4c482"))
  }

  mutating func lookAtTimes() {
    tell("a time has 64 bits", MemoryLayout<time_t>.size == 8)
    tell("an offset has 64 bits", MemoryLayout<off_t>.size == 8)
    let late = "2106-02-07T06:28:16.500Z"
    tell(
      "a date after 2106 is written as it was read",
      Duration(date: late)?.date.isEqual(to: late) == true)
    let years = Duration.seconds(Int64(292) * 365 * 86_400)
    tell(
      "292 years are told in nanoseconds", years.nanoseconds == 292 * 365 * 86_400 * 1_000_000_000)
    let before = Clock.monotonic
    sleep(untilMonotonic: before + .milliseconds(20))
    let slept = Clock.monotonic - before
    tell(
      "20 ms of sleep are no less, and no minute",
      slept >= .milliseconds(20) && slept < .seconds(60))
    tell("the clock is past 2020", Clock.realtime > .seconds(1_577_836_800))
    tell("the time since boot is not less than that of this clock", Clock.sinceBoot >= before)
  }

  func same(_ some: [String], _ others: [String]) -> Bool {
    guard some.count == others.count else { return false }
    return zip(some, others).allSatisfy { $0.isEqual(to: $1) }
  }
}
