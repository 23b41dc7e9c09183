import CLinuxCalls
import LinuxCalls
import Testing

/// A /proc/PID/stat as proc_pid_stat(5) describes it.
private func stat(
  _ name: String, state: String = "S", parent: String = "1", threads: String = "1",
  start: String = "5678"
) -> [UInt8] {
  let before = "\(state) \(parent) 1230 1200 34816 -1 4194560 1 2 3 4 5 6 7 8 20 0"
  let after = "8192 3 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0"
  return Array("1234 (\(name)) \(before) \(threads) 0 \(start) \(after)\n".utf8)
}

@Suite struct ProcessStatusTests {
  @Test func `the fields are those of the manual`() throws {
    let status = try #require(ProcessStatus(parsing: stat("web", parent: "77", threads: "4")))
    #expect(status.identity == ProcessIdentity(pid: 1234, startTime: 5678))
    #expect(status.command == Array("web".utf8))
    #expect(status.state == UInt8(ascii: "S"))
    #expect(status.parent == 77)
    #expect(status.group == 1230)
    #expect(status.session == 1200)
    #expect(status.threads == 4)
    #expect(!status.isKernelThread)
  }

  @Test func `a kernel thread is recognized by its flag`() throws {
    let text = String(decoding: stat("kthreadd"), as: UTF8.self)
    let thread = text.replacing(" 4194560 ", with: " 2129984 ")
    #expect(try #require(ProcessStatus(parsing: Array(thread.utf8))).isKernelThread)
  }

  @Test(arguments: [
    "", " ", ")", "(", "()", "a b", "a) Z 1 2", "((sd-pam))", "a\nb", "a) S 1 2 3\n4 (b", "1 2 3",
  ])
  func `a name may hold brackets, spaces and newlines`(name: String) throws {
    let status = try #require(ProcessStatus(parsing: stat(name)))
    #expect(status.command == Array(name.utf8))
    #expect(status.state == UInt8(ascii: "S"))
    #expect(status.parent == 1)
    #expect(status.identity == ProcessIdentity(pid: 1234, startTime: 5678))
  }

  @Test func `a name need not be text`() throws {
    let bytes = stat("xx").map { $0 == UInt8(ascii: "x") ? 0xFF : $0 }
    #expect(try #require(ProcessStatus(parsing: bytes)).command == [0xFF, 0xFF])
  }

  static let deaths: [(state: String, threads: String, isDead: Bool)] = [
    ("Z", "1", true), ("Z", "0", true), ("X", "1", true),
    // Its first thread has ended, and the others work on.
    ("Z", "2", false), ("Z", "17", false),
    ("R", "1", false), ("S", "1", false), ("D", "1", false), ("T", "1", false), ("I", "1", false),
  ]

  @Test(arguments: deaths)
  func `a zombie is dead unless other threads run`(state: String, threads: String, isDead: Bool)
    throws
  {
    let status = try #require(ProcessStatus(parsing: stat("web", state: state, threads: threads)))
    #expect(status.isDead == isDead)
  }

  static let garbage: [(String, [UInt8])] = [
    ("nothing", []),
    ("no brackets", Array("1234 web S 1 2".utf8)),
    ("one bracket", Array("1234 (web S 1 2".utf8)),
    ("brackets the wrong way round", Array("1234 )web( S 1 2".utf8)),
    ("too few fields", Array("1234 (web) S 1 2 3".utf8)),
    ("no number in front", Array(stat("web").dropFirst(4))),
    ("no parent", stat("web", parent: "x")),
    ("no threads", stat("web", threads: "x")),
    ("no start", stat("web", start: "x")),
    ("nothing but a name", Array("(web)".utf8)),
    ("binary", Array(0...255)),
  ]

  @Test(arguments: garbage)
  func `garbage is no status`(_ what: String, bytes: [UInt8]) {
    #expect(ProcessStatus(parsing: bytes) == nil)
  }

  @Test func `numbers that are too large do not trap`() throws {
    let status = try #require(
      ProcessStatus(
        parsing: stat("web", parent: "-9223372036854775809", start: "18446744073709551615")))
    #expect(status.parent == .min)
    #expect(status.identity.startTime == UInt64(Int64.max))
  }
}

@Suite struct ProcessIdentityTests {
  @Test(arguments: [
    ProcessIdentity(pid: 1, startTime: 0), ProcessIdentity(pid: 4_194_304, startTime: 123_456),
    ProcessIdentity(pid: .max, startTime: .max),
  ])
  func `what was written is read again`(process: ProcessIdentity) {
    #expect(ProcessIdentity(parsing: Array(process.text.utf8)) == process)
    #expect(ProcessIdentity(parsing: Array("\(process.text)\n".utf8)) == process)
  }

  @Test func `it is the number and the start time`() {
    #expect(ProcessIdentity(pid: 1234, startTime: 567_890).text == "1234 567890")
  }

