import LinuxCalls

/// What a driver says that is not so: it takes a timeout, reads it back, and counts another one.
struct Quirk {
  /// The driver's name (WDIOC_GETSUPPORT).
  let identity: StaticString
  /// The longest timeout, in seconds, that it counts as it says; it is asked for no longer one.
  let mostSeconds: Int32
  /// How it counts what is longer, and where.
  let why: StaticString

  /// Those that are known. bcm2835_wdt (Raspberry Pi, drivers/watchdog/bcm2835_wdt.c) counts 16 s at the most.
  static var all: [Quirk] {
    [
      Quirk(
        identity: "Broadcom BCM2835 Watchdog timer", mostSeconds: 15,
        why: "modulo 16 s, kernels of 2024 to 2026")
    ]
  }
}

extension WatchdogDevice.Information {
  /// What its driver says that is not so; nil where nothing is known.
  var quirk: Quirk? { Quirk.all.first { identity.isEqual(to: "\($0.identity)") } }

  /// The longest timeout, in seconds, that is asked for.
  var mostSeconds: Int32 { quirk?.mostSeconds ?? .max }
}
