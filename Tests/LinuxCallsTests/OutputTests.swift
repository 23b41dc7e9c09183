import Testing

@testable import LinuxCalls

@Suite struct OutputTests {
  private var soon: Duration { Clock.monotonic + .seconds(10) }

  @Test func `what a program prints is kept, with how it ended`() throws {
    let run = try Output(
      of: ["/bin/sh", "-c", "echo one; echo two >&2; exit 3"], untilMonotonic: soon)
    #expect(run.end == .exited(3) && run.bytes == Array("one\ntwo\n".utf8))
  }

  @Test func `a program that hangs is killed`() throws {
    let run = try Output(
      of: ["/bin/sh", "-c", "echo one; sleep 1000"],
      untilMonotonic: Clock.monotonic + .milliseconds(500))
    #expect(run.end == nil && run.bytes == Array("one\n".utf8))
  }

  @Test func `what it leaves behind is not waited for`() throws {
    let begin = Clock.monotonic
    let run = try Output(of: ["/bin/sh", "-c", "sleep 8 & echo here"], untilMonotonic: soon)
    #expect(run.bytes == Array("here\n".utf8))
    #expect(Clock.monotonic - begin < .seconds(8))
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