  @Test(arguments: [
    "", "\n", "1234", "1234\n", "1234 ", " 1234 5", "1234 5 6", "12345", "0 5", "-1 5", "+1 5",
    "1234 -5", "2147483648 5", "99999999999999999999 5",
    "1234 18446744073709551616", "web 5", "1234 web", "1234.0 5", "1234 5\0",
  ])
  func `garbage is no process`(text: String) {
    #expect(ProcessIdentity(parsing: Array(text.utf8)) == nil)
  }

  @Test func `binary data is no process`() {
    #expect(ProcessIdentity(parsing: Array(0...255)) == nil)
    #expect(ProcessIdentity(parsing: [UInt8](repeating: 0x31, count: 64)) == nil)
  }
}

@Suite struct ProcessTableTests {
  /// No process has so large a number (PID_MAX_LIMIT in proc_sys_kernel(5)).
  private let nobody: Int32 = .max

  @Test func `the process that asks runs`() throws {
    let table = try ProcessTable()
    let own = try ProcessIdentity.own()
    let isGone = try table.isGone(own)
    #expect(own.pid == getpid())
    #expect(own.startTime > 0)
    #expect(!isGone)
    #expect(ProcessTable.hasProcess(own.pid))
  }

  @Test(arguments: [-1, 1] as [Int64])
  func `a process of our number, started at another time, is gone`(ticks: Int64) throws {
    let table = try ProcessTable()
    let own = try ProcessIdentity.own()
    let startTime = UInt64(Int64(own.startTime) + ticks)
    let isGone = try table.isGone(ProcessIdentity(pid: own.pid, startTime: startTime))
    #expect(isGone)
  }

  @Test func `a number that nobody has is gone`() throws {
    let table = try ProcessTable()
    let isGone = try table.isGone(ProcessIdentity(pid: nobody, startTime: 1))
    let status = try table.status(of: nobody)
    #expect(isGone)
    #expect(status == nil)
    #expect(!ProcessTable.hasProcess(nobody))
  }

  @Test func `a process that is not ours runs`() throws {
    let table = try ProcessTable()
    let status = try table.status(of: 1)
    let first = try #require(status)
    let isGone = try table.isGone(first.identity)
    #expect(!isGone)
    #expect(ProcessTable.hasProcess(1))
  }

  @Test func `our status is what the kernel says`() throws {
    let table = try ProcessTable()
    let own = try table.status(of: getpid())
    let status = try #require(own)
    #expect(status.parent == getppid())
    #expect(status.group == getpgrp())
    #expect(status.session == getsid(0))
    #expect(status.threads >= 1)
    #expect(!status.isDead)
  }

  @Test func `every process is shown, and nothing else`() throws {
    let table = try ProcessTable()
    var pids: [Int32] = []
    try table.forEachProcess { pid throws(SystemError) in pids.append(pid) }
    #expect(pids.contains(getpid()))
    #expect(pids.contains(1))
    #expect(pids.allSatisfy { $0 > 0 })
    #expect(Set(pids).count == pids.count)
  }

  @Test func `a process keeps its mark from list to list, and shares it with no other`() throws {
    let table = try ProcessTable()
    var lists: [[ListedProcess]] = [[], []]
    for index in lists.indices {
      try table.forEachListed { process throws(SystemError) in lists[index].append(process) }
    }
    for pid in [1, getpid()] {
      let marks = lists.map { $0.filter { $0.pid == pid }.map(\.mark) }
      #expect(marks[0].count == 1)
      #expect(marks[0] == marks[1])
    }
    #expect(Set(lists[0].map(\.mark)).count == lists[0].count)
  }

  @Test func `the executable is the file that runs`() throws {
    let table = try ProcessTable()
    let own = table.executable(of: getpid())
    let path = try #require(own)
    #expect(path.first == UInt8(ascii: "/"))
    let folder = try #require(ThisProcess.executableFolder)
    #expect(String(decoding: path, as: UTF8.self).hasPrefix("\(folder)/"))
    let none = table.executable(of: nobody)
    #expect(none == nil)
  }

  @Test func `the holder of a device is found`() throws {
    let zero = try Descriptor.open("/dev/zero", .read)
    let node = try zero.status().node
    let table = try ProcessTable()
    let found = table.descriptor(of: getpid(), forAnyOf: [node])
    var status = CLinuxCalls.stat()
    let result = fstat(try #require(found), &status)
    #expect(result == 0)
    #expect(clinux_major(status.st_rdev) == node.major)
    #expect(clinux_minor(status.st_rdev) == node.minor)
    // Nobody in here holds this one.
    let full = try Folder(path: "/dev").status(of: "full").node
    let none = table.descriptor(of: getpid(), forAnyOf: [full])
    #expect(none == nil)
    withExtendedLifetime(zero) {}
  }
}
