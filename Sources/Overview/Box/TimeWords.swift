import LinuxCalls
import Watchdog

extension Duration {
  /// Reads "90", "90s", "15m", "24h" or "30d", at most ten years; nil when it is anything else.
  ///
  /// - Parameter units: those that are understood, of s, m, h and d.
  init?(words: String, units: String = "smhd") {
    var scanner = Scanner(Array(words.utf8))
    guard let number = scanner.number(), number >= 1, number <= 315_360_000 else { return nil }
    let lengths: [Int64] = [1, 60, 3600, 86_400]
    let unit = zip(units.utf8, lengths).first { letter, _ in scanner.skip(letter) }
    self = .seconds(Int64(number) * (unit?.1 ?? 1))
    guard scanner.isAtEnd, self <= .seconds(315_360_000) else { return nil }
  }

  /// "12.3 s", "5 min", "3 h", "12 d": short enough for a column, in the largest unit that tells enough.
  var short: String {
    let seconds = magnitude.wholeSeconds
    if seconds < 100 { return "\(inSeconds) s" }
    let sign = self < .zero ? "-" : ""
    if seconds < 100 * 60 { return "\(sign)\(seconds / 60) min" }
    if seconds < 100 * 3600 { return "\(sign)\(seconds / 3600) h" }
    return "\(sign)\(seconds / 86_400) d"
  }

  /// "3600 s": as it stands in the file of a limit, unless that is long.
  var asLimit: String { wholeSeconds < 100_000 ? "\(wholeSeconds) s" : short }

  /// "2026-11-23 15:35:28 UTC": this long after 1970.
  var utc: String {
    date.utf8.prefix(19).map { $0 == UInt8(ascii: "T") ? .space : $0 }.text + " UTC"
  }

  /// "25.3 s", "12 min 5 s", "3 h 12 min", "30 d", "12 d 3 h": two units, cut off.
  var span: String {
    let seconds = magnitude.wholeSeconds
    if seconds < 100 { return "\(magnitude.inSeconds) s" }
    func pair(_ first: Int64, _ unit: String, _ second: Int64, _ smaller: String) -> String {
      second == 0 ? "\(first) \(unit)" : "\(first) \(unit) \(second) \(smaller)"
    }
    if seconds < 3600 { return pair(seconds / 60, "min", seconds % 60, "s") }
    if seconds < 86_400 { return pair(seconds / 3600, "h", seconds % 3600 / 60, "min") }
    return pair(seconds / 86_400, "d", seconds % 86_400 / 3600, "h")
  }
}

extension Int {
  /// "once", "4 times".
  var times: String { self == 1 ? "once" : "\(self) times" }
}

extension [Duration] {
  var sum: Duration { reduce(Duration.zero) { $0 + $1 } }
}
