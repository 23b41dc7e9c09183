import LinuxCalls
import TestSupport
import Testing

@Suite struct ProbeTests {
  @Test func `what a copy answers is heard, and what was answered is not asked again`() throws {
    var probe = try Probe(5)
    probe[2] = 77
    let stuck = try probe.run(patience: .seconds(5), hiding: []) { UInt32($0) * 10 }
    #expect(stuck == nil)
    #expect((0..<5).map { probe[$0] } == [0, 10, 77, 30, 40])
  }

  // In processes of their own: a copy that was killed and is not collected at once, as on a busy machine, would hide the end
  // of each later process from who waits for any child (Swift Testing, for ever).

  @Test func `a question that is waited for in vain is given up, and the others are asked`() async {
    await #expect(processExitsWith: .success) {
      var probe = try Probe(4)
      func ask() throws -> Int? {
        try probe.run(patience: .milliseconds(80), hiding: []) { index in
          if index == 1 { sleep(untilMonotonic: Clock.monotonic + .seconds(600)) }
          return 5
        }
      }
      let begun = Clock.monotonic
      // Where a copy does not even come to the first question in so little time, another one asks it.
      var stuck = try ask()
      while stuck == 0, Clock.monotonic - begun < .seconds(60) { stuck = try ask() }
      try #require(stuck == 1)
      try #require(probe[0] == 5 && probe[1] == nil && probe[2] == nil)
      probe[1] = 0
      while try ask() != nil, Clock.monotonic - begun < .seconds(120) {}
      try #require((0..<4).map { probe[$0] } == [5, 0, 5, 5])
    }
  }

  @Test func `a copy that dies of a question is not waited for`() async {
    await #expect(processExitsWith: .success) {
      var probe = try Probe(2)
      let stuck = try probe.run(patience: .seconds(60), hiding: []) { index in
        if index == 1 { ThisProcess.exit(3) }
        return 1
      }
      try #require(stuck == 1)
    }
  }
}

@Suite struct KilledProbeTests {
  @Test func `a copy that was killed and ends late is collected by a later question`() async {
    await #expect(processExitsWith: .success) {
      var probe = try Probe(2)
      let begun = Clock.monotonic
      func ask(_ answer: (Int) -> UInt32) throws {
        _ = try probe.run(patience: .milliseconds(80), hiding: [], answer)
      }
      while probe[0] == nil, Clock.monotonic - begun < .seconds(60) {
        // Its end takes longer than it is waited for: so much memory has to be freed.
        try ask { index in
          if index == 0 { return UInt32(ThisProcess.pid) }
          var memory = [UInt8](repeating: 1, count: 256 << 20)
          memory[memory.count / 2] = 2
          while memory[memory.count / 2] == 2 {
            sleep(untilMonotonic: Clock.monotonic + .seconds(1))
          }
          return 0
        }
      }
      let copy = Int32(try #require(probe[0]))
      probe[1] = 0
      while ProcessTable.hasProcess(copy), Clock.monotonic - begun < .seconds(120) {
        try ask { _ in 0 }
      }
      try #require(!ProcessTable.hasProcess(copy))
    }
  }
}

@Suite struct EnvironmentValueTests {
  private func value(_ beginning: String, _ text: String) -> String? {
    let bytes = Array(text.utf8).map { $0 == UInt8(ascii: ";") ? 0 : $0 }
    return bytes.value(ofEntry: Array(beginning.utf8), upTo: bytes.count).map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  @Test func `a value is what follows the beginning of an entry`() {
    #expect(value("A=", "A=1;B=2;") == "1")
    #expect(value("B=", "A=1;B=2;") == "2")
    #expect(value("B=", "A=B=1;XB=2;B=3;") == "3")
    #expect(value("B=", "A=B=1;XB=2;") == nil)
    #expect(value("A=", "A=;") == "")
    #expect(value("A=", "") == nil)
  }

  @Test func `millions of empty entries take no time`() {
    var bytes = [UInt8](repeating: 0, count: 64 << 20)
    bytes += Array("A=1".utf8)
    var isFound = false
    #expect(
      Patience.seconds { isFound = bytes.hasEntry(Array("A=1".utf8), upTo: bytes.count) } < 1)
    #expect(isFound)
  }
}

@Suite struct HandedOverTests {
  @Test
  func `a file that a copy opened is ours, and cannot be truncated where the kernel sees to that`()
    throws
  {
    try withScratch { (path: String) in
      let file = try Descriptor.handedOver(untilMonotonic: Clock.monotonic + .seconds(10)) {
        () throws(SystemError) in
        try Descriptor.open("\(path)/file", [.write, .append, .create], mode: 0o600)
      }
      try file.write(Array("words".utf8))
      #expect(try file.status().size == 5)
    }
  }

  @Test func `what the copy fails with is what fails`() {
    #expect(throws: SystemError.noSuchFile) {
      _ = try Descriptor.handedOver(untilMonotonic: Clock.monotonic + .seconds(10)) {
        () throws(SystemError) in try Descriptor.open("/no/such/file", .read)
      }.status()
    }
  }

  @Test func `a copy that is kept waiting is given up`() async {
    await #expect(processExitsWith: .success) {
      let failure = failure { () throws(SystemError) in
        try Descriptor.handedOver(untilMonotonic: Clock.monotonic + .milliseconds(50)) {
          () throws(SystemError) in
          sleep(untilMonotonic: Clock.monotonic + .seconds(600))
          return try Descriptor.openNothing()
        }
      }
      try #require(failure == .wouldWait)
    }
  }
}
