import LinuxCalls
import Rules

extension Unsolved: Remembered {
  /// The problem's date, for how long it is unsolved, how many attempts were waited for, which was the last, for how
  /// long; the last restart of everything and the last resumption, whether it is counted since the restart, and how many
  /// of these there were; then what the administrator had set: last-step (-1 for nothing), solve-time, solve-within.
  public var fields: String {
    "\(noticed.field) \(time.field) \(tries) \(attempt) \(waited.field) \(restart.field) \(resumed.field) "
      + "\(isAfterRestart ? 1 : 0) \(restarts)\(limits.map { $0.fields } ?? "")"
  }

  /// Reads what `fields` wrote; nil when it is anything else.
  public init?(parsing bytes: [UInt8]) {
    var fields = FieldReader(bytes)
    guard let noticed = fields.time(), let time = fields.time(), let tries = fields.number(),
      let attempt = fields.number(), let waited = fields.time(),
      let restart = fields.timeOrNone(), let resumed = fields.timeOrNone(),
      let isAfterRestart = fields.number(), let restarts = fields.number()
    else { return nil }
    // An earlier version wrote no more than that.
    let isOfEarlierVersion = fields.isAtEnd
    let limits = Trouble.Limits(&fields)
    guard fields.isAtEnd, isOfEarlierVersion || limits != nil else { return nil }
    self.init(
      noticed: noticed, time: time, tries: tries, attempt: attempt, waited: waited,
      restart: restart, resumed: resumed, isAfterRestart: isAfterRestart == 1,
      restarts: restarts, limits: limits)
  }
}

extension Trouble.Limits {
  fileprivate var fields: String {
    " \(lastStep.map { $0.rawValue } ?? -1) \(solveTime.field) \(solveWithin.field)"
  }

  fileprivate init?(_ fields: inout FieldReader) {
    guard let step = fields.number(), let solveTime = fields.time(), let solveWithin = fields.time()
    else { return nil }
    self.init(
      lastStep: Step(rawValue: step), solveTime: solveTime, solveWithin: solveWithin)
  }
}
