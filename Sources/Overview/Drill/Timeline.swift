import LinuxCalls
import Rules
import Watchdog

/// What became of an expectation.
struct DrillResult {
  let fault: Scene.Fault
  let expectation: Scene.Expectation
  /// After how long it was seen; nil when it was not.
  let took: Duration?

  /// Whether it was seen in time.
  var isMet: Bool { took.map { $0 <= expectation.bound } ?? false }
}

/// What the drill prints: a line for each thing that happens, when it happens, and a table at the end.
final class Timeline {
  private let asJSON: Bool
  private let style = Style()
  private let begun = Clock.monotonic
  private var results: [DrillResult] = []

  /// - Parameter asJSON: prints nothing as it goes, because a program reads the results.
  init(asJSON: Bool) { self.asJSON = asJSON }

  /// Plays a drill, and prints what came of it.
  func conclude(_ play: () throws(Failure) -> Void) throws(Failure) -> ExitCode {
    defer { asJSON ? printJSON() : printTable() }
    try play()
    return results.allSatisfy { $0.isMet } ? .success : .software
  }

  /// Waits for each thing that must come of a fault, and tells of it.
  ///
  /// - Parameters:
  ///   - broken: when that was, CLOCK_MONOTONIC.
  ///   - endsWithMiss: whether what comes after something that was missed is not waited for.
  ///   - sees: what there is to say of a sign that can be seen; nil while it cannot.
  func watch(
    _ scene: Scene, since broken: Duration, endsWithMiss: Bool = false,
    sees: (Scene.Sign) -> String?
  ) throws(Failure) {
    for expectation in scene.expectations {
      var note: String?
      // A little longer than allowed, to tell a miss from what never comes.
      let isSeen = try Timeline.wait(until: broken + expectation.bound + .seconds(3)) {
        note = sees(expectation.sign)
        return note != nil
      }
      let result = DrillResult(
        fault: scene.fault, expectation: expectation,
        took: isSeen ? Clock.monotonic - broken : nil)
      results.append(result)
      show(result, note ?? "")
      if endsWithMiss, !isSeen { return }
    }
  }

  /// Looks each 20 ms until what is looked for is there.
  ///
  /// - Returns: whether it came before the deadline, which is of CLOCK_MONOTONIC.
  static func wait(
    until deadline: Duration, _ isThere: () throws(Failure) -> Bool
  ) throws(Failure) -> Bool {
    while Clock.monotonic < deadline {
      if ThisProcess.shouldEnd { throw Failure(.tryLater, "interrupted") }
      if try isThere() { return true }
      sleep(untilMonotonic: Clock.monotonic + .milliseconds(20))
    }
    return false
  }

  func introduce(_ path: String, executables: String) {
    say("A world of its own in \(path),")
    say("with the executables of \(executables)")
    say("")
  }

  func say(_ text: String) { if !asJSON { Console.write(text + "\n") } }

  /// What the next lines are about.
  func head(_ text: String) { say(style.show(text, .head)) }

  /// What was broken.
  func act(_ text: String) { line(style.show("broken", .act), text) }

  /// What is well.
  func good(_ text: String) { line(style.show("well  ", .good), text) }

  /// What came of an expectation.
  private func show(_ result: DrillResult, _ note: String) {
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

  private func printJSON() {
    Console.write(Field<DrillResult>.ofResult.json(ofAll: results).text() + "\n")
  }

  private func printTable() {
    say("")
    let rows = Field<DrillResult>.ofResult
    say(style.show(rows.heads(), .head))
    for result in results {
      let row = rows.columns(of: result)
      say(result.isMet ? row : style.show(row + "  missed", .bad))
    }
    let missed = results.filter { !$0.isMet }.count
    say("")
    say(
      missed == 0 && !results.isEmpty
        ? style.show("All \(results.count) within their bounds.", .good)
        : style.show("\(missed) of \(results.count) missed.", .bad))
  }
}

extension Field<DrillResult> {
  /// What was broken, and what came of it.
  static var ofResult: [Field<DrillResult>] {
    [
      Field(json: "broken", columns: [("broken", -30, { "\($0.fault.name)" })]) {
        .text("\($0.fault.name)")
      },
      Field(json: "expected", columns: [("seen", -37, { "\($0.expectation.sign.name)" })]) {
        .text("\($0.expectation.sign.name)")
      },
      Field(json: "seconds", columns: [("after", 7, { $0.took?.inSeconds ?? "-" })]) {
        $0.took.map { .time($0) }
      },
      Field(json: "bound", columns: [("bound", 6, { $0.expectation.bound.inSeconds })]) {
        .time($0.expectation.bound)
      },
      Field(json: "met") { .flag($0.isMet) },
    ]
  }
}
