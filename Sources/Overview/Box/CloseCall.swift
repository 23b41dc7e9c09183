import LinuxCalls
import Rules
import Watchdog

/// The day on which a heart, a link of the chain or the device was closest to its limit, and not too late.
struct CloseCall {
  let subject: Margins.Subject
  let name: Name
  let day: Margin.Day

  /// From so much of the limit on, in thousandths, it is a matter of luck whether it is too late some day.
  static let tight: Int64 = 800

  /// The worst of each since a date, the closest first. What was noted under another limit than the present one says
  /// nothing about that.
  ///
  /// - Parameter limits: those of today; nil for any.
  static func all(
    _ roots: Roots, since date: Duration = .zero,
    limits: ((Margins.Subject, Name) -> [Duration])? = nil
  ) -> [CloseCall] {
    var calls: [CloseCall] = []
    for subject in Margins.Subject.allCases {
      for (name, margin) in (try? Margins.read(subject, roots))?.all ?? [] {
        let limits = limits?(subject, name)
        let days = margin.days.filter { day in limits?.contains(day.limit) ?? true }
        if let day = Margin(days).worst(since: date) {
          calls.append(CloseCall(subject: subject, name: name, day: day))
        }
      }
    }
    return calls.sorted { ($0.day.share, $1.name) > ($1.day.share, $0.name) }
  }

  /// Where its limit stands in the configuration.
  var file: String {
    if isDevice { return "\(Setting.deviceTimeout.name)" }
    return "\(subject == .hearts ? "hearts" : "chain")/\(name.text)"
  }

  private var isDevice: Bool { subject == .chain && name == Margins.device }

  /// "web came to 27.1 of its 30 s on 2026-11-24".
  var words: String {
    let subject = isDevice ? "the device" : name.text
    return "\(subject) came to \(day.age.inSeconds) of its \(day.limit.asLimit) on \(date)"
  }

  /// "2026-11-24".
  var date: String { Duration.seconds(day.day * 86_400).date.utf8.prefix(10).text }
}
