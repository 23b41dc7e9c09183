import Foundation
import TestSupport
import Testing

/// Detectors that are broken: right words, no restart, and no pile of processes.
extension DetectorTests {
  /// Each is a mistake that people make.
  private static let broken: [(body: String, words: String)] = [
    ("exit 3", "/etc/detectors/disk ended with exit code 3"),
    ("kill -9 $$", "/etc/detectors/disk was ended by signal 9"),
    ("sleep 1000", "/etc/detectors/disk did not exit within 1 s and was killed"),
    ("trap '' TERM INT HUP; while :; do sleep 1; done", "did not exit within 1 s and was killed"),
    ("kill -STOP $$", "did not exit within 1 s and was killed"),
    ("sleep 1000 & wait", "did not exit within 1 s and was killed"),
    ("yes", "did not exit within 1 s and was killed"),
    ("echo first; echo second; exit 1", "first"),
    ("echo; echo '   '; echo third; exit 1", "third"),
    ("echo told >&2; exit 1", "told"),
    ("printf 'no newline'; exit 1", "no newline"),
    ("printf '\\033[31mred\\n'; exit 1", "\\x1B[31mred"),
    ("nosuchcommand", "nosuchcommand"),
    ("if", "yntax error"),
    ("echo \"CRITICAL - x | y=1;2;3\"; exit 2", "CRITICAL - x"),
    ("head -c 100000 /dev/zero | tr '\\0' x; exit 1", "xxxx"),
    ("echo left; setsid sleep 1000 & exit 1", "left"),
    ("exec <&- >&- 2>&-; exit 4", "ended with exit code 4"),
    ("exec 1>&- 2>&-; sleep 1000", "did not exit within 1 s and was killed"),
    ("rm -f \"$0\"; echo 'it is gone now'; exit 1", "it is gone now"),
    ("for n in 1 2 3 4 5 6 7 8 9; do sleep 1000 & done; exit 1", "ended with exit code 1"),
    ("for n in 1 2 3 4 5; do setsid sleep 1000 & done; wait", "did not exit within 1 s"),
    ("printf '\\377'; head -c 10000000 /dev/urandom; printf '\\377'; exit 1", "\\xff"),
    ("head -c 10000000 /dev/zero; exit 1", "ended with exit code 1"),
    ("printf '\\n\\n\\n'; exit 1", "ended with exit code 1"),
    ("(trap '' TERM HUP; exec sleep 1000) & echo gone; exit 1", "gone"),
    ("kill -SEGV $$", "was ended by signal 11"),
    ("kill -KILL 0", "was ended by signal 9"),
    ("echo 'exit 0' >\"$0\"; echo changed; exit 1", "changed"),
    ("exec \"$0\"", "did not exit within 1 s and was killed"),
    ("exit 126", "disk ended with exit code 126"),
    ("read -r line; echo \"<$line>\"; exit 1", "<>"),
    ("exec 1>/dev/full; echo words; exit 1", "disk"),
    ("printf 'caf\\351 \\377\\376\\n'; exit 1", "caf\\xe9 \\xff\\xfe"),
    ("exec python3 -c 'import nosuch'", "ModuleNotFoundError: No module named 'nosuch'"),
  ]

  /// What stands where a detector should be, and is none.
  private static let odd: [(make: String, words: String)] = [
    ("mkdir disk", "it is a directory: put an executable in its place"),
    ("mkfifo disk", "it is a FIFO"),
    ("ln -s /nonexistent disk", "No such file or directory"),
    ("ln -s disk disk", "Too many levels of symbolic links"),
    (
      "printf '#!/nonexistent\\n' >disk; chmod 755 disk",
      "the interpreter that its first line names is missing"
    ),
    ("printf '#!/etc\\n' >disk; chmod 755 disk", "Permission denied"),
    (
      "printf '#!/bin/sh\\r\\nexit 0\\n' >disk; chmod 755 disk",
      "the interpreter that its first line names is missing"
    ),
    ("printf 'exit 3\\n' >disk; chmod 755 disk", "disk ended with exit code 3"),
    ("head -c 4000 /dev/urandom >disk; chmod 755 disk", "etc/detectors/disk"),
    ("printf '\\177ELF\\2\\1\\1' >disk; chmod 755 disk", "not found"),
    ("printf '#!/bin/sh\\nexit 1\\n' >disk; chmod 311 disk", "ended with exit code 1"),
    ("printf '#!/bin/sh\\n' >disk; chmod 755 disk; chown 65534 disk", "belongs to"),
  ]

  @Test(arguments: DetectorTests.odd)
  func `what is no detector is a problem with the right words`(
    make: String, words: String
  ) async throws {
    try await World.withPrograms { world in
      try world.makeFolder("etc/detectors")
      #expect(
        TestSupport.run(["sh", "-c", "cd \(world.path)/etc/detectors && \(make)"]).code == 0)
      #expect(world.run("mark-problems").code == 0)
      let found = await problem(world)
      #expect(found?.first == "detectors/disk", "\(make): \(found ?? [])")
      #expect(found?.last?.contains(words) == true, "\(make): \(found ?? [])")
      await rests(world, "disk")
    }
  }

  @Test(arguments: DetectorTests.broken)
  func `one that is broken says so, restarts nothing and leaves nobody`(
    body: String, words: String
  ) async throws {
    try await World.withPrograms { world in
      try detector(world, body)
      try world.setting("disk", "detect-time", "1")
      try world.script("etc/restart-system", "touch \(world.path)/restarted")
      var clock = FakeClock()
      #expect(world.run("mark-problems", at: clock).code == 0)
      let found = await problem(world)
      #expect(found?.first == "detectors/disk")
      #expect(
        found?.last?.contains(words.replacing("\\x1B", with: "\\x1b")) == true, "\(found ?? [])")
      clock.advance(1000)
      for tool in ["solve-problems", "check-solutions"] {
        #expect(world.run(tool, at: clock).code == 0)
      }
      #expect(!world.exists("restarted"))
      let mark = "WATCHDOG_STATE=\(world.state.path)"
      #expect(
        await world.waits(upTo: 30) {
          World.living { World.environment(of: $0).contains(mark) }.isEmpty
        })
    }
  }

  /// Each that has ended is a number of a process less for everybody else.
  @Test func `what a fork bomb left is gone at once, however many there are`() async throws {
    try await World.withPrograms { world in
      try detector(world, "n=0; while [ $n -lt 1500 ]; do sleep 1000 & n=$((n + 1)); done; exit 1")
      try world.setting("disk", "detect-time", "60")
      #expect(world.run("mark-problems").code == 0)
      #expect(await world.waits(upTo: 60) { world.exists("run/problems/disk") })
      let mark = "WATCHDOG_STATE=\(world.state.path)"
      #expect(
        await world.waits(upTo: 15) {
          World.living { World.environment(of: $0).contains(mark) }.isEmpty
        })
    }
  }

  @Test func `one that is still being written says so`() async throws {
    try await World.withPrograms { world in
      try world.makeFolder("etc/detectors")
      let path = world.path(of: "etc/detectors/disk")
      try FileManager.default.copyItem(atPath: "/bin/true", toPath: path)
      let writer = try #require(FileHandle(forWritingAtPath: path))
      #expect(world.run("mark-problems").code == 0)
      #expect(await problem(world)?.last?.contains("Text file busy") == true)
      try writer.close()
    }
  }
}
