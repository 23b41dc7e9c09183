import LinuxCalls
import Rules

/// For how long restart-system has been running, as far as somebody watched: a line of vigils/check-solutions.
struct RestartTime {
  private var begun: Duration?
  private(set) var time: Duration = .zero
  private static let key = ".restart"

  /// It does not run.
  init() {}

  /// Counts on.
  ///
  /// - Parameters:
  ///   - line: as of the last look.
  ///   - begun: when this run began, by which it is known.
  init(after line: [UInt8], begun: Duration, counted: Duration) {
    self.begun = begun
    var fields = FieldReader(line)
    guard fields.word()?.elementsEqual(RestartTime.key.utf8) ?? false, fields.time() == begun,
      let before = fields.time()
    else { return }
    time = before + counted
  }

  var line: String { begun.map { "\(RestartTime.key) \($0.field) \(time.field)\n" } ?? "" }
}
