import LinuxCalls
import Rules
import Watchdog

/// What the kernel brings and does by itself, and what guards the box before the chain does.
enum KernelRules {
  static let all: [Rule<Examination>] = [
    Rule("kernel", version), Rule("kernel", handOver), Rule("panic", panic), Rule("dump", dump),
    Rule("boot", boot),
  ]

  /// pidfd_getfd(2) of 5.6 decides: by it the open device is handed over. cgroup.kill is of 5.14.
  @Findings private static func version(_ all: Examination) -> [Finding] {
    if let kernel = all.kernel.version {
      if kernel < (5, 6) {
        Finding(
          .critical,
          "this kernel (\(kernel.major).\(kernel.minor)) is older than 5.6: feeders cannot hand the device over, and processes "
            + "cannot be ended safely", cure: "use a kernel of 5.6 or later")
      } else if kernel < (5, 14) {
        Finding(
          .note,
          "this kernel (\(kernel.major).\(kernel.minor)) is older than 5.14: what a program starts while it is being ended is found one "
            + "by one, and not with its control group")
      } else {
        Finding(
          .fine, "this kernel (\(kernel.major).\(kernel.minor)) has all that the tools use")
      }
    }
  }

  /// By Yama's ptrace_scope 3 not even root takes a descriptor of another process (security/yama/yama_lsm.c).
  @Findings private static func handOver(_ all: Examination) -> [Finding] {
    if all.kernel.ptraceScope == 3 {
      Finding(
        .note,
        "kernel.yama.ptrace_scope is 3: feeders cannot hand the device over, so it is closed and opened again "
          + "every other minute, and the kernel complains each time",
        cure: "set it to 2: that keeps it from everybody but root")
    }
  }

  /// What the kernel does by itself.
  @Findings private static func panic(_ all: Examination) -> [Finding] {
    if let seconds = all.kernel.panic {
      if seconds != 0 {
        let words = seconds > 0 ? "after \(seconds) s" : "at once"
        Finding(
          .fine, "a kernel that panics reboots the box by itself, \(words) (kernel.panic)")
      } else if all.box.device.isSoftware == true {
        Finding(
          .warning, "a kernel that panics stays stopped for ever, and softdog with it",
          cure: "echo kernel.panic=10 >/etc/sysctl.d/watchdog-chain.conf, and sysctl --system")
      } else if all.box.device.isSoftware == false {
        Finding(
          .fine,
          "a kernel that panics stays stopped (kernel.panic=0) until the device resets the box")
      }
    }
  }

  /// A dump is written by another kernel, which the device knows nothing of.
  @Findings private static func dump(_ all: Examination) -> [Finding] {
    if all.kernel.hasCrashKernel, let timeout = all.box.device.description?.seconds,
      all.box.device.isSoftware == false
    {
      Finding(
        .note,
        "a crash dump (kdump) that takes more than \(timeout) s is cut off by the device, which goes on counting meanwhile",
        cure:
          "have the kernel of the dump load the device's driver and feed it, or raise device-timeout above the time of a "
          + "dump")
    }
  }

  /// The time from the start of the box to the first food.
  @Findings private static func boot(_ all: Examination) -> [Finding] {
    let kernel = all.kernel
    if all.isMarkOnly {
      // Nothing is armed there.
    } else if kernel.hasBootUnit {
      Finding(.fine, "watchdog-chain-boot.service guards the boot before the chain is alive")
    } else if let seconds = kernel.openTimeout, seconds > 0 {
      Finding(
        .fine,
        "a device that counts when the kernel starts resets the box unless it is opened within \(seconds) s "
          + "(watchdog.open_timeout)")
    } else {
      Finding(
        .note,
        "nothing guards the boot before the chain is alive: a boot that never reaches cron hangs for ever",
        cure: kernel.hasSystemd
          ? "run etc/install, which brings watchdog-chain-boot.service"
          : "run kwatchdog-feeder --boot early in the boot")
    }
  }
}
