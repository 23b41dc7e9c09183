import LinuxCalls

/// Exists in the state folder while an administrator wants no device to be armed: until somebody arms again, or the box is
/// rebooted.
public enum Disarmed {
  private static let file = "disarmed"

  /// Whether an administrator has disarmed this box.
  public static func isNoted(in state: borrowing StateFolder) throws(Failure) -> Bool {
    try state.status(of: file) != nil
  }

  static func note(in state: borrowing StateFolder) throws(Failure) {
    try state.replace(file, "")
  }

  static func clear(in state: borrowing StateFolder) throws(Failure) { try state.remove(file) }
}
