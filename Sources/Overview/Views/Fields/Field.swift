import LinuxCalls
import Watchdog

/// A field of a box, or of something that it has many of, as one row: JSON, metrics, performance data and columns are
/// made from rows, so none of them can forget one, or tell it otherwise.
struct Field<Subject> {
  /// What a field holds.
  enum Value {
    case text(String)
    case number(Int)
    case time(Duration)
    /// CLOCK_REALTIME.
    case date(Duration)
    case flag(Bool)
    /// For programs that read JSON only.
    case json(JSON)
    /// Words about what does not change, as Prometheus has them: labels of a metric that is 1.
    case info([Exposition.Label])
  }

  /// How Nagios shows it: label=value;warning;critical;minimum.
  enum Performance {
    /// It is only counted.
    case counted(StaticString)
    /// More than none is a warning.
    case warning(StaticString)
    /// More than none is critical; only a warning during a hold.
    case ill(StaticString)
  }

  /// Its member in JSON.
  var json: StaticString?
  /// Its metric.
  var metric: StaticString?
  /// What it is.
  var help: StaticString = ""
  var performance: Performance?
  /// What its metric is where it has no value; nil for none.
  var ofNone: Value?
  /// Its columns of a table for people: from the left where the width is negative.
  var columns: [(head: StaticString, width: Int, text: (Subject) -> String)] = []
  /// Its cell of a table on a page, in HTML.
  var cell: (head: StaticString, look: CellLook, html: (Subject) -> String)?
  /// Nil where it is not known.
  let value: (Subject) -> Value?
}

extension Field.Value {
  var json: JSON {
    switch self {
    case .text(let text): .string(text)
    case .number(let number): .number("\(number)")
    case .time(let time): .seconds(time)
    case .date(let date): .string(date.date)
    case .flag(let isSo): .bool(isSo)
    case .json(let json): json
    case .info: .null
    }
  }

  /// As Prometheus writes it: the labels of its own, and the number; nil for what is no number.
  fileprivate var metric: (labels: [Exposition.Label], number: String)? {
    switch self {
    case .number(let number): ([], "\(number)")
    case .time(let time), .date(let time): ([], Exposition.seconds(time))
    case .flag(let isSo): ([], isSo ? "1" : "0")
    case .info(let labels): (labels, "1")
    case .text, .json: nil
    }
  }

  /// As Nagios writes it.
  fileprivate var performance: String {
    switch self {
    case .number(let number): "\(number)"
    case .time(let time): "\(time.wholeSeconds)s"
    default: "U"
    }
  }
}

extension Field {
  /// "problems=1;;0;0"; nil for what Nagios does not show.
  func performance(of subject: Subject, isHeld: Bool) -> String? {
    guard let performance else { return nil }
    let value = (value(subject) ?? ofNone)?.performance ?? "U"
    return switch performance {
    case .counted(let label): "\(label)=\(value);;;0"
    case .warning(let label): "\(label)=\(value);0;;0"
    case .ill(let label): "\(label)=\(value)\(isHeld ? ";0;;0" : ";;0;0")"
    }
  }
}

extension Array {
  /// An object of all members that these rows make.
  func json<Subject>(of subject: Subject) -> JSON where Element == Field<Subject> {
    .object(
      compactMap { field in field.json.map { ($0, field.value(subject)?.json ?? .null) } })
  }

  /// An array of such objects.
  func json<Subject>(ofAll subjects: [Subject]) -> JSON where Element == Field<Subject> {
    .array(subjects.map { json(of: $0) })
  }

  /// Their metrics, each of all subjects.
  ///
  /// - Parameter label: by which the subjects are told apart.
  func write<Subject>(
    _ subjects: [Subject], to page: inout Exposition,
    label: (Subject) -> [Exposition.Label] = { _ in [] }
  ) where Element == Field<Subject> {
    for field in self {
      guard let name = field.metric else { continue }
      page.metric(name, .gauge, field.help)
      for subject in subjects {
        guard let metric = (field.value(subject) ?? field.ofNone)?.metric else { continue }
        page.value(label(subject) + metric.labels, metric.number)
      }
    }
  }

  /// The heads of their columns.
  func heads<Subject>() -> String where Element == Field<Subject> {
    flatMap { $0.columns }.map { column in
      let head = "\(column.head)"
      return column.width < 0 ? head.padded(to: -column.width) : head.paddedLeft(to: column.width)
    }.joined(separator: " ")
  }

  /// A line of their columns.
  func columns<Subject>(of subject: Subject) -> String where Element == Field<Subject> {
    flatMap { $0.columns }.map { column in
      let text = column.text(subject)
      return column.width < 0
        ? Page.column(text, -column.width) : text.paddedLeft(to: column.width)
    }.joined(separator: " ")
  }
}
