import Foundation
import Rules
import Testing

@testable import LinuxCalls
@testable import Overview
@testable import Watchdog

/// The rules of check, on configurations that are made up.
@Suite struct ConfigurationRulesTests {
  typealias Change = @Sendable (inout Configuration) -> Void

  private func found(_ change: Change) -> [Finding] {
    ConfigurationRules.all.findings(in: Made.configuration(change)).told
  }

  @Test func `of a configuration that is right there is nothing to say`() {
    #expect(found { _ in }.lines == [])
  }

  /// A configuration, the rule that says something of it, and what it says.
  static let mistakes: [(rule: String, words: String, change: Change)] = [
    (
      "folders", "hearts: others can write to it: chmod go-w",
      { $0.folders[1] = Made.folder("hearts", mode: 0o777) }
    ),
    ("folders", "of: it belongs to user 7", { $0.folders[5] = Made.folder("of", owner: 7) }),
    (
      "names", "hearts/a.b: passed over: a name is made of",
      { $0.folders[1].others = [Array("a.b".utf8)] }
    ),
    (
      "rights", "chain/x: others can write to it",
      { $0.folders[2].files.append(Made.file("chain/x", mode: 0o666)) }
    ),
    (
      "daemons", "hearts/web: restarting cron ends all that it started",
      { $0.daemons = [(Made.web, "cron")] }
    ),
    ("daemons", "restarting sshd logs out", { $0.daemons = [(Made.web, "sshd")] }),
    (
      "sudo", "/s: env_keep lets users who may run a tool by sudo",
      { $0.sudoers = [("/s", "env_keep")] }
    ),
    ("password", "has expired: then PAM has cron start nothing", { $0.daysOfRoot = -1 }),
    ("password", "expires in 5 days", { $0.daysOfRoot = 5 }),
    ("values", "grace: it is empty", { $0.mistakes = [("grace", "it is empty")] }),
    ("unread", "grcae: no tool reads this", { $0.folders[0].files = [Made.file("grcae")] }),
    (
      "of", "of/wbe: there is no heart, program", { $0.own = [OwnSettings(name: Made.name("wbe"))] }
    ),
    ("limits", "hearts/web: a limit of 1 s", { $0.hearts = [Made.heart(limit: 1)] }),
    ("two lines", "hearts/web: it has two lines", { $0.twoLines = [("hearts/web", 30, 120)] }),
    ("links", "5 s is too short for a busy box", { $0.links[0].limit = .seconds(5) }),
    (
      "links", "beat never says that it is alive",
      { $0.links.append((Made.name("beat"), .seconds(10))) }
    ),
    (
      "starts", "a start took 130.0 s until the first beat",
      { $0.hearts[0].starts.longest = .seconds(130) }
    ),
    (
      "crontab", "w: others can write to it, so cron",
      {
        var file = Made.crontab("")
        file.status = Made.status(S_IFREG | 0o666)
        $0.crontabs = [file]
      }
    ),
    (
      "crontab", "cron passes over it",
      {
        var file = Made.crontab("")
        file.isRead = false
        $0.crontabs = [file]
      }
    ),
    (
      "syntax", "line 1: MAILTO= has no value, and cron drops",
      { $0.crontabs = [Made.crontab("MAILTO=\n")] }
    ),
    (
      "syntax", "its last line has no newline",
      { $0.crontabs = [Made.crontab("* * * * * root true")] }
    ),
    (
      "percent", "cron takes a % for the end",
      { $0.crontabs = [Made.crontab("* * * * * root beat web; date +%s\n")] }
    ),
    (
      "programs", "there is no beat in its PATH",
      {
        $0.crontabs = [Made.crontab("")]
        $0.crontabs[0].calls = [.init(line: 1, word: "beat", path: "/bin", isThere: false)]
      }
    ),
    (
      "beats", "a limit of 30 s, but line 1 of /etc/cron.d/w beats each 60 s",
      { $0.crontabs = [Made.crontab("* * * * * root beat web\n")] }
    ),
    (
      "beats", "it beats for db, which has no heart",
      { $0.crontabs = [Made.crontab("* * * * * root beat db\n")] }
    ),
    (
      "services", "it leads nowhere",
      { $0.services.timers = [.init(file: "/t", name: "t", helper: "x", isThere: false)] }
    ),
    (
      "runs", "nothing runs mark-problems",
      { $0.running.starts.removeAll { $0.tool == "mark-problems" } }
    ),
    (
      "runs once", "mark-problems is run by two different lines",
      {
        $0.running.starts.append(.init(tool: "mark-problems", file: "/etc/cron.d/w", helper: "two"))
      }
    ),
    ("runs links", "it does not name check-solutions", { $0.links.removeLast() }),
    ("executables", "programs/web: it is empty", { $0.executables[0].mistake = "it is empty" }),
    ("executables", "restart-system: it is missing", { $0.executables.removeLast() }),
    (
      "attempts", "solve-time: 2 s is less than restarting",
      { $0.numbers.set(.solveTime, .seconds(2)) }
    ),
    (
      "restart time", "restart-within: 2 s is less", { $0.numbers.set(.restartWithin, .seconds(2)) }
    ),
    (
      "windows", "restarts-window: 95 s is too short to count 3",
      { $0.numbers.set(.restartsWindow, .seconds(95)) }
    ),
    (
      "windows", "reboots-window: 1504 s of running",
      { $0.numbers.set(.rebootsWindow, .seconds(1504)) }
    ),
    (
      "owners", "user 1001 beats for it",
      {
        $0.hearts[0].heart.owner = 1000
        $0.hearts[0].named = 1001
      }
    ),
  ]

