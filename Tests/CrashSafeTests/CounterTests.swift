import CrashSafe
import Foundation
import TestSupport
import Testing

@Suite struct CounterTests {
  private func counter(
    _ folder: String, _ durability: Durability = .process, patience: Duration = .seconds(10)
  ) throws -> Counter {
    try Counter(
      "count", in: folder, durability: durability, patience: patience, fileSystem: .unchecked)
  }

  @Test(arguments: [Durability.process, .power])
  func `it goes on counting from where it was`(durability: Durability) throws {
    try withScratch { folder in
      let one = try counter(folder, durability)
      #expect(try one.value() == 0)
      #expect(try one.increment() == 1)
      #expect(try one.increment(by: 41) == 42)
      #expect(try counter(folder).value() == 42)
      let text = try String(contentsOfFile: "\(folder)/count", encoding: .utf8)
      #expect(text.contains(" 42 "), "cat shows it")
      #expect(names(in: folder) == ["count"], "there is no file beside it")
    }
  }

  @Test(arguments: ["", "\n", "12", "-1\n", "1 2\n", "x\n", "99999999999999999999\n", " 1\n"])
  func `a file that no counter wrote is reported and left alone`(text: String) throws {
    try withScratch { folder in
      try text.write(toFile: "\(folder)/count", atomically: false, encoding: .utf8)
      let counter = try counter(folder)
      #expect(reason { () throws(StorageError) in _ = try counter.value() } == .damaged)
      #expect(reason { () throws(StorageError) in try counter.increment() } == .damaged)
      #expect(try String(contentsOfFile: "\(folder)/count", encoding: .utf8) == text)
    }
  }

  @Test func `a FIFO of its name is reported as what it is, and holds nobody up`() throws {
    try withScratch { folder in
      #expect(mkfifo("\(folder)/count", 0o600) == 0)
      let counter = try counter(folder)
      #expect(reason { () throws(StorageError) in _ = try counter.value() } == .damaged)
      #expect(reason { () throws(StorageError) in try counter.increment() } == .damaged)
    }
  }

  @Test func `it goes on from a number that a person wrote`() throws {
    try withScratch { folder in
      try "1000\n".write(toFile: "\(folder)/count", atomically: false, encoding: .utf8)
      let counter = try counter(folder)
      #expect(try counter.value() == 1000)
      #expect(try counter.increment() == 1001)
      #expect(try counter.increment() == 1002)
      #expect(names(in: folder) == ["count"])
    }
  }

  /// Each number may be torn, in any way: the others stand, and the torn one is not taken for a number.
  @Test(arguments: [0, 4096, 8192])
  func `one of the three numbers may be torn`(place: Int) throws {
    try withScratch { folder in
      let path = "\(folder)/count"
      let counter = try counter(folder)
      for _ in 0..<9 { try counter.increment() }
      let whole = try Data(contentsOf: URL(filePath: path))
      for start in 0..<38 {
        var torn = whole
        for index in start..<38 { torn[place + index] = 0 }
        try torn.write(to: URL(filePath: path))
        let value = try counter.value()
        #expect(value == 8 || value == 9)
        #expect(try counter.increment() == value + 1)
        #expect(try counter.increment() == value + 2)
      }
    }
  }

  /// A digit that is another one does not go through.
  @Test func `three torn numbers are reported`() throws {
    try withScratch { folder in
      let counter = try counter(folder)
      for _ in 0..<9 { try counter.increment() }
      var bytes = try Data(contentsOf: URL(filePath: "\(folder)/count"))
      for place in [0, 4096, 8192] { bytes[place + 18] = 0x31 }
      try bytes.write(to: URL(filePath: "\(folder)/count"))
      #expect(reason { () throws(StorageError) in _ = try counter.value() } == .damaged)
    }
  }

  @Test func `at its largest number it says so and stays there`() throws {
    try withScratch { folder in
      let counter = try counter(folder)
      try counter.increment(by: .max)
      #expect(reason { () throws(StorageError) in try counter.increment() } == .overflow)
      #expect(try counter.value() == .max)
    }
  }

  @Test func `no two threads get the same number`() throws {
    try withScratch { folder in
      let counter = try counter(folder)
      let numbers = Numbers()
      DispatchQueue.concurrentPerform(iterations: 8) { _ in
        for _ in 0..<100 { numbers.add((try? counter.increment()) ?? 0) }
      }
      #expect(numbers.all == Array(1...800))
    }
  }

  @Test func `no two processes get the same number`() throws {
    try withScratch { folder in
      let exerciser = Exerciser(folder: folder, durability: "process", operation: ["increment"])
      let numbers = Numbers()
      DispatchQueue.concurrentPerform(iterations: 4) { _ in
        for _ in 0..<25 {
          let output = exerciser.run().output
          numbers.add(UInt64(output.dropLast()) ?? 0)
        }
      }
      #expect(numbers.all == Array(1...100))
    }
  }

  /// They were one counter's number and another one's lock.
  @Test func `counters with similar names do not meet`() throws {
    try withScratch { folder in
      let names = ["visits", "visits.lock", "visits.new", "visits~"]
      for name in names {
        let counter = try Counter(name, in: folder, durability: .process)
        for _ in 0..<5 { try counter.increment() }
      }
      for name in names {
        #expect(try Counter(name, in: folder, durability: .process).value() == 5)
      }
      #expect(TestSupport.names(in: folder) == names.sorted())
    }
  }

