import CLinuxCalls

/// The kernel's log, which a serial console shows and pstore keeps across a reboot.
public enum KernelLog {
  /// Writes one line, as critical. Where that is not permitted nothing happens. The corresponding device is
  /// /dev/kmsg (Documentation/ABI/testing/dev-kmsg).
  public static func write(_ text: String) {
    guard let log = try? Descriptor.open("/dev/kmsg", [.write, .nonBlocking]) else { return }
    try? log.write(Array("<2>\(text)\n".utf8))
  }
}
