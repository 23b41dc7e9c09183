import Linux
import Watchdog

extension Status {
  /// For people, 80 columns wide, worst first.
  func text(_ style: Style) -> String {
    var lines: [String] = []
    let objections = box.objections
    // Why not stands in the first line, for those who read no further.
    let verdict =
      objections.isEmpty
      ? "This box is guarded." : "This box is not guarded: \(objections[0])"
    for line in Status.lines(verdict) + objections.dropFirst().flatMap({ Status.lines("  \($0)") })
    {
      lines.append(objections.isEmpty ? style.good(line) : style.bad(line))
    }
    lines += ["", style.head("problems")]
    if box.problems.isEmpty { lines.append("  none") }
    for line in box.problems { lines.append(style.bad(Status.cut(problemText(line)))) }
    lines += ["", style.head("hearts")]
    if box.hearts.isEmpty { lines.append("  none: write seconds into hearts/NAME") }
    for line in box.hearts {
      let text = Status.cut(heartText(line))
      lines.append(line.isLate || line.mistake != nil ? style.bad(text) : text)
    }
    lines += ["", style.head("chain")]
    for link in box.links {
      let stale = link.staleness(at: box.now)
      let age =
        link.touched.map { "\(max(box.now.realtime - $0, .zero).inSeconds) s ago" } ?? "never"
      let text =
        "  \(Status.column(link.tool.text)) \(age.paddedLeft(to: 14))  limit \(link.limit.wholeSeconds) s"
      lines.append(stale == nil ? text : style.bad("\(text)  stale"))
    }
    lines += ["", style.head("device"), Status.cut("  \(deviceText)")]
    if let lastStep {
      lines += ["", style.head("last step of the ladder")]
      lines += Status.lines("  \(lastStep)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func problemText(_ line: ProblemState) -> String {
    "  \(Status.column(line.name.text)) \("for \(line.age.inSeconds) s".paddedLeft(to: 14))  "
      + "\(line.problem.detector): \(line.problem.reason)"
  }

  private func heartText(_ line: HeartState) -> String {
    if let mistake = line.mistake {
      return "  \(Status.column(line.name.text)) passed over: \(mistake)"
    }
    let age = line.beaten != nil ? "\(line.age.inSeconds) s ago" : "never"
    let late = line.isLate ? "  late" : ""
    return "  \(Status.column(line.name.text)) \(age.paddedLeft(to: 14))  \(bar(line))  "
      + "limit \(line.limit.wholeSeconds) s\(late)"
  }

  /// How much of the limit is used up, in ten steps.
  private func bar(_ line: HeartState) -> String {
    let used = min(max(Int(line.urgency / 100), 0), 10)
    return "[\(String(repeating: "#", count: used))\(String(repeating: ".", count: 10 - used))]"
  }

  private var deviceText: String {
    guard let description = box.device.description else {
      return box.device.exists
        ? "\(box.device.path): no watchdog device" : "\(box.device.path): missing"
    }
    let timeout = description.timeout.map { ", timeout \($0) s" } ?? ""
    let nowayout = description.nowayout == true ? ", nowayout" : ""
    return "\(box.device.path): \(description.identity ?? description.name), "
      + "\(description.state ?? "state unknown")\(timeout)\(nowayout)"
  }

  /// A name in the first column; a long one is cut off.
  private static func column(_ name: String) -> String {
    guard name.utf8.count > 22 else { return name.padded(to: 22) }
    return String(decoding: Array(name.utf8.prefix(21)), as: UTF8.self) + "~"
  }

  /// A text in as many lines as it needs; all but the first begin a little further in.
  private static func lines(_ text: String) -> [String] {
    let indent = text.utf8.first == 0x20 ? "  " : ""
    return wrap(text, at: 76).utf8.split(separator: 0x0A).enumerated().map { index, line in
      cut(indent + (index == 0 ? "" : "  ") + String(decoding: Array(line), as: UTF8.self))
    }
  }

  private static func cut(_ line: String) -> String {
    line.utf8.count <= 80
      ? line : String(decoding: Array(line.utf8.prefix(79)), as: UTF8.self) + "~"
  }

  /// For programs. Times are in seconds.
  var json: JSON {
    .object([
      ("version", .number("1")),
      ("guarded", .bool(box.objections.isEmpty)),
      ("objections", .array(box.objections.map { .string($0) })),
      ("hold", box.holdRest.map { .seconds($0) } ?? .null),
      ("reboot-due", box.rebootDue.map { .string($0) } ?? .null),
      ("stood-down", box.stoodDown.map { .string($0) } ?? .null),
      ("last-step", lastStep.map { .string($0) } ?? .null),
      ("problems", .array(box.problems.map { Status.json($0) })),
      ("hearts", .array(box.hearts.map { Status.json($0) })),
      ("chain", .array(box.links.map { json($0) })),
      (
        "device",
        .object([
          ("path", .string(box.device.path)),
          ("identity", box.device.description?.identity.map { .string($0) } ?? .null),
          ("state", box.device.description?.state.map { .string($0) } ?? .null),
          ("timeout", box.device.description?.timeout.map { .string($0) } ?? .null),
          ("nowayout", box.device.description?.nowayout.map { .bool($0) } ?? .null),
          ("disarmed", .bool(box.isDisarmed)),
        ])
      ),
    ])
  }

  private static func json(_ line: ProblemState) -> JSON {
    .object([
      ("name", .string(line.name.text)), ("age", .seconds(line.age)),
      ("detector", .string(line.problem.detector)), ("reason", .string(line.problem.reason)),
    ])
  }

  private static func json(_ line: HeartState) -> JSON {
    if let mistake = line.mistake {
      return .object([("name", .string(line.name.text)), ("mistake", .string(mistake))])
    }
    return .object([
      ("name", .string(line.name.text)), ("age", .seconds(line.age)),
      ("limit", .seconds(line.limit)), ("beaten", .bool((line.beaten != nil))),
      ("late", .bool(line.isLate)),
    ])
  }

  private func json(_ link: Link) -> JSON {
    .object([
      ("tool", .string(link.tool.text)),
      ("age", link.touched.map { .seconds(box.now.realtime - $0) } ?? .null),
      ("limit", .seconds(link.limit)), ("fresh", .bool(link.isFresh(at: box.now))),
    ])
  }
}
