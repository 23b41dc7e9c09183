import LinuxCalls
import Watchdog

/// Something that was found on this box: wrong, worth knowing, or well. All views show these.
struct Finding {
  /// What follows from it.
  enum Severity: Int, Comparable {
    /// It is as it should be.
    case fine
    /// It is worth knowing.
    case note
    /// The user that looked may not see it.
    case unseen
    /// Somebody should change it.
    case warning
    /// It does not work now.
    case critical

    static func < (one: Severity, other: Severity) -> Bool { one.rawValue < other.rawValue }
  }

  /// The rule that found it.
  var id: StaticString = ""
  var severity: Severity
  /// Which file, heart or part of the box; empty for the box, or where `what` says it.
  let subject: String
  /// What is so.
  let what: String
  /// What to do about it; nil where nothing is to be done, or nobody knows what.
  let cure: String?
  /// How the tool can do that itself; nil where only a person can.
  let fix: Fix?
  /// Since when it is so, CLOCK_REALTIME; nil where nobody counts.
  let since: Duration?
  /// How much time without a program might have been saved by the cure; zero where nobody counts.
  let saved: Duration

  init(
    _ severity: Severity, of subject: String = "", _ what: String, cure: String? = nil,
    fix: Fix? = nil, since: Duration? = nil, saved: Duration = .zero
  ) {
    self.severity = severity
    self.subject = subject
    self.what = what
    self.cure = cure
    self.fix = fix
    self.since = since
    self.saved = saved
  }

  /// Whether this rule found it.
  func isOf<What>(_ rule: Rule<What>) -> Bool { "\(id)".isEqual(to: "\(rule.id)") }

  /// Whether somebody has to do something.
  var isWrong: Bool { severity >= .warning }

  /// What is so, and what to do about it.
  var sentence: String { cure.map { "\(what): \($0)" } ?? what }

  /// The same, after its subject.
  var line: String { subject.utf8.isEmpty ? sentence : "\(subject): \(sentence)" }

  /// What is so, for one line without a cure: "problem web, for 12 s: it is ill".
  func words(at now: Duration) -> String {
    if let since { return "\(id) \(subject), for \(max(now - since, .zero).short): \(what)" }
    return subject.utf8.isEmpty ? what : "\(subject): \(what)"
  }
}

/// Lets the body of a rule be what it finds: each finding in it counts, in its order.
@resultBuilder enum Findings {
  static func buildExpression(_ one: Finding) -> [Finding] { [one] }
  static func buildExpression(_ all: [Finding]) -> [Finding] { all }
  static func buildBlock(_ parts: [Finding]...) -> [Finding] { parts.flatMap { $0 } }
  static func buildOptional(_ part: [Finding]?) -> [Finding] { part ?? [] }
  static func buildEither(first part: [Finding]) -> [Finding] { part }
  static func buildEither(second part: [Finding]) -> [Finding] { part }
  static func buildArray(_ parts: [[Finding]]) -> [Finding] { parts.flatMap { $0 } }
}

/// One thing that is looked for in what was read.
struct Rule<What>: Sendable {
  /// Its name, which its findings have too.
  let id: StaticString
  /// What there is to say. It decides, and reads nothing.
  let look: @Sendable (What) -> [Finding]

  init(_ id: StaticString, _ look: @escaping @Sendable (What) -> [Finding]) {
    self.id = id
    self.look = look
  }

  /// What there is to say, by name.
  func findings(in what: What) -> [Finding] {
    look(what).map { finding in
      var finding = finding
      finding.id = id
      return finding
    }
  }
}

extension Array {
  /// What all of these rules find, in their order.
  func findings<What>(in what: What) -> [Finding] where Element == Rule<What> {
    flatMap { $0.findings(in: what) }
  }
}

extension [Finding] {
  /// Those that are not as they should be.
  var told: [Finding] { filter { $0.severity > .fine } }
  /// Those about which somebody has to do something.
  var wrong: [Finding] { filter { $0.isWrong } }

  /// By subject: a folder tells its names in no order that people know. What is said of one stays in its order.
  var bySubject: [Finding] {
    enumerated().sorted { one, other in
      if one.element.subject.isEqual(to: other.element.subject) { return one.offset < other.offset }
      return one.element.subject.precedes(other.element.subject)
    }.map { $0.element }
  }
}