  @Test(arguments: mistakes.indices)
  func `a mistake is found by its rule`(index: Int) throws {
    let (rule, words, change) = Self.mistakes[index]
    let own = found(change).filter { "\($0.id)" == rule }
    let finding = try #require(own.first { $0.line.contains(words) }, "\(found(change).lines)")
    #expect(finding.severity == .warning)
  }

  @Test func `a daemon that is only marked is no danger`() {
    let found = found {
      $0.daemons = [(Made.web, "sshd")]
      $0.own = [OwnSettings(name: Made.web, lastStep: .mark)]
    }
    #expect(!found.lines.contains { $0.contains("sshd") })
  }

  @Test func `a daemon is known by its name, and by what its program executes`() {
    func daemon(_ name: String, _ program: String) -> String? {
      Daemons.daemon(Made.name(name), program: Array(program.utf8))
    }
    #expect(daemon("ssh", "") == "ssh" && daemon("cron", "") == "cron")
    #expect(daemon("logins", "#!/bin/sh\n# runs it\nexec /usr/sbin/sshd -D\n") == "sshd")
    #expect(daemon("web", "#!/bin/sh\n# not sshd\nexec ssh other tail\n") == nil)
  }

  @Test func `what sudo hands on is read`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "sudo-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let etc = folder.appending(path: "etc/sudoers.d")
    try FileManager.default.createDirectory(at: etc, withIntermediateDirectories: true)
    func read(_ text: String) throws -> [String] {
      try text.write(to: etc.appending(path: "ours"), atomically: true, encoding: .utf8)
      var all = Configuration(
        roots: Made.roots, around: Outside(root: folder.path), seesOutside: true, runner: 0)
      all.readDangers()
      return all.sudoers.map { $0.word }
    }
    #expect(try read("Defaults env_keep += \"WATCHDOG_CONFIG LANG\"\n") == ["env_keep"])
    #expect(try read("Defaults:bob !env_reset\n") == ["!env_reset"])
    #expect(try read("# Defaults env_keep += WATCHDOG_CONFIG\nDefaults env_keep += LANG\n") == [])
  }

  @Test func `when PAM lets root do nothing any more is known from his line of shadow`() {
    func days(_ line: String) -> Int64? {
      Configuration.daysOfRoot(Array("bin:*:1:0:1:7:::\n\(line)\n".utf8), today: 20_000)
    }
    #expect(days("root:x:19000:0:99999:7:::") == nil && days("root:*:19000::::::") == nil)
    #expect(days("root:x:0:0:99999:7:::") == -1)
    #expect(days("root:x:19990:0:90:7:::") == 80 && days("root:x:19900:0:90:7:::") == -10)
    #expect(days("root:x:19990:0:90:7::20005:") == 5 && days("") == nil)
    #expect(days("root:x:9223372036854775807:0:90:7:::") ?? 0 > 20_000, "garbled")
  }

  static let notes: [(rule: String, words: String, change: Change)] = [
    (
      "names", "passed over: hearts/web counts instead",
      { $0.folders[1].others = [Array("web.bak".utf8)] }
    ),
    ("users", "user 0, which has no name", { $0.hearts[0].hasUser = false }),
    ("owners", "it belongs to user 1000, who can set", { $0.hearts[0].heart.owner = 1000 }),
    (
      "hearts", "there is no heart",
      {
        $0.hearts = []
        $0.folders[1].files = []
      }
    ),
    (
      "starts", "started 3 times in a row",
      {
        $0.hearts[0].starts.inVain = 3
        $0.hearts[0].starts.triedLimit = .seconds(120)
      }
    ),
    ("boot", "no line of the crontab starts them at boot", { $0.running.byCron = true }),
    ("runs", "nothing was found that runs the tools", { $0.running.starts = [] }),
    ("executables", "no interpreter line", { $0.executables[0].hasNoInterpreter = true }),
    ("executables", "1 executables cannot be examined", { $0.executables[0].isUnseen = true }),
    ("windows", "so 5 reboots may not fit", { $0.hearts = [Made.heart(start: 3600)] }),
    ("reach", "nothing here mends it", { $0.folders[3].files = [] }),
    (
      "timeout", "15 s is less than the 62 s",
      {
        $0.numbers.set(.deviceTimeout, .seconds(15))
        $0.running.byCron = true
      }
    ),
    ("timeout", "75 s is not less than", { $0.numbers.set(.devicePretimeout, .seconds(75)) }),
    (
      "no device", "is no watchdog device (a character device)",
      { $0.devices = [Made.device(isWatchdog: false)] }
    ),
  ]

  @Test(arguments: notes.indices)
  func `what is no mistake is only worth knowing`(index: Int) throws {
    let (rule, words, change) = Self.notes[index]
    let all = found(change)
    let finding = try #require(all.first { $0.line.contains(words) }, "\(all.lines)")
    #expect("\(finding.id)" == rule && finding.severity == .note)
  }

  @Test func `on a box that only marks problems nothing about solving is a mistake`() {
    let all = found {
      $0.running.starts.removeAll { $0.tool != "mark-problems" }
      $0.numbers.set(.solveTime, .seconds(1))
      $0.executables = []
    }
    #expect(all.allSatisfy { $0.severity == .note }, "\(all.lines)")
  }

  @Test func `the worst case is a sum of what is configured`() {
    let words = Made.configuration { $0.links[1].limit = .seconds(20) }.worstCases
    #expect(words[0].contains("reset 95 s after a tool") && words[2].contains("152 s until"))
  }

  @Test func `sums of what people wrote do not overflow`() {
    #expect(NumberRules.sum([.max, 1]) == .max && NumberRules.times(.max, 2) == .max)
  }
}
