import LinuxCalls
import Watchdog

/// When a line of a crontab is run (crontab(5)), as far as it is run in each hour: which of its minutes.
struct Schedule {
  /// A bit for each minute of an hour.
  private let minutes: UInt64

  /// Reads the five fields; nil where they are not understood here, or do not mean each hour of each day.
  init?(_ fields: [ArraySlice<UInt8>]) {
    guard fields.count == 5, let minutes = Schedule.minutes(of: Array(fields[0])),
      fields.dropFirst().allSatisfy({ $0.elementsEqual("*".utf8) })
    else { return nil }
    self.minutes = minutes
  }

  /// Numbers and ranges with commas between them, each with a step or without.
  private static func minutes(of word: [UInt8]) -> UInt64? {
    var bits: UInt64 = 0
    for part in word.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      var scanner = Scanner(Array(part))
      var (first, last): (UInt64, UInt64) = (0, 59)
      if !scanner.skip(UInt8(ascii: "*")) {
        guard let number = scanner.number() else { return nil }
        (first, last) = (number, number)
        if scanner.skip(UInt8(ascii: "-")) {
          guard let end = scanner.number() else { return nil }
          last = end
        }
      }
      let step = scanner.skip(.slash) ? scanner.number() : 1
      guard let step, step > 0, scanner.isAtEnd, first <= last, last < 60 else { return nil }
      for minute in stride(from: first, through: last, by: Int(clamping: step)) {
        bits |= 1 << minute
      }
    }
    return bits
  }

  /// The longest time between two runs of lines that do the same, in minutes; nil when that is more than an hour.
  static func longestGap(_ schedules: [Schedule]) -> Int? {
    let minutes = schedules.reduce(0) { $0 | $1.minutes }
    let marks = (0..<60).filter { minutes & (1 << UInt64($0)) != 0 }
    guard let first = marks.first else { return nil }
    let next = marks.dropFirst() + [first + 60]
    return zip(marks, next).map { $1 - $0 }.max()
  }
}
