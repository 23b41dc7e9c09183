import LinuxCalls

/// The open device, or what stands in for one.
struct OpenDevice: ~Copyable {
  private let device: WatchdogDevice
  private let path: String
  /// What the driver says of itself; nil when this is no watchdog device.
  private let information: WatchdogDevice.Information?

  /// The shortest timeout that is asked for. A feeder that is delayed for a second or two by a busy box must
  /// not reboot it.
  static let leastTimeout: Duration = .seconds(5)

  private init(_ device: consuming WatchdogDevice, path: String) {
    information = device.information()
    self.device = device
    self.path = path
  }

  /// Whether this is no watchdog device, so that closing it does nothing.
  var isStandIn: Bool { information == nil }

  /// Whether its close stops it after a V, unless nowayout is set.
  var canBeStopped: Bool { information?.canBeStopped ?? false }

  /// Which device it is; nil for what stands in for one.
  var node: DeviceNumber? { isStandIn ? nil : (try? device.status())?.node }

  /// Opens, and thereby arms, the device.
  static func open(_ path: String) throws(Failure) -> OpenDevice {
    do throws(SystemError) {
      return OpenDevice(try WatchdogDevice(path: path), path: path)
    } catch {
      throw explain(error, opening: path)
    }
  }

  /// Takes the open device over from a feeder that holds it: the same open file, which stays open when that
  /// feeder ends, so the kernel sees no close.
  ///
  /// - Returns: nil when no feeder holds it, or when its descriptors are not ours to take (pidfd_getfd(2)
  ///   needs ptrace access, which nobody has with Yama's ptrace_scope 3): then it has to be opened, after
  ///   that feeder has ended.
  static func takeOver(_ armed: ArmedDevice) throws(Failure) -> OpenDevice? {
    guard let node = armed.node else { return nil }
    for holder in try Holder.feeders(of: node, noted: armed.holder) {
      guard let process = try? ProcessDescriptor(pid: holder.pid),
        let descriptor = try? process.takeOver(descriptor: holder.descriptor),
        // Between the look and the taking that number may have come to mean another file.
        let taken = try? descriptor.status(), taken.kind == .characterDevice,
        WatchdogDevice.numbers(of: node).contains(taken.node)
      else { continue }
      return OpenDevice(WatchdogDevice(descriptor), path: armed.path)
    }
    return nil
  }

  /// Sets the timeout and reads it back.
  ///
  /// - Parameters:
  ///   - timeout: what is wanted; nil leaves what is in force.
  ///   - pretimeout: how long before the reset the kernel is to be asked to tell what it can; nil or nothing leaves that.
  /// - Returns: what people should know of this device.
  borrowing func setUp(timeout: Duration?, pretimeout: Duration? = nil) -> [String] {
    guard let information else {
      return ["\(path) is no watchdog device: it is written to, but cannot reboot the box"]
    }
    var notes: [String] = []
    if let timeout { notes += set(timeout, information) }
    if let pretimeout, pretimeout > .zero { notes += set(pretimeout: pretimeout, information) }
    if let inForce = try? device.timeout(), .seconds(Int64(inForce)) < OpenDevice.leastTimeout {
      notes.append(
        "\(path): the driver's timeout is fixed at \(inForce) s, which is dangerously short")
    }
    if let status = try? device.status(),
      !information.canBeStopped, WatchdogDevice.describe(status.node)?.nowayout == false
    {
      notes.append(
        "\(path) (\(information.identity)) stops whenever it is closed, so it does not notice that all "
          + "feeders are gone: load its driver with nowayout=1")
    }
    return notes
  }

  /// A driver that says that it has a fixed timeout is asked all the same: ipmi_watchdog says so, and sets it
  /// (drivers/char/ipmi/ipmi_watchdog.c).
  private borrowing func set(
    _ timeout: Duration, _ information: WatchdogDevice.Information
  ) -> [String] {
    let wanted = Int32(clamping: timeout.wholeSeconds)
    let asked = min(wanted, information.mostSeconds)
    let name = "\(path) (\(information.identity))"
    let before = try? device.timeout()
    if before == asked { return OpenDevice.words(name, wanted, got: asked, information) }
    do throws(SystemError) {
      let got = try device.setTimeout(asked)
      return OpenDevice.words(name, wanted, got: got, information)
    } catch {
      let usual = before.map { "\($0) s" } ?? "its own timeout"
      return ["\(name) does not take \(wanted) s (\(error.reason)): \(usual)"]
    }
  }

