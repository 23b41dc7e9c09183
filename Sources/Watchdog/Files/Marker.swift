import LinuxCalls

/// A file directly in the state folder that is there or not, and may say by its date when; it holds nothing.
public enum Marker: Literal, Sendable {
  /// An administrator wants no device to be armed: until somebody arms again, or the box is rebooted.
  case disarmed
  /// What is armed was armed for the boot, and no feeder of the chain has set it up yet.
  case bootGuard = "boot-guard"
  /// The chain is stale, and an armed device is not fed.
  case notFed = "not-fed"
  /// This boot cannot tell whether its counts last.
  case unproven
  /// A person let the ladder begin again, last at its date.
  case resumed
  /// What pstore has was looked at in this boot.
  case pstoreRead = "pstore-read"
  /// A clerk has been here since boot, last at its date.
  case booted
}

extension StateFolder {
  /// Whether it is there.
  public borrowing func has(_ marker: Marker) throws(Failure) -> Bool {
    try date(of: marker) != nil
  }

  /// Its date; nil when it is not there.
  borrowing func date(of marker: Marker) throws(Failure) -> Duration? {
    try status(of: "\(marker.name)")?.modified
  }

  /// Makes it, or dates it with the present.
  borrowing func set(_ marker: Marker) throws(Failure) {
    if try !touch("\(marker.name)") { try replace("\(marker.name)", "") }
  }

  /// Removes it, if it is there.
  borrowing func clear(_ marker: Marker) throws(Failure) { try remove("\(marker.name)") }
}
