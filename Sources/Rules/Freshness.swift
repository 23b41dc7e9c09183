/// Whether a tool of the chain is at work, by its alive file.
public enum Freshness: Equatable, Sendable {
  /// Its last run that went well is young enough.
  case fresh
  /// It has not run since boot.
  case never
  /// Its last good run was this long ago.
  case stale(age: Duration)
  /// Its file is dated this far in the future: the clock was set back since.
  case future(by: Duration)

  /// Judges. A date from the future does not count, so a clock that is set costs one second, until the tool's next
  /// run, and no memory is needed.
  ///
  /// - Parameters:
  ///   - touched: when the tool last ended a run that went well, CLOCK_REALTIME; nil when its file is missing.
  ///   - limit: how old that may be.
  ///   - now: the clocks.
  public init(touched: Duration?, limit: Duration, now: Moment) {
    guard let touched else {
      self = .never
      return
    }
    let age = now.realtime - touched
    if age.magnitude <= limit {
      self = .fresh
    } else {
      self = age < .zero ? .future(by: age.magnitude) : .stale(age: age)
    }
  }
}
