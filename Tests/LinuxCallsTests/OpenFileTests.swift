import CLinuxCalls
import Foundation
import LinuxCalls
import TestSupport
import Testing

@Suite struct OpenFileTests {
  private func open(_ path: String) throws -> OpenFile {
    OpenFile(try Descriptor.open(path, .readWrite), waitingAt: 4)
  }

  /// How long a call took, in seconds.
  private func time(_ body: () -> Void) -> Double {
    let begin = Clock.monotonic
    body()
    return Double((Clock.monotonic - begin).nanoseconds) / 1e9
  }

  @Test func `whoever waits at a file is woken by another one that has it open`() throws {
    try withScratch { folder in
      try write("0000one.", to: "\(folder)/file")
      let one = try open("\(folder)/file")
      let end = DispatchSemaphore(value: 0)
      Thread.detachNewThread {
        let other = try? self.open("\(folder)/file")
        other?.wait(while: bytes("one."), atMost: .milliseconds(990))
        end.signal()
      }
      let waited = Patience.seconds {
        // It may not wait yet.
        while end.wait(timeout: .now() + .milliseconds(2)) == .timedOut { one.wake() }
      }
      #expect(waited < 0.9)
      let idle = time { one.wait(while: bytes("one."), atMost: .milliseconds(30)) }
      #expect(idle > 0.029, "nobody wakes it")
    }
  }

  @Test func `where others changed the file meanwhile nothing is waited for`() throws {
    try withScratch { folder in
      try write("0000one.", to: "\(folder)/file")
      let file = try open("\(folder)/file")
      try file.file.write(bytes("two."), at: 4)
      let waited = Patience.seconds { file.wait(while: bytes("one."), atMost: .milliseconds(900)) }
      #expect(waited < 0.5)
      // There is nothing to wait at: a process that reads memory there is ended.
      try file.file.truncate(to: 0)
      file.wait(while: bytes("two."), atMost: .milliseconds(1))
      file.wake()
    }
  }

  @Test func `an open file is kept for one user at a time`() throws {
    try withScratch { folder in
      try write("", to: "\(folder)/file")
      let spare = SpareFile()
      #expect(spare.take() == nil)
      let (one, another) = try (open("\(folder)/file"), open("\(folder)/file"))
      spare.keep(one)
      spare.keep(another)
      #expect(spare.take() === another)
      #expect(spare.take() == nil)
    }
  }

  /// It would share the locks of its parent.
  @Test func `a child does not use what its parent has open`() async {
    await #expect(processExitsWith: .success) {
      let spare = SpareFile()
      spare.keep(OpenFile(try Descriptor.open("/dev/null", .read)))
      let child = clinux_fork()
      if child == 0 { _exit(spare.take() == nil ? 0 : 1) }
      var status: Int32 = -1
      waitpid(child, &status, 0)
      exit(status == 0 && spare.take() != nil ? EXIT_SUCCESS : EXIT_FAILURE)
    }
  }
}
