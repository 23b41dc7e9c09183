import Foundation
import LinuxCalls
import TestSupport
import Testing

@testable import CrashSafe

/// Those that wait for each other, and children that have what was open when they were forked.
@Suite struct WaitingTests {
  /// Hands `body` two openings of one file, as two processes have it.
  private func withTwo(
    _ body: (borrowing Descriptor, borrowing Descriptor) throws -> Void
  ) throws {
    try withScratch { folder in
      let flags: OpenFlags = [.readWrite, .create]
      let one = try Descriptor.open("\(folder)/file", flags, mode: 0o600)
      let other = try Descriptor.open("\(folder)/file", flags, mode: 0o600)
      try body(one, other)
    }
  }

  @Test func `one that has waited for long says so`() throws {
    try withTwo { mine, other in
      let isOurs = try waitInTurn(
        at: mine, next: 7, upTo: .seconds(60), progress: { 0 }
      ) { () throws(SystemError) in other.isLocked(byte: 7) }
      #expect(isOurs)
    }
  }

  private func isOurs(
    _ file: borrowing Descriptor, grace: Duration
  ) throws(SystemError) -> Bool {
    try waitInTurn(
      at: file, next: 7, upTo: .milliseconds(30), grace: grace, progress: { 0 }
    ) { () throws(SystemError) in true }
  }

  @Test func `a lock is left to one that has waited for long, though it is free`() throws {
    try withTwo { mine, other in
      let isNobodys = try isOurs(mine, grace: .seconds(3600))
      #expect(isNobodys)
      let isNext = try other.tryToLock(byte: 7)
      #expect(isNext)
      let isTaken = try isOurs(mine, grace: .seconds(3600))
      #expect(!isTaken)
      // It may be stopped itself.
      let isTakenLater = try isOurs(mine, grace: .milliseconds(5))
      #expect(isTakenLater)
    }
  }

  /// Otherwise "another process has it locked and does not go on" would be said of one that does.
  @Test func `a key that others go on to change is waited for longer than patience says`() throws {
    try withScratch { folder in
      let path = "\(folder)/store"
      let one = try KeyValueStore(at: path, durability: .process)
      let other = try KeyValueStore(at: path, durability: .process, patience: .milliseconds(500))
      try one.set("key", to: bytes("0"))
      let isLocked = DispatchSemaphore(value: 0)
      let done = DispatchSemaphore(value: 0)
      Thread.detachNewThread {
        do {
          let lock = try one.lock([KeyName(bytes("key"))])
          isLocked.signal()
          let end = ContinuousClock.now + .seconds(2)
          while ContinuousClock.now < end {
            try one.publish([Change(name: KeyName(bytes("key")), value: bytes("1"))])
          }
          withExtendedLifetime(lock) {}
        } catch { Issue.record(error) }
        done.signal()
      }
      isLocked.wait()
      #expect(reason { () throws(StorageError) in try other.set("key", to: bytes("2")) } == nil)
      done.wait()
      #expect(try one.value(of: "key") == bytes("2"))
    }
  }

  // MARK: Children

  /// Opens again what this process has open in a folder, as a child has it that is forked now.
  private func inherit(_ folder: String, but known: [Int32] = []) -> [Int32] {
    let open = names(in: "/proc/self/fd").compactMap { Int32($0) }
    return open.filter { !known.contains($0) }.compactMap { number in
      let target = try? FileManager.default.destinationOfSymbolicLink(
        atPath: "/proc/self/fd/\(number)")
      guard let target, target.hasPrefix(folder) else { return nil }
      let copy = dup(number)
      return copy < 0 ? nil : copy
    }
  }

  @Test func `a child that was forked in a change holds nobody up`() throws {
    try withScratch { folder in
      var child: [Int32] = []
      defer { for file in child { close(file) } }
      var cache = try Cache(
        of: 0, .inMemory, mark: "mark", in: folder, patience: .milliseconds(100))
      try cache.rebuild { $0 = 1 }
      try cache.change {
        child += inherit(folder)
      } copy: {
        $0 = 2
      }
      #expect(!child.isEmpty)
      try cache.change {
      } copy: {
        $0 = 3
      }
      let store = try KeyValueStore(
        at: "\(folder)/store", durability: .process, patience: .milliseconds(100))
      struct Failed: Error {}
      #expect(throws: StorageOr<any Error>.self) {
        try store.update("key") { _ in
          child += inherit(folder)
          throw Failed()
        }
      }
      try store.set("key", to: [])
    }
  }

  @Test func `a child that was forked while a counter was made holds nobody up`() throws {
    try withScratch { folder in
      let isOver = Flag()
      let hasEnded = DispatchSemaphore(value: 0)
      Thread.detachNewThread {
        var child: [Int32] = []
        while !isOver.isSet, child.count < 500 { child += inherit(folder, but: child) }
        isOver.wait()
        for file in child { close(file) }
        hasEnded.signal()
      }
      for number in 0..<200 {
        let counter = try Counter(
          "count-\(number)", in: folder, patience: .seconds(1), fileSystem: .unchecked)
        #expect(reason { () throws(StorageError) in try counter.increment() } == nil)
      }
      isOver.set()
      hasEnded.wait()
    }
  }
}

/// Something that has happened.
private final class Flag: Sendable {
  private let semaphore = DispatchSemaphore(value: 0)
  var isSet: Bool {
    guard semaphore.wait(timeout: .now()) == .success else { return false }
    semaphore.signal()
    return true
  }
  func set() { semaphore.signal() }
  func wait() {
    semaphore.wait()
    semaphore.signal()
  }
}