  @Test(arguments: ["", ".", "..", ".hidden", "a/b", "a\0b", String(repeating: "a", count: 201)])
  func `an invalid name is refused`(name: String) throws {
    try withScratch { folder in
      #expect(
        reason { () throws(StorageError) in
          _ = try Counter(name, in: folder, durability: .process)
        } == .wrongName)
      #expect(names(in: folder) == [])
    }
  }

  @Test func `a stopped holder is waited for, and then reported`() throws {
    try withScratch { folder in
      let counter = try counter(folder, patience: .milliseconds(50))
      try counter.increment()
      let file = open("\(folder)/count", O_RDONLY)
      #expect(flock(file, LOCK_EX) == 0)
      #expect(reason { () throws(StorageError) in try counter.increment() } == .held)
      #expect(try counter.value() == 1, "who reads does not wait")
      close(file)
      #expect(try counter.increment() == 2)
    }
  }

  @Test func `while one flushes the others count, and the next flush is for all of them`() throws {
    try withScratch { folder in
      try counter(folder, .power).increment()
      let file = open("\(folder)/count", O_RDWR)
      var byte = flock(l_type: Int16(F_WRLCK), l_whence: 0, l_start: 0, l_len: 1, l_pid: 0)
      try #require(fcntl(file, 37 /* F_OFD_SETLK */, &byte) == 0)
      let numbers = Numbers()
      let threads = DispatchGroup()
      for _ in 0..<4 {
        threads.enter()
        Thread.detachNewThread {
          numbers.add((try? self.counter(folder, .power, patience: .seconds(60)).increment()) ?? 0)
          threads.leave()
        }
      }
      while try counter(folder).value() < 5 { usleep(1000) }
      #expect(numbers.all == [], "it is not on the disk yet")
      close(file)
      threads.wait()
      #expect(numbers.all == [2, 3, 4, 5])
    }
  }

  @Test func `a counter whose directory was removed says so, and not that it is at 0`() throws {
    try withScratch { folder in
      let counter = try counter("\(folder)/there", .process)
      #expect(try counter.value() == 0)
      try counter.increment()
      try FileManager.default.removeItem(atPath: "\(folder)/there")
      #expect(reason { () throws(StorageError) in _ = try counter.value() } == .system(ENOENT))
      #expect(reason { () throws(StorageError) in try counter.increment() } == .system(ENOENT))
    }
  }

  @Test func `it counts in the file that has the name, not in one that it has open`() throws {
    try withScratch { folder in
      let counter = try counter(folder)
      for _ in 0..<5 { try counter.increment() }
      rename("\(folder)/count", "\(folder)/old")
      #expect(try counter.increment() == 1)
      #expect(try Counter("old", in: folder, durability: .process).value() == 5)
    }
  }

  @Test func `a file of two blocks, of an earlier version, is counted on in`() throws {
    try withScratch { folder in
      let path = "\(folder)/count"
      for _ in 0..<9 { try counter(folder).increment() }
      truncate(path, 4096 + 38)
      #expect(try counter(folder).value() >= 8)
      let value = try counter(folder).value()
      #expect(try counter(folder, .power).increment() == value + 1)
      #expect(try counter(folder, .power).increment() == value + 2)
      #expect(names(in: folder) == ["count"])
    }
  }

  @Test func `the reason is the right one, and a sentence`() throws {
    try withScratch { folder in
      do throws(StorageError) {
        _ = try Counter("count", in: "\(folder)/no/such")
        Issue.record("it was opened")
      } catch {
        #expect(error.reason == .system(ENOENT))
        #expect("\(error)" == "unable to open \(folder)/no/such: No such file or directory")
        #expect((error as any Error).localizedDescription == "\(error)")
      }
      try "x".write(toFile: "\(folder)/file", atomically: false, encoding: .utf8)
      #expect(
        reason { () throws(StorageError) in _ = try Counter("count", in: "\(folder)/file") }
          == .system(ENOTDIR))
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root may mount"))
  func `it goes on counting on a full disk`() throws {
    try withScratch { folder in
      try #require(mount("tmpfs", folder, "tmpfs", 0, "size=256k") == 0)
      defer { umount2(folder, Int32(MNT_DETACH)) }
      let counter = try counter(folder, .power)
      try counter.increment()
      let size = 1 << 20
      let filler = open("\(folder)/filler", O_WRONLY | O_CREAT, 0o600)
      while write(filler, [UInt8](repeating: 1, count: size), size) > 0 {}
      close(filler)
      for number in 2...50 { #expect(try counter.increment() == UInt64(number)) }
      #expect(
        reason { () throws(StorageError) in
          try Counter("another", in: folder).increment()
        } == .system(ENOSPC))
      #expect(names(in: folder) == ["count", "filler"], "nothing is left behind")
    }
  }
}

/// Numbers that several threads collect.
final class Numbers: @unchecked Sendable {
  private let lock = NSLock()
  private var numbers: [UInt64] = []

  func add(_ number: UInt64) { lock.withLock { numbers.append(number) } }

  /// In order.
  var all: [UInt64] { lock.withLock { numbers.sorted() } }
}
