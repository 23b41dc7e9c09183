import Foundation
import TestSupport

/// Clocks that a test can set: hours of ticks go by without anybody sleeping.
///
/// The executables run with a library before libc whose clock_gettime(2) shows what the test wants. File dates are
/// the kernel's, so a test dates its files itself.
struct FakeClock: Sendable {
  /// Seconds since 1970 that CLOCK_REALTIME shows.
  var realtime: Double
  /// Seconds since boot that CLOCK_MONOTONIC shows.
  var monotonic: Double

  /// Some day at noon, an hour after boot.
  init(realtime: Double = 1_800_000_000, monotonic: Double = 3600) {
    self.realtime = realtime
    self.monotonic = monotonic
  }

  /// Lets time go by.
  mutating func advance(_ seconds: Double) {
    realtime += seconds
    monotonic += seconds
  }

  func set(in environment: inout [String: String]) {
    environment["LD_PRELOAD"] = FakeClock.library.path
    environment["FAKE_REALTIME"] = String(Int(realtime * 1e9))
    environment["FAKE_MONOTONIC"] = String(Int(monotonic * 1e9))
  }

  /// Built once for all tests of a run.
  private static let library: URL = {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "watchdog-clock-\(ProcessInfo.processInfo.processIdentifier)")
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let source = folder.appending(path: "clock.c")
    let library = folder.appending(path: "clock.so")
    try? Data(code.utf8).write(to: source)
    let compiler = run(["cc", "-shared", "-fPIC", "-O1", "-o", library.path, source.path])
    precondition(compiler.code == 0, "the tests need a C compiler")
    return library
  }()

  private static let code = """
    #define _GNU_SOURCE
    #include <stdlib.h>
    #include <sys/syscall.h>
    #include <time.h>
    #include <unistd.h>
    // A program's first look shows exactly what the test wants, however long it took to start; from then on
    // time goes by.
    static long long began[2], wanted[2];
    // Kept from the start: a tool may clear its environment before its first look.
    static const char *texts[2];
    __attribute__((constructor)) static void keep(void) {
      texts[0] = getenv("FAKE_REALTIME");
      texts[1] = getenv("FAKE_MONOTONIC");
    }
    int clock_gettime(clockid_t id, struct timespec *t) {
      int answer = syscall(SYS_clock_gettime, id, t);
      if (answer || (id != CLOCK_REALTIME && id != CLOCK_MONOTONIC)) return answer;
      int which = id == CLOCK_MONOTONIC;
      long long now = t->tv_sec * 1000000000LL + t->tv_nsec;
      if (!began[which]) {
        const char *text = texts[which] ? texts[which] : getenv(which ? "FAKE_MONOTONIC" : "FAKE_REALTIME");
        began[which] = now;
        wanted[which] = text ? atoll(text) : now;
      }
      long long shown = wanted[which] + now - began[which];
      t->tv_sec = shown / 1000000000LL;
      t->tv_nsec = shown % 1000000000LL;
      return 0;
    }
    """
}
