import CLinux

/// A watchdog device of the kernel (Documentation/watchdog/watchdog-api.rst), or what stands in for one.
///
/// Opening starts its countdown. Closing it without the magic `V` leaves the countdown running, and the
/// close itself feeds once (drivers/watchdog/watchdog_dev.c).
public struct WatchdogDevice: ~Copyable {
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
      canSetTimeout: info.options & UInt32(WDIOF_SETTIMEOUT) != 0,
      canBeStopped: info.options & UInt32(WDIOF_MAGICCLOSE) != 0)
  }

  /// What a driver can do.
  public struct Information: Sendable {
    /// Its name, such as "Software Watchdog".
    public let identity: String
    /// Whether its timeout can be set (WDIOF_SETTIMEOUT).
    public let canSetTimeout: Bool
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

  /// Feeds it: the countdown starts again. The byte must not be a `V`, which disarms.
  public borrowing func feed() throws(SystemError) { try descriptor.write([.dot]) }

  /// Writes the magic `V`: closing it after that stops the countdown, unless nowayout is set.
  public borrowing func allowToStop() throws(SystemError) {
    try descriptor.write([UInt8(ascii: "V")])
  }
}

extension WatchdogDevice {
  /// What /sys/class/watchdog says of a device, without opening (and so without arming) it.
  public struct Description: Sendable {
    /// "watchdog0".
    public let name: String
    /// The driver's name.
    public let identity: String?
    /// "active" or "inactive": whether it counts down.
    public let state: String?
    /// In seconds.
    public let timeout: String?
    /// How much of that is left, in seconds, where the driver says so.
    public let timeLeft: String?
    /// Whether nothing can stop it any more, once it counts.
    public let nowayout: Bool?
    /// Whether the last reset was this device's doing, as far as its driver can tell (WDIOF_CARDRESET in bootstatus).
    public let didReset: Bool
  }

  /// Describes the watchdog device with this number, or says nil when it is none.
  ///
  /// - Parameter system: where sysfs is.
  public static func describe(_ device: DeviceNumber, system: String = "/sys") -> Description? {
    // /dev/watchdog (10, 130) is the old name of the first one.
    let isOldName = device == DeviceNumber(major: 10, minor: 130)
    for number in 0..<32 {
      let name = "watchdog\(number)"
      guard let folder = try? Folder(path: "\(system)/class/watchdog/\(name)") else { continue }
      let node = line(of: "dev", in: folder)
      let isIt =
        isOldName
        ? number == 0 : node?.isEqual(to: "\(device.major):\(device.minor)") == true
      guard isIt else { continue }
      let nowayout = line(of: "nowayout", in: folder)
      return Description(
        name: name, identity: line(of: "identity", in: folder),
        state: line(of: "state", in: folder),
        timeout: line(of: "timeout", in: folder), timeLeft: line(of: "timeleft", in: folder),
        nowayout: nowayout.map { !$0.isEqual(to: "0") },
        didReset: bits(of: "bootstatus", in: folder) & UInt64(WDIOF_CARDRESET) != 0)
    }
    return nil
  }

  private static func bits(of name: String, in folder: borrowing Folder) -> UInt64 {
    var scanner = Scanner(Array((line(of: name, in: folder) ?? "").utf8))
    return scanner.number() ?? 0
  }

  private static func line(of name: String, in folder: borrowing Folder) -> String? {
    (try? folder.readFile(name, atMost: 256))?.firstLine.text
  }
}
