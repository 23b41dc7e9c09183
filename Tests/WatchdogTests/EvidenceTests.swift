import Foundation
import LinuxCalls
import TestSupport
import Testing

@testable import Watchdog

/// What is kept of a program before it is ended, and what is read from it.
@Suite struct EvidenceTests {
  private let name: Name
  private let report = Report(tool: "tool")

  init() throws { name = try #require(Name("web")) }

  private func telling(_ lines: String...) -> Telling {
    Telling(bytes(lines.joined(separator: "\n") + "\n"))
  }

  // MARK: What it tells

  @Test func `threads that wait for the same are told together`() {
    let told = telling(
      "thread 7 7 S futex_wait_queue 3 web", "thread 7 8 S futex_do_wait 0 web",
      "thread 7 9 S futex_wait_queue 0 web")
    #expect(
      told.sentences == [
        "all 3 threads wait for a futex: a lock or a condition of its own",
        "where in its own code, of/NAME/evidence can ask: gdb, jstack or py-spy (watchdog-chain(5))",
      ])
    #expect(told.kind == "a futex: a lock or a condition of its own")
  }

  @Test func `one dead child is not told as several`() {
    for (count, words) in [
      (1, "a dead child that it has not collected (a zombie)"),
      (2, "2 dead children that it has not collected (zombies)"),
    ] {
      #expect(telling("dead children 7 \(count)").sentences.contains(words))
    }
  }

  @Test func `a number that is none of a thread ends nothing`() {
    let told = telling("thread 7 18446744073709551615 S futex_wait_queue 0 web")
    #expect(told.kind == "a futex: a lock or a condition of its own")
  }

