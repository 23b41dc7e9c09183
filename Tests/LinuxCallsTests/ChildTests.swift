import CLinuxCalls
import LinuxCalls
import TestSupport
import Testing

/// A program is started with fork(2), which only a process without other busy threads may do: hence each of
/// these tests has a process of its own.
@Suite struct ChildTests {
  @Test func `its end is reported once`() async {
    await #expect(processExitsWith: .success) {
      let child = try Child(["sh", "-c", "exit 3"], apart: .group)
      let end = child.wait(untilMonotonic: Clock.monotonic + .seconds(20))
      try #require(end == .exited(3))
    }
  }

  @Test func `a child that runs too long is killed with its group`() async {
    await #expect(processExitsWith: .success) {
      let child = try Child(["sh", "-c", "sleep 60 & wait"], apart: .group)
      let early = child.wait(untilMonotonic: Clock.monotonic)
      try #require(early == nil)
      let group = child.pid
      try #require(getpgid(group) == group)
      child.killGroup()
      let end = child.wait(untilMonotonic: Clock.monotonic + .seconds(20))
      try #require(end == .killed(.kill))
      // What it started was killed too, though perhaps a moment later.
      let table = try ProcessTable()
      try table.forEachProcess { pid throws(SystemError) in
        guard let status = try table.status(of: pid), status.group == group else { return }
        let ended = try ProcessDescriptor.waitForEnd(
          of: status.identity, untilMonotonic: Clock.monotonic + .seconds(20))
        if !ended { exit(1) }
      }
    }
  }

  @Test func `a missing executable is an error`() async {
    await #expect(processExitsWith: .success) {
      let error = failure { () throws(SystemError) in try Child(["/no/tool"], apart: .group) }
      try #require(error == .noSuchFile)
      let none = failure { () throws(SystemError) in try Child([], apart: .group) }
      try #require(none == .invalidArgument)
      // Nothing is left behind.
      try #require(waitpid(-1, nil, WNOHANG) == -1)
    }
  }

  @Test func `the preparation runs in the new process and can forbid it`() async {
    await #expect(processExitsWith: .success) {
      let error = failure { () throws(SystemError) in
        try Child(["true"], apart: .group) { () throws(SystemError) in throw .overQuota }
      }
      try #require(error == .overQuota)
      let child = try Child(["sh", "-c", "test \"$PREPARED\" = yes"], apart: .session) {
        ThisProcess.setEnvironment("PREPARED", "yes")
      }
      let end = child.wait(untilMonotonic: Clock.monotonic + .seconds(20))
      try #require(end == .exited(0))
      try #require(ThisProcess.environment("PREPARED") == nil)
    }
  }

  @Test func `it has no input, none of our files, and signals as at login`() async {
    await #expect(processExitsWith: .success) {
      let file = try Descriptor.open("/etc/passwd", .read)
      ThisProcess.letWritesFail()
      // Signal 32 is the C library's own.
      let script = """
        test "$(readlink /proc/self/fd/0)" = /dev/null || exit 1
        ls -l /proc/$$/fd | grep -q passwd && exit 2
        grep -q 'SigIgn:.00000000[08]0000000' /proc/self/status || exit 3
        grep -q 'SigBlk:.0000000000000000' /proc/self/status || exit 4
        """
      let child = try Child(["sh", "-c", script], apart: .session)
      try #require(getsid(child.pid) == child.pid)
      let end = child.wait(untilMonotonic: Clock.monotonic + .seconds(20))
      withExtendedLifetime(file) {}
      try #require(end == .exited(0))
    }
  }

  @Test func `a process that has exited but was not collected is gone`() async {
    await #expect(processExitsWith: .success) {
      let child = try Child(["sh", "-c", "exit 0"], apart: .group)
      let table = try ProcessTable()
      let status = try table.status(of: child.pid)
      let identity = try #require(status).identity
      let process = try ProcessDescriptor(pid: child.pid)
      let ended = process.waitForEnd(untilMonotonic: Clock.monotonic + .seconds(20))
      try #require(ended)
      let zombie = try table.status(of: child.pid)
      try #require(zombie?.state == UInt8(ascii: "Z"))
      let isGone = try table.isGone(identity)
      try #require(isGone)
      try #require(ProcessTable.hasProcess(child.pid))
      let hold = failure { () throws(SystemError) in try ProcessDescriptor(identity, in: table) }
      try #require(hold == .noSuchProcess)
    }
  }
}
