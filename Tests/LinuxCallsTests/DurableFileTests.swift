import CLinuxCalls
import TestSupport
import Testing

@testable import LinuxCalls

@Suite struct DurableFileTests {
  @Test func `a file is made and replaced`() throws {
    try withScratch { path, folder in
      try folder.replace("count", Array("a longer first text\n".utf8), durably: true)
      #expect(contents(of: "\(path)/count") == "a longer first text\n")
      try folder.replace("count", Array("second\n".utf8), durably: true)
      #expect(contents(of: "\(path)/count") == "second\n")
      let draft = try folder.statusIfThere(of: ".count")
      #expect(draft == nil)
    }
  }

  @Test func `what a killed tool left is overwritten`() throws {
    try withScratch { path, folder in
      try write("old", to: "\(path)/count")
      try write("half of something that is much longer", to: "\(path)/.count")
      try folder.replace("count", Array("new".utf8), durably: true)
      #expect(contents(of: "\(path)/count") == "new")
    }
  }

  @Test func `a reader of the old file reads it to the end`() throws {
    try withScratch { path, folder in
      try write("old", to: "\(path)/count")
      let open = try folder.openToRead("count")
      try folder.replace("count", Array("new".utf8), durably: true)
      let bytes = try open.readStart(atMost: 10)
      #expect(bytes == Array("old".utf8))
    }
  }

  @Test func `where replacing fails, the old file stays`() throws {
    try withScratch { path, folder in
      try write("old", to: "\(path)/count")
      try folder.makeFolder(".count")
      let error = failure { () throws(SystemError) in
        try folder.replace("count", Array("new".utf8), durably: true)
      }
      #expect(error == .isAFolder)
      #expect(contents(of: "\(path)/count") == "old")
      // What a link at the place of the draft leads to is nobody's to write.
      try #require(rmdir("\(path)/.count") == 0 && symlink("victim", "\(path)/.count") == 0)
      try folder.replace("count", Array("new".utf8), durably: true)
      #expect(contents(of: "\(path)/count") == "new")
      #expect(contents(of: "\(path)/victim") == nil)
      try folder.makeFolder("place")
      #expect(
        failure { () throws(SystemError) in try folder.replace("place", [], durably: true) }
          == .isAFolder)
    }
  }
}

@Suite struct AppendTests {
  @Test func `it is created, and written to at its end`() throws {
    try withScratch { path, folder in
      for text in ["one\n", "two\n"] {
        try folder.openToAppend("log", mode: 0o640).write(Array(text.utf8))
      }
      #expect(contents(of: "\(path)/log") == "one\ntwo\n")
      let status = try folder.status(of: "log")
      #expect(!status.isWritableByOthers && status.permissions & 0o007 == 0)
    }
  }

  @Test func `a link is refused`() throws {
    try withScratch { path, folder in
      try write("untouched", to: "\(path)/victim")
      try #require(symlink("victim", "\(path)/log") == 0)
      #expect(
        failure { () throws(SystemError) in try folder.openToAppend("log", mode: 0o640) }
          == .symbolicLink)
      #expect(contents(of: "\(path)/victim") == "untouched")
    }
  }

  /// Or the program would stand still as soon as the pipe is full.
  @Test func `a FIFO that nobody reads fails without waiting`() throws {
    try withScratch { path, folder in
      try #require(mkfifo("\(path)/log", 0o600) == 0)
      #expect(
        failure { () throws(SystemError) in try folder.openToAppend("log", mode: 0o640) }
          == .noSuchDevice)
      let reader = try folder.openToRead("log")
      let file = try folder.openToAppend("log", mode: 0o640)
      try file.write(Array("text".utf8))
      let bytes = try reader.readStart(atMost: 10)
      #expect(bytes == Array("text".utf8))
    }
  }

  /// Whoever is handed the file must wait for a slow reader, and not lose words.
  @Test func `only the opening does not wait`() throws {
    try withScratch { path, folder in
      let file = try folder.openToAppend("log", mode: 0o640)
      #expect(clinux_fcntl(file.number, F_GETFL, 0) & O_NONBLOCK == 0)
      #expect(clinux_fcntl(file.number, F_GETFL, 0) & O_APPEND != 0)
    }
  }

  @Test(arguments: [("", true), ("\n", true), ("a\n", true), ("a", false), ("a\nb", false)])
  func `a torn last line is noticed`(text: String, isWhole: Bool) throws {
    try withScratch { path, folder in
      try write(text, to: "\(path)/log")
      let ends = try folder.openToRead("log").endsInNewline()
      #expect(ends == isWhole)
    }
  }
}

