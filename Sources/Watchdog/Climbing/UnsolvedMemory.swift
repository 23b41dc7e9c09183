import LinuxCalls
import Rules

extension Unsolved: Remembered {
  /// The problem's date, for how long it is unsolved, how many attempts were waited for, which was the last, for how
  /// long; the last restart of everything and the last resumption, and whether it is counted since the restart.
  public var fields: String {
    "\(noticed.field) \(time.field) \(tries) \(attempt) \(waited.field) \(restart.field) \(resumed.field) "
      + "\(isAfterRestart ? 1 : 0) \(restarts)"
  }

  /// Reads what `fields` wrote; nil when it is anything else.
  public init?(parsing bytes: [UInt8]) {
    var fields = FieldReader(bytes)
    guard let noticed = fields.time(), let time = fields.time(), let tries = fields.number(),
      let attempt = fields.number(), let waited = fields.time(),
      let restart = fields.timeOrNone(), let resumed = fields.timeOrNone(),
      let isAfterRestart = fields.number(), let restarts = fields.number(), fields.isAtEnd
    else { return nil }
    self.init(
      noticed: noticed, time: time, tries: tries, attempt: attempt, waited: waited,
      restart: restart, resumed: resumed, isAfterRestart: isAfterRestart == 1,
      restarts: restarts)
  }
}