  private static func words(
    _ name: String, _ wanted: Int32, got: Int32, _ information: WatchdogDevice.Information
  ) -> [String] {
    if got == wanted { return [] }
    if let quirk = information.quirk, got == quirk.mostSeconds {
      return [
        "\(name) gets \(got) s and not \(wanted) s: its driver takes more and counts it wrongly (\(quirk.why))"
      ]
    }
    return ["\(name) made \(wanted) s into \(got) s"]
  }

  private borrowing func set(
    pretimeout: Duration, _ information: WatchdogDevice.Information
  ) -> [String] {
    let wanted = Int32(clamping: pretimeout.wholeSeconds)
    if information.diesWithKernel, OpenDevice.panicsForEver {
      return [
        "\(path) gets no pretimeout: with kernel.panic=0 a panic at that time would stop \(information.identity), too, and the box "
          + "would hang for ever: set kernel.panic=10, or use a device that is hardware"
      ]
    }
    do throws(SystemError) {
      let got = try device.setPretimeout(wanted)
      return got == wanted
        ? [] : ["\(path) (\(information.identity)) made a pretimeout of \(wanted) s into \(got) s"]
    } catch {
      return [
        "\(path) (\(information.identity)) takes no pretimeout of \(wanted) s (\(error.reason)): the box is reset "
          + "without a warning"
      ]
    }
  }

  /// Has it wait so long before it resets the box.
  ///
  /// - Returns: how long it waits; what it has now, where the driver takes no more.
  borrowing func wait(for time: Duration) -> Duration {
    let wanted = Int32(clamping: time.wholeSeconds)
    if let information, wanted <= information.mostSeconds,
      let got = try? device.setTimeout(wanted)
    {
      return .seconds(Int64(got))
    }
    return .seconds(Int64((try? device.timeout()) ?? 0))
  }

  /// Whether a kernel that panics stays so (kernel.panic is 0; sysctl in Documentation/admin-guide/sysctl/kernel.rst).
  private static var panicsForEver: Bool {
    let value = (try? Folder(path: "/proc/sys/kernel").readFile("panic", atMost: 32)) ?? nil
    return value.map { $0.firstLine.elementsEqual("0".utf8) } ?? true
  }

  /// What is worth noting for users that may not open it.
  ///
  /// - Parameter nowayout: what sysfs said, or the modules' parameters.
  borrowing func record(nowayout: Bool?) -> DeviceRecord {
    var record = DeviceRecord(node: node, path: path)
    record.holder = try? ProcessIdentity.own()
    guard let information else { return record }
    record.identity = information.identity
    record.timeout = (try? device.timeout()).map { Int64($0) }
    record.bootFlags = device.bootFlags()
    record.nowayout = nowayout
    return record
  }

  /// Feeds it once.
  borrowing func feed() throws(Failure) {
    // A FIFO whose reader is slow has more than enough.
    try attempt(to: "feed \(path)", unless(.wouldWait, device.feed()))
  }

  /// Lets the next close stop it.
  borrowing func allowToStop() throws(Failure) {
    try attempt(to: "write V to \(path)", device.allowToStop())
  }

  /// Stops it at once, while it stays open.
  borrowing func stop() throws(SystemError) { try device.stop() }

  /// Has it count down again.
  borrowing func start() throws(SystemError) { try device.start() }

  private static func explain(_ error: SystemError, opening path: String) -> Failure {
    switch error {
    case .busy:
      let node = (try? FileStatus.following(path))?.node
      let holder = node.flatMap { (try? Holder.all(of: $0))?.first }
      return Failure(
        .unavailable,
        holder?.words ?? "held by a process that cannot be seen", unableTo: "open \(path)")
    case .noSuchFile:
      return Failure(
        .unavailable, "there is no such device", unableTo: "open \(path)",
        cure: "load a driver (modprobe softdog), or write the path of yours into the file device")
    case .noSuchDevice:
      return Failure(
        .unavailable, "\(error.reason): nobody reads it", unableTo: "open \(path)")
    default: return Failure.unable(to: "open \(path)", error)
    }
  }
}

extension WatchdogDevice.Information {
  /// Whether it is softdog, a timer of the kernel.
  var diesWithKernel: Bool { identity.isEqual(to: WatchdogDevice.software) }
}
