import Foundation
import TestSupport
import Testing

/// A record whose lines a test writes, and what is made of it a day after its beginning.
enum Past {
  /// 2027-01-15T08:00:00Z.
  static let begin = 1_800_000_000.0
  static let end = begin + 86_400
  /// The end, in a boot that began 1000 s before the beginning.
  static let now = FakeClock(realtime: end, monotonic: 87_400)
  /// Of this boot, as the tools call it.
  static let boot = String(
    ((try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)) ?? "-")
      .prefix(8))

  /// A line, so many seconds after the beginning.
  ///
  /// - Parameter details: more members, as JSON.
  static func line(
    _ seconds: Double, _ event: String, _ name: String? = nil, boot: String = Past.boot,
    uptime: Double? = nil, clock: Double = 0, why: String = "", details: String? = nil,
    _ steps: [String: Double] = [:]
  ) -> String {
    var members = [
      "\"time\": \"\(date(seconds + clock))\"",
      "\"uptime\": \(String(format: "%.3f", uptime ?? seconds + 1000))",
      "\"boot\": \"\(boot)\"", "\"event\": \"\(event)\"",
    ]
    if let details { members.append(details) }
    if let name { members.append("\"name\": \"\(name)\"") }
    members.append("\"by\": \"mark-problems\", \"why\": \"\(why)\"")
    for (step, second) in steps { members.append("\"\(step)\": \"\(date(second + clock))\"") }
    return "{\(members.joined(separator: ", "))}"
  }

  static func date(_ seconds: Double) -> String {
    let milliseconds = Int64(((begin + seconds) * 1000).rounded())
    var time = time_t(milliseconds / 1000)
    var parts = tm()
    gmtime_r(&time, &parts)
    var text = [CChar](repeating: 0, count: 32)
    strftime(&text, text.count, "%Y-%m-%dT%H:%M:%S", &parts)
    let rest = "\(1000 + milliseconds % 1000)".dropFirst()
    let letters = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return "\(String(decoding: letters, as: UTF8.self)).\(rest)Z"
  }

  // MARK: What a report says

  static func heart(_ report: [String: Any], _ name: String = "web") throws -> [String: Any] {
    let hearts = try #require(report["hearts"] as? [[String: Any]])
    return try #require(hearts.first { $0["name"] as? String == name }, "\(hearts)")
  }

  static func number(_ object: [String: Any], _ path: String...) -> Double? {
    var value: Any? = object
    for name in path { value = (value as? [String: Any])?[name] }
    return (value as? NSNumber)?.doubleValue
  }

  static func incidents(_ heart: [String: Any]) -> [[String: Any]] {
    heart["incidents"] as? [[String: Any]] ?? []
  }

  static func sentences(_ report: [String: Any], _ name: String? = "web") -> [String] {
    let advice = report["advice"] as? [[String: Any]] ?? []
    return advice.filter { $0["name"] as? String == name }.compactMap { $0["sentence"] as? String }
  }
}

extension World {
  /// A heart that was promised when the record began.
  func promise(_ name: String, _ text: String = "10\n") throws {
    try heart(name, text)
    date("etc/hearts/\(name)", Past.begin)
  }

  /// Writes a record that begins with the day.
  func remember(_ lines: [String]) throws {
    let first = Past.line(0, "note", why: "the record begins")
    try write(([first] + lines).joined(separator: "\n") + "\n", to: "data/incidents.jsonl")
  }

  /// What `watchdog-chain report --json` says at the end of the day.
  func report(_ words: String..., at clock: FakeClock = Past.now) throws -> [String: Any] {
    let outcome = run("watchdog-chain", ["report", "--json"] + words, at: clock)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let json = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    return try #require(json as? [String: Any])
  }
}
