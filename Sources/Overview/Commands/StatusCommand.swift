import LinuxCalls
import Rules
import Watchdog

/// `watchdog-chain status`: how the chain is, as a person or a program wants to know it.
enum StatusCommand {
  static let command = Command(
    name: "watchdog-chain status",
    usage: ["[--watch | --json | --new]"],
    summary: """
      Shows whether this box is guarded, and its hearts, problems, chain and device. Changes nothing and never
      opens the device. With --new, for the mails of a crontab, it prints only what was not printed before, and
      what is over.
      """,
    options: [
      .init("watch", "show it again each second, until Ctrl-C"),
      .init("json", "print it for programs"),
      .init("new", "print what was not printed with --new before"),
    ])

  /// Prints it.
  static func run(_ call: Call) throws(Failure) -> ExitCode {
    try call.arguments.expectNoOperands()
    guard (["watch", "json", "new"] as [StaticString]).filter({ call.has($0) }).count <= 1 else {
      throw call.mistake("only one of --watch, --json and --new")
    }
    if call.has("watch") { try watch(call.roots) }
    let box = try Box(call.roots)
    if call.has("json") { return call.say(Field<Box>.ofBox.json(of: box).text()) }
    if call.has("new") { return try StatusNews.tell(box) }
    Console.write(Status(box: box).text(Style()))
    return .success
  }

  /// Shows it each second, as much as fits the terminal; into a pipe one below the other.
  private static func watch(_ roots: Roots) throws(Failure) -> Never {
    let isTerminal = Console.isTerminal(.output)
    // A reader that goes away ends it.
    ThisProcess.resetSignals()
    if isTerminal { Console.write("\u{1B}[2J") }
    while true {
      let text = Status(box: try Box(roots)).text(Style())
      if isTerminal {
        let lines = text.utf8.pieces(between: .newline, keepsEmpty: true)
          .prefix(max((Console.rows ?? 24) - 1, 1))
        // Each line clears the rest of what stood there, and the last all that stood below.
        let page = lines.map { $0.text + "\u{1B}[K\n" }.joined()
        Console.write("\u{1B}[H\(page)\u{1B}[J")
      } else {
        Console.write("\(text)\n")
      }
      sleep(untilMonotonic: Ticker.next(after: Clock.monotonic, now: Moment.now()))
    }
  }
}
