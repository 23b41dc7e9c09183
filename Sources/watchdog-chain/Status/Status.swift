import Linux
import Watchdog

/// `watchdog-chain status`: how the chain is, as a person or a program wants to know it.
struct Status {
  static let command = Command(
    name: "watchdog-chain status",
    usage: ["[--json]"],
    summary: """
      Shows whether this box is guarded, and its hearts, problems, chain and device. Changes nothing and never
      opens the device.
      """,
    options: [
      .init("json", "print it for programs")
    ])

  let box: Box

  /// Prints it.
  static func run(_ arguments: Arguments, _ report: Report) throws(Failure) -> ExitCode {
    try arguments.expectNoOperands()
    let status = Status(box: try Box(Roots(arguments)))
    Console.write(arguments.has("json") ? status.json.text() + "\n" : status.text(Style()))
    return .success
  }

  /// The last thing that the ladder did to the whole box: when, what and why.
  var lastStep: String? {
    let steps: [Incident.Event] = [.restart, .reboot, .stoodDown, .resumed, .hold]
    guard let line = box.incidents.last(where: { $0.event.map { steps.contains($0) } ?? false })
    else { return nil }
    let time = String(decoding: Array((line.member("time") ?? "").utf8.prefix(19)), as: UTF8.self)
    return "\(time.printable) UTC  \((line.member("event") ?? "").printable): \(line.why.printable)"
  }
}
