import LinuxCalls

/// A program that feeds watchdog devices whatever the chain is like, or keeps others from opening them.
public struct Rival: Sendable {
  /// Its executable.
  public let program: StaticString
  /// The Debian package that it comes in.
  public let package: StaticString
  /// Whether it takes a device as soon as it is there, without being told to.
  public let takesUnasked: Bool
  /// What makes it let go.
  public let cure: StaticString

  /// Those that are known. Wherever one is named, its cure is.
  public static var all: [Rival] {
    [
      Rival(program: "systemd", package: "systemd", takesUnasked: false, cure: ofSystemd),
      Rival(
        program: "watchdog", package: "watchdog", takesUnasked: true,
        cure: "run systemctl disable --now watchdog wd_keepalive"),
      Rival(
        program: "wd_keepalive", package: "watchdog", takesUnasked: true,
        cure: "run systemctl disable --now watchdog wd_keepalive"),
      Rival(
        program: "watchdogd", package: "watchdogd", takesUnasked: true,
        cure: "run systemctl disable --now watchdogd"),
      Rival(
        program: "watchdog-mux", package: "pve-ha-manager", takesUnasked: true,
        cure:
          "Proxmox fences nodes by it: run systemctl disable --now watchdog-mux only where HA is not used"
      ),
      Rival(
        program: "sbd", package: "sbd", takesUnasked: true,
        cure:
          "the cluster fences nodes by it: run systemctl disable sbd, and restart the cluster, only where it need not"
      ),
      Rival(
        program: "corosync", package: "corosync", takesUnasked: false,
        cure:
          "write watchdog_device: off into resources { } of /etc/corosync/corosync.conf, and restart it"
      ),
      Rival(
        program: "procd", package: "procd", takesUnasked: false,
        cure: "run ubus call system watchdog '{\"magicclose\": true, \"stop\": true}' at boot"),
    ]
  }

  /// A file that sorts last counts over each of a distribution (Raspberry Pi OS: 40-rpi-enable-watchdog.conf).
  private static var ofSystemd: StaticString {
    """
    write RuntimeWatchdogSec=off below [Manager] into /etc/systemd/system.conf.d/zz-watchdog-chain.conf, which counts \
    last, and run systemctl daemon-reexec
    """
  }

  /// The one of this executable; nil where it is not known.
  public static func named(_ program: String) -> Rival? {
    all.first { "\($0.program)".isEqual(to: program) }
  }
}
