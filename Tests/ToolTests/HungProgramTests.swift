import Foundation
import TestSupport
import Testing

/// Programs that hang and leak, each in its own way (Tests/Zoo/hung.c): does explain name the cause, so that a developer
/// can go on from it?
@Suite(.serialized, .enabled(if: getuid() == 0 && contents(of: "/proc/self/stack") != ""))
struct HungProgramTests {
  /// Built once for all.
  private static let program: String = {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "watchdog-hung-\(ProcessInfo.processInfo.processIdentifier)").path
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let source = checkout.appending(path: "Tests/Zoo/hung.c").path
    let built = TestSupport.run(
      ["cc", "-O1", "-Wall", "-Wextra", "-Werror", "-pthread", "-o", "\(folder)/hung", source])
    return built.code == 0 ? "\(folder)/hung" : ""
  }()

  private static let kinds: [(kind: String, told: [String])] = [
    (
      "futex",
      [
        "all 2 threads wait for a futex: a lock or a condition of its own",
        "of/NAME/evidence can ask", "thread 1 waits for the mutex at 0x",
        "thread 2 waits for the mutex at 0x",
      ]
    ),
    (
      "pipe",
      [
        "its only thread waits for a pipe that nobody writes to", "on its descriptor 3 pipe:[",
        "which no other process of it has open",
      ]
    ),
    (
      "fuse",
      [
        "its only thread waits for a FUSE file system", "fuse_lookup",
        "its mounts of that kind: fuse /mnt dead",
      ]
    ),
    ("loop", ["its only thread is running: in a loop?", "it has used "]),
    ("fork", ["it has 101 processes"]),
    (
      "lock",
      [
        "waits for a file lock (locks_lock_inode_wait)", "on its descriptor 3 ", "/lock",
        "the file lock that process ", " is held by process ", " (hung)",
      ]
    ),
    ("files", ["64 of its 64 files are open", " of its files are like /dev/null"]),
    (
      "socket",
      ["waits for data from a socket", "tcp 127.0.0.1:", " to 127.0.0.1:", " established"]
    ),
    ("leak", ["it has 30", " MB in memory"]),
    ("zombies", ["50 dead children that it has not collected (zombies)"]),
    ("stopped", ["its only thread is stopped by a signal"]),
    (
      "child",
      ["waits for a child of it to end", "waits for a pipe that nobody writes to"]
    ),
    ("vfork", ["waits for a child of it to begin (vfork)"]),
    (
      "accept",
      [
        "waits for a connection to be answered", " listens: 2 connections wait to be accepted",
        " connects, ",
      ]
    ),
    (
      "unread",
      ["waits for events (poll)", " established, 8 bytes came that it has not read"]
    ),
    (
      "background",
      [
        "is stopped by a signal",
        " was stopped by SIGTTIN: it read from its terminal in the background",
      ]
    ),
    (
      "description",
      ["waits for a file lock", "on its descriptor 3 ", "/described, which is open in "]
    ),
    ("queue", ["waits for a message queue", "on its descriptor 3 /hung-"]),
    ("eventfd", ["waits for an eventfd", "on its descriptor 3 anon_inode:[eventfd]"]),
    ("inotify", ["waits for changes of files (inotify)"]),
    (
      "owner",
      [
        "threads 1, 2 wait for the mutex at 0x",
        "that is all, so who had it has ended, or one of them has taken it twice",
      ]
    ),
    (
      "join",
      [
        "thread 1 waits for thread 2 (", "to end (pthread_join)",
        "waits for a pipe that nobody writes to",
      ]
    ),
    ("traced", ["is stopped by a debugger", " is traced by process ", " hung"]),
  ]

  @Test(arguments: kinds)
  func `explain names the cause`(kind: String, told: [String]) async throws {
    try #require(Self.program != "", "cc builds Tests/Zoo/hung.c")
    // There may be no FUSE here.
    try await explain("exec \(Self.program) \(kind)", told, mayLack: kind == "fuse")
  }

  /// Programs of several processes and of other languages: each with what its developer would look for.
  private static let commands: [(command: String, told: [String])] = [
    (
      "echo ready; sleep 1000 | cat | while read -r line; do :; done",
      [
        " cat, ", " wait for a pipe that nobody writes to", ", which is open in ", " sleep, too",
        "waits for a child of it to end",
      ]
    ),
    (
      """
      exec python3 -c 'import subprocess
      print("ready", flush=True)
      subprocess.Popen(["yes"], stdout=subprocess.PIPE).wait()'
      """,
      [
        " yes) waits for a pipe that nobody reads", ", which is open in ", " python3, too",
        " python3) waits for a child of it to end",
      ]
    ),
  ]

  @Test(arguments: commands)
  func `explain names the cause in several processes`(command: String, told: [String])
    async throws
  {
    try await explain(command, told)
  }

  private func explain(_ command: String, _ told: [String], mayLack: Bool = false) async throws {
    try await World.withPrograms { world in
      try world.heart("web", "30\n")
      try world.program("web", "cd \(world.path); \(command)")
      #expect(world.run("run-stamped", "--background", "web").code == 0)
      #expect(await world.waits(upTo: 20) { world.text("logs/web.log")?.contains("\n") == true })
      let words = world.text("logs/web.log") ?? ""
      if mayLack, !words.contains("ready") { return }
      #expect(words.hasPrefix("ready\n"))
      // What comes after that word, it has to come to.
      Patience.pause(seconds: 0.5)
      try world.program("web")
      try world.problem("web")
      #expect(world.run("solve-problems", "--solve", "web").code == 0)
      world.awaitClerk()
      // Without the breaks of lines.
      let page = world.run("watchdog-chain", "explain", "web").output
        .split(whereSeparator: \.isWhitespace).joined(separator: " ")
      for sentence in told { #expect(page.contains(sentence), "\(command): \(page)") }
    }
  }
}
