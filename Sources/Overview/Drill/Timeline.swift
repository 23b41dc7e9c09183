import LinuxCalls
import Rules
import Watchdog

/// What the drill prints: a line for each thing that happens, when it happens, and a table at the end.
struct Timeline {
  private let isQuiet: Bool
  private let style = Style()
  private let begun = Clock.monotonic

  /// - Parameter isQuiet: prints nothing as it goes, because a program reads the results.
  init(isQuiet: Bool) { self.isQuiet = isQuiet }

  func introduce(_ path: String, executables: String) {
    say("A world of its own in \(path),")
    say("with the executables of \(executables)")
    say("")
  }

  func say(_ text: String) { if !isQuiet { Console.write(text + "\n") } }

  /// What the next lines are about.
  func head(_ text: String) { say(style.show(text, .head)) }

  /// What was broken.
  func act(_ text: String) { line(style.show("broken", .act), text) }

  /// What is well.
  func good(_ text: String) { line(style.show("well  ", .good), text) }

  /// What came of an expectation.
  func show(_ result: Drill.Result, _ note: String) {
    let bound = "bound \(result.expectation.bound.inSeconds) s"
    guard let took = result.took else {
      line(style.show("missed", .bad), "\(result.expectation.sign.name): not seen (\(bound))")
      return
    }
    let mark = result.isMet ? style.show("seen  ", .good) : style.show("late  ", .bad)
    let end = note.utf8.isEmpty ? "" : ": \(note)"
    line(mark, "\(result.expectation.sign.name) after \(took.inSeconds) s (\(bound))\(end)")
  }

  private func line(_ mark: String, _ text: String) {
    let time = (Clock.monotonic - begun).inSeconds
    say("\(time.paddedLeft(to: 5))  \(mark)  \(text)")
  }

  /// All results.
  func table(_ results: [Drill.Result]) {
    say("")
    say(style.show("\("broken".padded(to: 31))\("seen".padded(to: 38))  after  bound", .head))
    for result in results {
      let fault = "\(result.fault.name)".padded(to: 31)
      let sign = "\(result.expectation.sign.name)".padded(to: 38)
      let took = (result.took?.inSeconds ?? "-").paddedLeft(to: 7)
      let bound = result.expectation.bound.inSeconds.paddedLeft(to: 7)
      let row = "\(fault)\(sign)\(took)\(bound)"
      say(result.isMet ? row : style.show(row + "  missed", .bad))
    }
    let missed = results.filter { !$0.isMet }.count
    say("")
    say(
      missed == 0 && !results.isEmpty
        ? style.show("All \(results.count) within their bounds.", .good)
        : style.show("\(missed) of \(results.count) missed.", .bad))
  }

  /// All results, for programs.
  static func json(_ results: [Drill.Result]) -> JSON {
    .array(
      results.map { result in
        .object([
          ("broken", .string("\(result.fault.name)")),
          ("expected", .string("\(result.expectation.sign.name)")),
          ("seconds", result.took.map { .seconds($0) } ?? .null),
          ("bound", .seconds(result.expectation.bound)),
          ("met", .bool(result.isMet)),
        ])
      })
  }
}
