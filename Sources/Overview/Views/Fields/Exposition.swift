import LinuxCalls
import Watchdog

/// Prometheus' text format, version 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
struct Exposition {
  /// What a metric is.
  enum Kind: Literal {
    /// A value that goes up and down.
    case gauge
    /// A number that only grows.
    case counter
  }

  /// A label and its value.
  struct Label {
    let name: StaticString
    let value: String
  }

  private(set) var text = ""
  private let prefix = "watchdog_chain_"
  private var current = ""

  /// Begins a metric; what follows are its values.
  mutating func metric(_ name: StaticString, _ kind: Kind, _ help: StaticString) {
    current = "\(prefix)\(name)"
    text += "# HELP \(current) \(help)\n# TYPE \(current) \(kind.name)\n"
  }

  /// A value of the metric that was begun last.
  mutating func value(_ labels: [Label] = [], _ number: String) {
    let inner = labels.map { "\($0.name)=\"\(Exposition.escape($0.value))\"" }.joined(
      separator: ",")
    text += labels.isEmpty ? "\(current) \(number)\n" : "\(current){\(inner)} \(number)\n"
  }

  /// A time, in seconds.
  static func seconds(_ time: Duration) -> String {
    guard case .number(let number) = JSON.seconds(time) else { return "NaN" }
    return number
  }

  private static func escape(_ text: String) -> String {
    text.utf8.flatMap { byte -> [UInt8] in
      switch byte {
      case UInt8(ascii: "\\"), UInt8(ascii: "\""): [UInt8(ascii: "\\"), byte]
      case .newline: Array("\\n".utf8)
      default: [byte]
      }
    }.text
  }
}
