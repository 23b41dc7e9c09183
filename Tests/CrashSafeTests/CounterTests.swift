import CrashSafe
import Foundation
import Testing

@Suite struct CounterTests {
  @Test(arguments: [Durability.process, .power])
  func itCountsOnFromWhereItWas(durability: Durability) throws {
    try withScratch { folder in
      let counter = try Counter("count", in: folder, durability: durability)
      #expect(try counter.value() == 0)
      #expect(try counter.increment() == 1)
      #expect(try counter.increment(by: 41) == 42)
      #expect(try Counter("count", in: folder).value() == 42)
      #expect(try String(contentsOfFile: "\(folder)/count", encoding: .utf8) == "42\n")
    }
  }

  @Test(arguments: ["", "\n", "12", "-1\n", "1 2\n", "x\n", "99999999999999999999\n", " 1\n"])
  func whatNobodyWroteIsToldAndLeftAlone(text: String) throws {
    try withScratch { folder in
      try text.write(toFile: "\(folder)/count", atomically: false, encoding: .utf8)
      let counter = try Counter("count", in: folder)
      #expect(failure { () throws(StorageError) in _ = try counter.value() } == .damaged)
      #expect(failure { () throws(StorageError) in try counter.increment() } == .damaged)
      #expect(try String(contentsOfFile: "\(folder)/count", encoding: .utf8) == text)
    }
  }

  @Test func atItsEndItSaysSoAndStays() throws {
    try withScratch { folder in
      let counter = try Counter("count", in: folder, durability: .process)
      try counter.increment(by: .max)
      #expect(failure { () throws(StorageError) in try counter.increment() } == .overflow)
      #expect(try counter.value() == .max)
    }
  }

  @Test func noTwoThreadsGetTheSameNumber() throws {
    try withScratch { folder in
      let counter = try Counter("count", in: folder, durability: .process)
      let numbers = Numbers()
      DispatchQueue.concurrentPerform(iterations: 8) { _ in
        for _ in 0..<100 { numbers.add((try? counter.increment()) ?? 0) }
      }
      #expect(numbers.all == Array(1...800))
    }
  }

  @Test func noTwoProcessesGetTheSameNumber() throws {
    try withScratch { folder in
      let exerciser = Exerciser(folder: folder, durability: "process", operation: ["increment"])
      let numbers = Numbers()
      DispatchQueue.concurrentPerform(iterations: 4) { _ in
        for _ in 0..<25 {
          let output = (try? exerciser.run())?.output ?? ""
          numbers.add(UInt64(output.dropLast()) ?? 0)
        }
      }
      #expect(numbers.all == Array(1...100))
    }
  }

  @Test func withoutAFolderAboveItItSaysWhichIsMissing() throws {
    try withScratch { folder in
      do throws(StorageError) {
        _ = try Counter("count", in: "\(folder)/no/such")
      } catch {
        #expect(error.reason == .system(ENOENT))
        #expect(error.message == "unable to open \(folder)/no/such: No such file or directory")
      }
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