@Suite struct ReadingTests {
  /// As /proc does, a FIFO hands over less than was asked for.
  @Test(arguments: [0, 1, 4095, 4096, 4097, 50_000])
  func `everything is read however small the buffer`(size: Int) throws {
    try withScratch { path, folder in
      let text = String((0..<size).map { Character(UnicodeScalar(UInt8(0x61 + $0 % 26))) })
      try write(text, to: "\(path)/file")
      for room in [0, 10, 8192] {
        var buffer = [UInt8](repeating: 0xFF, count: room)
        let count = try folder.openToRead("file").readAll(into: &buffer, atMost: 1 << 20)
        #expect(count == size)
        #expect(buffer[..<count].elementsEqual(text.utf8))
      }
    }
  }

  @Test(arguments: [0, 1, 100, 4096, 5000])
  func `no more is returned than the limit`(limit: Int) throws {
    try withScratch { path, folder in
      try write(String(repeating: "x", count: 20_000), to: "\(path)/file")
      var buffer: [UInt8] = []
      let count = try folder.openToRead("file").readAll(into: &buffer, atMost: limit)
      #expect(count == limit)
      #expect(buffer.count < 20_000)
    }
  }

  @Test func `it reads on from where the last read stopped`() throws {
    try withScratch { path, folder in
      try write("0123456789", to: "\(path)/file")
      let file = try folder.openToRead("file")
      _ = try file.readStart(atMost: 4)
      var buffer: [UInt8] = []
      let count = try file.readAll(into: &buffer, atMost: 100)
      #expect(buffer[..<count].elementsEqual("456789".utf8))
    }
  }

  static let ends = [(0, ""), (1, "9"), (4, "6789"), (10, "0123456789"), (11, "0123456789")]

  @Test(arguments: ends)
  func `the end is read`(limit: Int, end: String) throws {
    try withScratch { path, folder in
      try write("0123456789", to: "\(path)/file")
      let bytes = try folder.openToRead("file").readEnd(atMost: limit)
      #expect(bytes == Array(end.utf8))
    }
  }

  @Test func `an empty file has no last line`() throws {
    try withScratch { path, folder in
      try write("", to: "\(path)/file")
      let bytes = try folder.openToRead("file").readEnd(atMost: 10)
      #expect(bytes == [])
    }
  }
}

@Suite struct OpenOrMakeTests {
  private func failure(at path: String) -> SystemError? {
    TestSupport.failure { () throws(SystemError) in try Folder.openOrMake(path) }
  }

  @Test func `it is created once, and only its owner can write it`() throws {
    try withScratch { path, folder in
      #expect(failure(at: "\(path)/data") == nil)
      try write("", to: "\(path)/data/file")
      #expect(failure(at: "\(path)/data") == nil)
      #expect(contents(of: "\(path)/data/file") == "")
      let status = try folder.status(of: "data")
      #expect(!status.isWritableByOthers)
    }
  }

  @Test func `the directories above it are not created`() throws {
    try withScratch { path, folder in
      #expect(failure(at: "\(path)/no/data") == .noSuchFile)
      try write("", to: "\(path)/file")
      #expect(failure(at: "\(path)/file/data") == .notAFolder)
      #expect(failure(at: "\(path)/file") == .notAFolder)
    }
  }

  /// /sys takes no folders, whoever asks.
  @Test func `where nothing can be created, what exists is opened`() throws {
    #expect(failure(at: "/proc/self") == nil)
    #expect(failure(at: "/proc/no-such-folder") != nil)
  }
}

@Suite struct UserTests {
  @Test(arguments: ["root", "0", "00"])
  func `an account has a name and a number`(word: String) {
    let user = User(word)
    #expect(user?.id == 0)
    #expect(user?.group == 0)
    #expect(user?.name == "root")
    #expect(user?.home.isEmpty == false)
  }

  @Test(arguments: [
    "", "no-such-user", "4294967295", "4294967296", "99999999999999999999", "-1", "0x0", "0 ", " 0",
    "2147483000", "root\n",
  ])
  func `a user without an account is nobody`(word: String) {
    #expect(User(word) == nil)
  }
}

@Suite struct DateTests {
  static let dates: [(Duration, String)] = [
    (.zero, "1970-01-01T00:00:00.000Z"), (.milliseconds(1), "1970-01-01T00:00:00.001Z"),
    (.seconds(1_795_449_600) + .milliseconds(120), "2026-11-23T16:00:00.120Z"),
    (.seconds(951_782_399) + .nanoseconds(999_999_999), "2000-02-28T23:59:59.999Z"),
    (.seconds(951_782_400), "2000-02-29T00:00:00.000Z"),
    (.seconds(4_102_444_800), "2100-01-01T00:00:00.000Z"),
    (.seconds(-1), "1969-12-31T23:59:59.000Z"),
  ]

  @Test(arguments: dates)
  func `it is written as RFC 3339 says`(time: Duration, text: String) {
    #expect(time.date == text)
  }

  @Test func `a time that no date can express does not trap`() {
    #expect(Duration.seconds(Int64.max).date.hasSuffix("Z"))
    #expect(Duration.seconds(Int64.min).date.hasSuffix("Z"))
  }
}
