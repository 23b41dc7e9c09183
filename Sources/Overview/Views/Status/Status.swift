import Linux
import Rules
import Watchdog

/// `watchdog-chain status`: how the chain is, as a person or a program wants to know it.
package struct Status {
  package static let command = Command(
    name: "watchdog-chain status",
    usage: ["[--watch | --json | --new]"],
    summary: """
      Shows whether this box is guarded, and its hearts, problems, chain and device. Changes nothing and never
      opens the device. With --new, which is for the mails of a crontab, only what was not printed before, and
      what is over.
      """,
    options: [
      .init("watch", "show it anew each second, until Ctrl-C"),
      .init("json", "print it for programs"),
      .init("new", "print what was not printed with --new before"),
    ])

  let box: Box

  /// Prints it.
  package static func run(
    _ arguments: Arguments, _ report: Report
  ) throws(Failure) -> ExitCode {
    try arguments.expectNoOperands()
    let ways = ["watch", "json", "new"].filter { arguments.has($0) }
    guard ways.count <= 1 else { throw arguments.mistake("only one of --watch, --json and --new") }
    let roots = Roots(arguments)
    if arguments.has("watch") { try watch(roots) }
    let box = try Box(roots)
    if arguments.has("new") {
      try StatusNews.tell(box, report)
    } else {
      Console.write(
        arguments.has("json")
          ? Field<Box>.ofBox.json(of: box).text() + "\n" : Status(box: box).text(Style()))
    }
    return .success
  }

  /// Shows it each second, as much as fits the terminal; into a pipe one below the other.
  private static func watch(_ roots: Roots) throws(Failure) -> Never {
    let isTerminal = Console.isTerminal(.output)
    // Whoever reads no more ends it.
    ThisProcess.resetSignals()
    if isTerminal { Console.write("\u{1B}[2J") }
    while true {
      let text = Status(box: try Box(roots)).text(Style())
      if isTerminal {
        let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
          .prefix(max((Console.rows ?? 24) - 1, 1))
        // Each line clears the rest of what stood there, and the last all that stood below.
        let page = lines.map { String(decoding: Array($0), as: UTF8.self) + "\u{1B}[K\n" }.joined()
        Console.write("\u{1B}[H\(page)\u{1B}[J")
      } else {
        Console.write("\(text)\n")
      }
      sleep(untilMonotonic: Ticker.next(after: Clock.monotonic, now: Moment.now()))
    }
  }
}
