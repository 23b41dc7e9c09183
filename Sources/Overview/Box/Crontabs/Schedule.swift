import Linux
import Watchdog

/// When a line of a crontab is run (crontab(5)).
struct Schedule {
  /// The minutes of an hour in which it is run, a bit for each.
  private(set) var minutes: UInt64 = 0
  /// Whether it is run in each hour of each day.
  private(set) var isEachHour = false

  /// One of the five fields.
  private struct Column {
    let name: StaticString
    let range: ClosedRange<UInt64>
    /// The first three letters of what can be written instead of numbers, from the first number on.
    var words: [StaticString] = []
  }

  private static var fields: [Column] {
    [
      Column(name: "minute", range: 0...59),
      Column(name: "hour", range: 0...23),
      Column(name: "day of the month", range: 1...31),
      Column(
        name: "month", range: 1...12,
        words: [
          "", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
        ]),
      Column(
        name: "day of the week", range: 0...7,
        words: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
    ]
  }

  /// Why five words are no schedule.
  struct Mistake: Error {
    let sentence: String
  }

  /// Reads the five fields.
  init(_ words: [ArraySlice<UInt8>]) throws(Mistake) {
    var bits: [UInt64] = []
    for (field, word) in zip(Schedule.fields, words) {
      guard let values = Schedule.parse(Array(word), field) else {
        throw Mistake(
          sentence:
            "\"\(String(decoding: Array(word), as: UTF8.self).printable)\" is no \(field.name)")
      }
      bits.append(values)
    }
    minutes = bits[0]
    let all = Schedule.fields
    // Sunday is 0 and 7: either will do.
    bits[4] |= bits[4] >> 7
    isEachHour = (1..<5).allSatisfy { index in
      let range = index == 4 ? 0...6 : all[index].range
      return range.allSatisfy { bits[index] & (1 << $0) != 0 }
    }
  }

  /// The bits of a field: numbers and ranges with commas between them, each with a step or without.
  private static func parse(_ word: [UInt8], _ field: Column) -> UInt64? {
    var bits: UInt64 = 0
    for part in word.split(separator: 0x2C, omittingEmptySubsequences: false) {
      let halves = part.split(separator: 0x2F, omittingEmptySubsequences: false)
      guard halves.count <= 2, let first = halves.first else { return nil }
      var step: UInt64 = 1
      if halves.count == 2 {
        guard let number = number(Array(halves[1]), Column(name: "step", range: 1...1000)) else {
          return nil
        }
        step = number
      }
      guard let range = range(Array(first), field, hasStep: halves.count == 2) else { return nil }
      for value in range where (value - range.lowerBound) % step == 0 { bits |= 1 << value }
    }
    return bits
  }

  private static func range(
    _ word: [UInt8], _ field: Column, hasStep: Bool
  ) -> Range<UInt64>? {
    if word.elementsEqual([0x2A]) { return field.range.lowerBound..<(field.range.upperBound + 1) }
    let ends = word.split(separator: 0x2D, omittingEmptySubsequences: false)
    guard ends.count <= 2, let first = number(Array(ends[0]), field) else { return nil }
    if ends.count == 1 { return hasStep ? nil : first..<(first + 1) }
    guard let last = number(Array(ends[1]), field) else { return nil }
    // One from the end to the start is no mistake to cron, and means no time at all.
    return first..<max(last + 1, first)
  }

  private static func number(_ word: [UInt8], _ field: Column) -> UInt64? {
    let lower = word.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
    if let index = field.words.firstIndex(where: {
      !lower.isEmpty && "\($0)".utf8.elementsEqual(lower)
    }) {
      return UInt64(index)
    }
    var scanner = Scanner(word)
    guard let value = scanner.number(), scanner.isAtEnd, field.range.contains(value) else {
      return nil
    }
    return value
  }

  /// The longest time between two runs of lines that do the same, in minutes; nil when that is more than an hour.
  static func longestGap(_ schedules: [Schedule]) -> Int? {
    let minutes = schedules.filter { $0.isEachHour }.reduce(0) { $0 | $1.minutes }
    let marks = (0..<60).filter { minutes & (1 << UInt64($0)) != 0 }
    guard let first = marks.first else { return nil }
    let next = marks.dropFirst() + [first + 60]
    return zip(marks, next).map { $1 - $0 }.max()
  }
}