  @Test func `the thread that tells something comes before those that wait for work`() {
    let told = telling(
      "thread 7 7 S ep_poll 3 web", "thread 7 8 S ep_poll 0 web",
      "thread 7 9 D nfs_wait_bit_killable 0 worker one")
    #expect(
      told.sentences == [
        "thread 3 (9 worker one) waits for an NFS server (nfs_wait_bit_killable)",
        "2 of 3 threads wait for events (poll) (ep_poll)",
      ])
    #expect(told.kind == "an NFS server, events (poll)")
  }

  @Test func `the file that a thread waits for is named, and its way through the kernel`() {
    let told = telling(
      "thread 7 7 S anon_pipe_read 3 web", "[files 7: 4 open of 1024]", "0 /dev/null",
      "3 pipe:[55]", "[status 7]", "[stack 7 7]", "system call 0 0x3 0x7ffc 0x1 0x0",
      "[<0>] anon_pipe_read+0x1f/0x20", "[<0>] vfs_read+0x2/0x3", "[box]", "[<0>] not_of_it+0x1")
    #expect(
      told.sentences.contains(
        "on its descriptor 3 pipe:[55], which no other process of it has open"))
    #expect(told.sentences.last == "in the kernel: anon_pipe_read < vfs_read")
  }

  @Test(arguments: [
    ("[files 7: 1000 open of 1024]", "1000 of its 1024 files are open"),
    (
      "memory.events oom_kill 2", "its group ran out of memory; 2 processes of it were killed"
    ),
    (
      "pids.events max 5",
      "its group has as many processes as it may: more were refused 5 times"
    ),
  ])
  func `what it ran out of comes first`(line: String, sentence: String) {
    #expect(telling("thread 7 7 S ep_poll 3 web", line).sentences.first == sentence)
  }

  @Test func `who has the lock, what the files are and much memory are told, and are no kind`() {
    let told = telling(
      "thread 7 7 S locks_lock_inode_wait 3 web", "lock 7 9 other one",
      "[files 7: 20 open of 20]", "3 socket:[11] tcp a:1 to b:2", "4 /etc/passwd",
      "5 socket:[12] tcp a:3 to b:4", "VmRSS:\t  204800 kB", "VmSwap:\t  4096 kB",
      "MemTotal:  1024000 kB")
    #expect(
      told.sentences.suffix(3) == [
        "the file lock that process 7 waits for is held by process 9 (other one)",
        "2 of its files are like socket:[11] tcp a:1 to b:2",
        "it has 200 MB in memory, and 4 MB swapped out",
      ])
    #expect(told.kind == "of its files are open, a file lock")
    #expect(telling("VmRSS: 90000 kB", "MemTotal: 1024000 kB").sentences.isEmpty)
  }

  @Test(arguments: [
    "[files 7: 900 open of 1024]", "memory.events oom_kill 0", "[files 7: 3 open of unknown]",
  ])
  func `what is enough is not told`(line: String) {
    #expect(telling("thread 7 7 S ep_poll 3 web", line).sentences.count == 1)
  }

  @Test func `what is alike is of one kind whatever the numbers are`() {
    let one = telling("thread 7 7 R - 3 web", "[files 7: 1024 open of 1024]")
    let other = telling("thread 9 9 R - 8 web", "[files 9: 2048 open of 2048]")
    #expect(one.kind == other.kind && one.sentences != other.sentences)
  }

  // MARK: /proc

  /// A made-up /proc with one process of one thread.
  private func makeProcess(_ world: World) throws {
    try world.makeFolder("proc/7/task/7")
    try world.makeFolder("proc/7/fd")
    try world.write(
      "7 (web) S 1 7 7 0 -1 0 0 0 0 0 3 4 0 0 20 0 1 0 99 0 5\n", to: "proc/7/task/7/stat")
    try world.write("do_epoll_wait", to: "proc/7/task/7/wchan")
    try world.write("Name:\tweb\n", to: "proc/7/status")
    try world.write(
      "Max open files            20                   40   files\n", to: "proc/7/limits")
    try world.symbolicLink("proc/7/fd/3", to: "/var/lib/web/data")
    try world.write("0.1 0.2 0.3 1/2 3\n", to: "proc/loadavg")
    try world.makeFolder("logs")
    try world.write("hello\nlast words\n", to: "logs/web.log")
  }

  private func read(_ world: World) -> (text: String, seconds: Double) {
    let evidence = Evidence(name: name, roots: world.roots, proc: world.path(of: "proc"))
    var text = ""
    let seconds = Patience.seconds { text = evidence.read([7], in: []).text }
    return (text, seconds)
  }

  @Test func `threads, files, limits, the box and the last words are kept`() throws {
    try World.with { world in
      try makeProcess(world)
      let text = read(world).text
      for line in [
        "thread 7 7 S do_epoll_wait 7 web", "[files 7: 1 open of 20]", "3 /var/lib/web/data",
        "Name:\tweb", "load 0.1 0.2 0.3 1/2 3", "last words",
      ] {
        #expect(text.contains("\(line)\n"), "\(line)")
      }
    }
  }

  /// A FIFO in the place of a file holds up who opens it, as /proc does that hangs. In a process of its own, which collects
  /// the copies that were given up.
  @Test func `a proc that hangs costs one second, and only its own part`() async {
    await #expect(processExitsWith: .success) {
      let tests = try EvidenceTests()
      for file in ["task/7/stat", "status", "task/7/stack"] {
        try World.with { world in
          try tests.makeProcess(world)
          unlink(world.path(of: "proc/7/\(file)"))
          try #require(mkfifo(world.path(of: "proc/7/\(file)"), 0o600) == 0)
          let (text, seconds) = tests.read(world)
          try #require(seconds < 1.3, "\(file): \(seconds)")
          try #require(text.contains("[it did not answer in time: cut off here]"))
          try #require(text.contains("last words\n"))
        }
      }
    }
  }

  @Test func `however much there is, it is bounded`() throws {
    try World.with { world in
      try makeProcess(world)
      try world.write(String(repeating: "x", count: 4000) + "\n", to: "proc/7/task/7/stack")
      for thread in 100..<500 {
        try world.makeFolder("proc/7/task/\(thread)")
        for file in ["stat", "stack"] {
          let text = try #require(world.text("proc/7/task/7/\(file)"))
          try world.write(text, to: "proc/7/task/\(thread)/\(file)")
        }
      }
      let text = read(world).text
      #expect(text.utf8.count < EvidenceStore.largest)
      #expect(text.contains("Name:\tweb\n") && text.contains("last words\n"))
    }
  }

  // MARK: The box

  @Test func `of the box those that wait for the kernel are kept with their stacks`() throws {
    try World.with { world in
      try makeProcess(world)
      for (pid, state) in [(7, "D"), (8, "S")] {
        try world.makeFolder("proc/\(pid)")
        try world.write(
          "\(pid) (web) \(state) 1 7 7 0 -1 0 0 0 0 0 3 4 0 0 20 0 1 0 99 0 512\n",
          to: "proc/\(pid)/stat")
      }
      try world.write("[<0>] nfs_wait+0x1/0x2\n", to: "proc/7/task/7/stack")
      let text = BoxEvidence.gather("all is late", proc: world.path(of: "proc")).text
      #expect(text.contains("why all is late\n"))
      #expect(
        text.contains("[2 processes; those that wait for the kernel (D)]\nprocess 7 D parent 1"))
      #expect(text.contains("[stack 7 7]\n[<0>] nfs_wait+0x1/0x2\n"))
      #expect(!text.contains("[stack 8 8]"))
    }
  }
}
