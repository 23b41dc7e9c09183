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

  /// What was not written yet.
  private(set) var text = ""
  private let file: Int32?
  /// What writing it failed with.
  private(set) var failure: SystemError?
  private let prefix = "watchdog_chain_"
  private var current = ""

  /// Collects it, or writes it piece by piece: a hundred thousand hearts make a hundred MB of it.
  ///
  /// - Parameter file: the number of an open file; nil to collect it in `text`.
  init(to file: Int32? = nil) { self.file = file }

  /// Writes what was collected so far.
  mutating func flush() {
    guard let file, failure == nil else { return }
    do throws(SystemError) { try FileOutput.write(Array(text.utf8), to: file) } catch {
      failure = error
    }
    text = ""
  }

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
    if text.utf8.count > 65_536 { flush() }
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
