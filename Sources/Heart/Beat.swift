extension Heart {
  /// What became of a beat. None of it is a reason to end the program: it has its work to do, watched or not.
  public enum Beat: Equatable, Sendable {
    /// The heart beat.
    case beaten
    /// The heart beat, so much later than its limit after the beat before. Somebody may have noticed, and be
    /// about to restart the program.
    case late(by: Duration)
    /// There is no such heart here: its file is missing, or the directory of beats is. On a box without
    /// watchdog-chain that is how it should be; otherwise write /etc/watchdog/hearts/NAME.
    case missing
    /// The heart belongs to another user: `chown` /etc/watchdog/hearts/NAME to the one that the program
    /// runs as.
    case notPermitted
    /// The name is none: letters, digits, `_` and `-` are allowed. Nothing was touched.
    case wrongName
    /// The file could not be touched, with this errno(3).
    case failed(Int32)

    /// Whether the heart beat, be it late.
    public var isBeaten: Bool {
      switch self {
      case .beaten, .late: true
      case .missing, .notPermitted, .wrongName, .failed: false
      }
    }
  }
}
