import CLinuxCalls
import LinuxCalls
import TestSupport
import Testing

@Suite struct DescriptorTests {
  @Test func `an opened file is not inherited`() throws {
    let file = try Descriptor.open("/dev/null", .readWrite)
    #expect(clinux_fcntl(file.number, F_GETFD, 0) & FD_CLOEXEC != 0)
    let folder = try Folder(path: "/")
    let inFolder = try folder.open("dev/null", .readWrite)
    #expect(clinux_fcntl(inFolder.number, F_GETFD, 0) & FD_CLOEXEC != 0)
  }

  @Test func `it is closed when its owner lets go`() throws {
    // In between, another test may get the number for another file.
    try withScratch { path, folder in
      try #require(mkfifo("\(path)/fifo", 0o600) == 0)
      do { _ = try folder.openToRead("fifo") }
      // A FIFO that nobody reads cannot be opened to write.
      #expect(
        failure { () throws(SystemError) in try folder.open("fifo", [.write, .nonBlocking]) }
          == .noSuchDevice)
    }
  }

  /// In a process of its own, whose streams can be closed.
  @Test func `a tool without streams does not write its errors into a file`() async {
    await #expect(processExitsWith: .success) {
      close(STDIN_FILENO)
      close(STDERR_FILENO)
      let first = try Descriptor.open("/etc/passwd", .read)
      let second = try Descriptor.open("/etc/passwd", .read)
      let isAway = first.number > 2 && second.number > 2
      let isCloseOnExec = clinux_fcntl(first.number, F_GETFD, 0) & FD_CLOEXEC != 0
      // Free again, or taken by whatever else runs in a test: but not by our file.
      let streams = try Folder(path: "/proc/self/fd")
      let isLeft = ["0", "2"].contains { name in
        (try? streams.linkTarget(of: name)) == Array("/etc/passwd".utf8)
      }
      exit(isAway && isCloseOnExec && !isLeft ? 0 : 1)
    }
  }

  @Test func `everything is written, and the start is overwritten`() throws {
    try withScratch { path, folder in
      let file = try folder.create("file")
      try file.write(Array("0123456789".utf8))
      try file.write(Array("abc".utf8))
      try file.write(Array("XY".utf8), at: 0)
      #expect(contents(of: "\(path)/file") == "XY23456789abc")
    }
  }

  @Test func `a file is dated to the nanosecond`() throws {
    try withScratch { path, folder in
      let file = try folder.create("file")
      let date: Duration = .seconds(1_720_000_000) + .nanoseconds(123_456_789)
      try file.date(date)
      let status = try file.status()
      #expect(status.modified == date)
    }
  }

  @Test func `a path that is missing is an error`() {
    let error = failure { () throws(SystemError) in try Descriptor.open("/no/file", .read) }
    #expect(error == .noSuchFile)
    #expect(error?.reason == "No such file or directory")
  }
}

@Suite struct FileLockTests {
  @Test func `only one has a lock until it lets go`() throws {
    try withScratch { path, folder in
      let second = try FileLock("lock", in: folder)
      do {
        let first = try FileLock("lock", in: folder)
        let got = try [first.tryTo(), second.tryTo(), first.tryTo()]
        #expect(got == [true, false, true])
      }
      let got = try second.tryTo()
      #expect(got)
    }
  }

  @Test func `a lock whose file was replaced is not in place`() throws {
    try withScratch { path, folder in
      let lock = try FileLock("lock", in: folder)
      var inPlace = [lock.isInPlace(in: folder)]
      try folder.rename("lock", to: "moved", in: folder)
      inPlace.append(lock.isInPlace(in: folder))
      try write("", to: "\(path)/lock")
      inPlace.append(lock.isInPlace(in: folder))
      #expect(inPlace == [true, false, false])
    }
  }

  @Test func `a note in a lock is left for the next owner`() throws {
    try withScratch { path, folder in
      let lock = try FileLock("lock", in: folder)
      let nothing = lock.note()
      #expect(nothing == [])
      try lock.leave(note: Array("first".utf8))
      try lock.leave(note: Array("2nd".utf8))
      let note = try FileLock("lock", in: folder).note()
      #expect(note == Array("2ndst".utf8))
      try write(String(repeating: "x", count: 100), to: "\(path)/lock")
      let long = lock.note()
      #expect(long.count == 64)
    }
  }

  @Test func `a link is no lock file`() throws {
    try withScratch { path, folder in
      try #require(symlink("victim", "\(path)/lock") == 0)
      #expect(
        failure { () throws(SystemError) in try FileLock("lock", in: folder) } == .symbolicLink)
      #expect(contents(of: "\(path)/victim") == nil)
    }
  }
}

@Suite struct WatchdogDeviceTests {
  @Test func `it is fed with a byte that does not disarm it`() throws {
    try withScratch { path, folder in
      try write("", to: "\(path)/device")
      let device = try WatchdogDevice(path: "\(path)/device")
      try device.feed()
      try device.feed()
      #expect(contents(of: "\(path)/device") == "..")
      try device.allowToStop()
      #expect(contents(of: "\(path)/device") == "..V")
    }
  }

  @Test func `an ordinary file is no watchdog device`() throws {
    try withScratch { path, folder in
      try write("", to: "\(path)/device")
      let device = try WatchdogDevice(path: "\(path)/device")
      let information = device.information()
      #expect(information == nil)
      #expect(failure { () throws(SystemError) in try device.timeout() } != nil)
      #expect(failure { () throws(SystemError) in try device.setTimeout(60) } != nil)
    }
  }

  @Test func `a pipe that nobody reads is no device`() throws {
    try withScratch { path, folder in
      try #require(mkfifo("\(path)/device", 0o600) == 0)
      #expect(
        failure { () throws(SystemError) in try WatchdogDevice(path: "\(path)/device") }
          == .noSuchDevice)
      #expect(
        failure { () throws(SystemError) in try WatchdogDevice(path: "\(path)/no") } == .noSuchFile)
    }
  }
}
