import LinuxCalls
import Rules

/// For how long restart-system has been running, as far as somebody watched: a line of vigils/check-solutions.
struct RestartTime {
  private var begun: Duration?
  private(set) var time: Duration = .zero
  /// How long it may run, as that was read last; nil where nobody wrote it down.
  var limit: Duration?
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
    limit = fields.time()
  }

  var line: String {
    guard let begun else { return "" }
    return "\(RestartTime.key) \(begun.field) \(time.field)\(limit.map { " \($0.field)" } ?? "")\n"
  }
}
