import CLinuxCalls

/// A watchdog device of the kernel (Documentation/watchdog/watchdog-api.rst), or what stands in for one.
///
/// Opening starts its countdown. Closing it without the magic `V` leaves the countdown running, and the
/// close itself feeds once (drivers/watchdog/watchdog_dev.c).
public struct WatchdogDevice: ~Copyable {
  /// What softdog calls itself: a timer of the kernel, which dies with it (drivers/watchdog/softdog.c).
  public static var software: String { "Software Watchdog" }

  private let descriptor: Descriptor

  /// Opens, and thereby arms, the device. A FIFO that nobody reads fails with `noSuchDevice`.
  public init(path: String) throws(SystemError) {
    descriptor = try Descriptor.open(path, [.write, .nonBlocking])
  }

  /// Takes over a device that was opened already.
  public init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }

  /// What kind of file it is, and which.
  public borrowing func status() throws(SystemError) -> FileStatus { try descriptor.status() }

  /// What the driver says of itself, or nil when this is no watchdog device (WDIOC_GETSUPPORT).
  public borrowing func information() -> Information? {
    var info = watchdog_info()
    guard clinux_ioctl(descriptor.number, clinux_WDIOC_GETSUPPORT(), &info) == 0 else { return nil }
    let identity = withUnsafeBytes(of: info.identity) { Array($0.prefix { $0 != 0 }) }
    return Information(
      identity: identity.text,
      canBeStopped: info.options & UInt32(WDIOF_MAGICCLOSE) != 0)
  }

  /// Why the box was reset last, as far as the driver can tell (WDIOC_GETBOOTSTATUS); nothing where it does not say.
  public borrowing func bootFlags() -> BootFlags {
    var value: Int32 = 0
    guard clinux_ioctl(descriptor.number, clinux_WDIOC_GETBOOTSTATUS(), &value) == 0 else {
      return BootFlags(bits: 0)
    }
    return BootFlags(bits: UInt32(bitPattern: value))
  }

  /// What a driver can do.
  public struct Information: Sendable {
    /// Its name, such as "Software Watchdog".
    public let identity: String
    /// Whether it waits for the magic `V` and goes on counting when it is closed without
    /// (WDIOF_MAGICCLOSE). One that does not stops whenever it is closed, unless nowayout is set.
    public let canBeStopped: Bool
  }

  /// Asks for a timeout, in whole seconds. This also feeds.
  ///
  /// - Returns: what the driver made of it, for drivers round.
  public borrowing func setTimeout(_ seconds: Int32) throws(SystemError) -> Int32 {
    var value = seconds
    _ = try check { clinux_ioctl(descriptor.number, clinux_WDIOC_SETTIMEOUT(), &value) }
    return (try? timeout()) ?? value
  }

  /// The timeout in force, in whole seconds.
  public borrowing func timeout() throws(SystemError) -> Int32 {
    var value: Int32 = 0
    _ = try check { clinux_ioctl(descriptor.number, clinux_WDIOC_GETTIMEOUT(), &value) }
    return value
  }

  /// Asks that the kernel's pretimeout governor is called so many seconds before the reset
  /// (Documentation/watchdog/watchdog-api.rst, "Pretimeouts").
  ///
  /// - Returns: what the driver made of it.
  public borrowing func setPretimeout(_ seconds: Int32) throws(SystemError) -> Int32 {
    var value = seconds
    _ = try check { clinux_ioctl(descriptor.number, clinux_WDIOC_SETPRETIMEOUT(), &value) }
    guard clinux_ioctl(descriptor.number, clinux_WDIOC_GETPRETIMEOUT(), &value) == 0 else {
      return seconds
    }
    return value
  }

  /// Stops the countdown at once (WDIOS_DISABLECARD), while it is open. Drivers that watchdog_dev.c serves do so unless
  /// nowayout is set; of the others not all can.
  ///
  /// - Throws: `busy` where nowayout is set; what else the driver answers where it cannot.
  public borrowing func stop() throws(SystemError) {
    try choose(Int32(WDIOS_DISABLECARD))
  }

  /// Starts the countdown again after `stop` (WDIOS_ENABLECARD).
  public borrowing func start() throws(SystemError) { try choose(Int32(WDIOS_ENABLECARD)) }

  private borrowing func choose(_ option: Int32) throws(SystemError) {
    var value = option
    _ = try check { clinux_ioctl(descriptor.number, clinux_WDIOC_SETOPTIONS(), &value) }
  }

  /// Feeds it: the countdown starts again. The byte must not be a `V`, which disarms.
  public borrowing func feed() throws(SystemError) { try descriptor.write([.dot]) }

  /// Writes the magic `V`: closing it after that stops the countdown, unless nowayout is set.
  public borrowing func allowToStop() throws(SystemError) {
    try descriptor.write([UInt8(ascii: "V")])
  }
}
