import CLinuxCalls

/// What wtmp(5) says of boots and shutdowns.
public enum LoginRecords {
  /// Whether the boot before this one ended with an orderly shutdown; nil when wtmp does not say, because it is
  /// missing, was rotated, or nobody writes it here.
  ///
  /// - Parameters:
  ///   - boot: when this boot began, CLOCK_REALTIME.
  ///   - path: where they are.
  public static func lastBootEndedInOrder(boot: Duration, path: String = "/var/log/wtmp") -> Bool? {
    guard access(path, R_OK) == 0, utmpname(path) == 0 else { return nil }
    setutent()
    defer { endutent() }
    var isEnded = false
    var answer: Bool?
    while let record = getutent() {
      let isShutdown = withUnsafeBytes(of: record.pointee.ut_user) {
        $0.prefix { $0 != 0 }.elementsEqual("shutdown".utf8)
      }
      switch Int32(record.pointee.ut_type) {
      case RUN_LVL where isShutdown: isEnded = true
      case BOOT_TIME:
        // Written some seconds after the kernel began; another day's is of another boot.
        let time = Duration.seconds(clinux_record_seconds(record))
        answer = (time - boot).magnitude < .seconds(600) ? isEnded : nil
        isEnded = false
      default: break
      }
    }
    return answer
  }
}
