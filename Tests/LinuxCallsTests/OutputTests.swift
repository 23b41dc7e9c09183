import Testing

@testable import LinuxCalls

@Suite struct OutputTests {
  private var soon: Duration { Clock.monotonic + .seconds(60) }

  @Test func `what a program prints is kept, with how it ended`() throws {
    let run = try Output(
      of: ["/bin/sh", "-c", "echo one; echo two >&2; exit 3"], untilMonotonic: soon)
    #expect(run.end == .exited(3) && run.bytes == Array("one\ntwo\n".utf8))
  }

  /// In a process of its own: one that was killed and is not collected at once, as on a busy machine, would hide the end of
  /// each later process from who waits for any child (Swift Testing, for ever).
  @Test func `a program that hangs is killed`() async {
    await #expect(processExitsWith: .success) {
      // As much time as it needs for its word, on any machine.
      var (patience, bytes): (Duration, [UInt8]) = (.milliseconds(250), [])
      while bytes.isEmpty, patience < .seconds(60) {
        patience *= 2
        let run = try Output(
          of: ["/bin/sh", "-c", "echo one; sleep 1000"], untilMonotonic: Clock.monotonic + patience)
        try #require(run.end == nil)
        bytes = run.bytes
      }
      try #require(bytes == Array("one\n".utf8))
    }
  }

  @Test func `what it leaves behind is not waited for`() throws {
    // It holds the pipe: who waited for it would come to the end of the time.
    let run = try Output(of: ["/bin/sh", "-c", "sleep 1000 & echo here"], untilMonotonic: soon)
    #expect(run.bytes == Array("here\n".utf8) && run.end == .exited(0))
  }

  @Test func `a missing program fails`() {
    #expect(throws: SystemError.noSuchFile) {
      _ = try Output(of: ["/nowhere/tool"], untilMonotonic: soon)
    }
  }

  // MARK: File systems and files

  @Test func `a file system in memory is known`() throws {
    #expect(try FileSystem(of: "/dev/shm").isInMemory)
    let proc = try FileSystem(of: "/proc")
    #expect(!proc.isInMemory && !proc.isReadOnly)
    #expect(throws: SystemError.noSuchFile) { _ = try FileSystem(of: "/nowhere") }
  }

  @Test func `contents are read of files only, and up to a limit`() throws {
    #expect(try Descriptor.contents(of: "/proc/self/comm", atMost: 2).count == 2)
    #expect(throws: SystemError.invalidArgument) {
      _ = try Descriptor.contents(of: "/dev/zero", atMost: 10)
    }
    #expect(throws: SystemError.noSuchFile) {
      _ = try Descriptor.contents(of: "/nowhere", atMost: 10)
    }
  }

  @Test func `a process has open what it opened`() throws {
    let folder = try Folder(path: "/")
    let table = try ProcessTable()
    #expect(table.hasOpen(try folder.status(), ThisProcess.pid) == true)
    #expect(table.hasOpen(try Folder(path: "/dev").status(of: "full"), ThisProcess.pid) == false)
    #expect(table.hasOpen(try folder.status(), Int32.max) == nil)
  }
}
