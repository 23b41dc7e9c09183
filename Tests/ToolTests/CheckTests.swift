import Foundation
import TestSupport
import Testing

/// One mistake: how it is made, what must be said of which file, and how it is mended.
struct CheckCase: Sendable, CustomTestStringConvertible {
  /// How it is mended.
  enum Cure: Sendable {
    /// By the command at the end of what was said, as a person would.
    case told
    case by(@Sendable (World) throws -> Void)
  }

  let file: String
  let words: [String]
  let make: @Sendable (World) throws -> Void
  let cure: Cure
  var needsRoot = false

  var testDescription: String { "\(file): \(words.joined(separator: ", "))" }

  init(
    _ file: String, _ words: String..., needsRoot: Bool = false, cure: Cure,
    make: @escaping @Sendable (World) throws -> Void
  ) {
    self.file = file
    self.words = words
    self.make = make
    self.cure = cure
    self.needsRoot = needsRoot
  }

  /// A file that holds something wrong, and then something right.
  static func value(
    _ file: String, _ wrong: String, _ right: String?, _ words: String
  ) -> CheckCase {
    CheckCase(
      file, words,
      cure: .by { world in
        if let right { try world.write("\(right)\n", to: file) } else { try world.remove(file) }
      }
    ) { try $0.put("\(wrong)\n", at: file) }
  }

  /// A crontab in which something is replaced.
  static func line(_ old: String, _ new: String, _ words: String...) -> CheckCase {
    var made = CheckCase(
      World.crontab, cure: .by { try $0.write(World.shipped("watchdog-chain"), to: World.crontab) }
    ) { try $0.edit(World.crontab, old, new) }
    made = CheckCase(made, words)
    return made
  }

  private init(_ other: CheckCase, _ words: [String]) {
    file = other.file
    self.words = words
    make = other.make
    cure = other.cure
  }
}

/// watchdog-chain check: each mistake is told with its file and cure, and the cure is one.
@Suite struct CheckTests {
  static let values: [CheckCase] = [
    .value("etc/solve-within", "soon", "30", "\"soon\" is no whole number of seconds"),
    .value("etc/solve-within", "30\n40", "30", "more than one number"),
    .value("etc/solve_within", "30", nil, "Ours is called solve-within"),
    .value("etc/device-timeout", "4", "75", "4 s is too short: at least 5"),
    .value("etc/device", "null", "/dev/null", "is no path"),
    .value("etc/device", "/dev/null\ndev/zero", "/dev/null", "\"dev/zero\" is no path"),
    .value("etc/device-pretimeout", "soon", "5", "is no whole number"),
    .value("etc/hearts/web", "soon", "30", "is no whole number"),
    .value("etc/hearts/web", "1", "2", "write at least 2"),
    .value("etc/hearts/web", "30 1", "30 2", "a start limit of 1 s"),
    .value("etc/hearts/web", "30\n120", "30 120", "two lines"),
    .value(
      "etc/hearts/mail.server", "30", nil,
      "rename it to mail_server, and let the program beat as mail_server"),
    // It is no copy of web.
    .value("etc/hearts/web.2-fpm", "30", nil, "rename it to web_2-fpm"),
    .value("etc/chain/mark-problems", "5", "6", "too short for a busy box"),
    .value("etc/chain/each-second", "10", nil, "never says that it is alive"),
    .value("etc/chain/my-check", "10", nil, "nothing was found that runs my-check"),
    .value("etc/solve-time", "2", "3", "grace 1 s and 2 s more"),
    .value("etc/solve-within", "21", "22", "solve-time 20 s and 2 s"),
    .value("etc/restart-within", "2", "3", "it would be killed while at work"),
    .value(
      "etc/restarts-window", "95", "96", "the box would never be rebooted: write at least 96"),
    .value("etc/reboots-window", "1504", "1505", "for ever: write at least 1505"),
    .value("etc/restarts-before-reboot", "0", "1", "no number from 1 on"),
    .value("etc/last-step", "never", "reboot", "write mark, solve, restart or reboot"),
    .value("etc/last_step", "mark", nil, "Ours is called last-step"),
    .value("etc/end-signal", "KILL", "SIGQUIT", "is no signal"),
  ]

  static let own: [CheckCase] = [
    .value("etc/of/web/grace", "soon", "3", "is no whole number of seconds"),
    .value("etc/of/web/last-step", "", "mark", "write mark, solve, restart or reboot"),
    .value("etc/of/web/end-signal", "STOP", "3", "is no signal"),
    .value("etc/of/web/solve-time", "2", "3", "grace 1 s and 2 s more"),
    CheckCase(
      "etc/of/web/solve-time", "grace 19 s and 2 s more", "write at least 21",
      cure: .by { try $0.put("21\n", at: "etc/of/web/solve-time") }
    ) { try $0.put("19\n", at: "etc/of/web/grace") },
    .value("etc/of/web/solve-within", "21", "22", "solve-time 20 s and 2 s"),
    .value("etc/of/web/solve_time", "30", nil, "Ours is called solve-time"),
    .value("etc/of/web/restart-within", "90", nil, "counts for the whole box only"),
    .value("etc/of/web/grace.d", "3", nil, "passed over: a name is made of"),
    CheckCase(
      "etc/restart-within", "grace 61 s", "write at least 63",
      cure: .by { try $0.write("63\n", to: "etc/restart-within") }
    ) {
      for (setting, seconds) in [("grace", 60), ("solve-time", 70), ("solve-within", 80)] {
        try $0.put("\(seconds)\n", at: "etc/of/web/\(setting)")
      }
    },
    CheckCase("etc/of/wbe", "no heart, program, solution, detector or problem wbe", cure: .told) {
      try $0.put("3\n", at: "etc/of/wbe/grace")
    },
    CheckCase("etc/of/web", "it is no directory", cure: .by { try $0.remove("etc/of/web") }) {
      try $0.put("3\n", at: "etc/of/web")
    },
    CheckCase("etc/of/web", "others can write to it", cure: .told) {
      try $0.makeFolder("etc/of/web")
      $0.setPermissions("etc/of/web", 0o777)
    },
    CheckCase("etc/of/web/grace", "others can write to it", cure: .told) {
      try $0.put("3\n", at: "etc/of/web/grace")
      $0.setPermissions("etc/of/web/grace", 0o666)
    },
  ]

  static let executables: [CheckCase] = [
    CheckCase("etc/programs/web", "others can write to it", cure: .told) {
      $0.setPermissions("etc/programs/web", 0o777)
    },
    CheckCase("etc/programs", "others can write to it", cure: .told) {
      $0.setPermissions("etc/programs", 0o775)
    },
    CheckCase("etc/hearts/web", "others can write to it", cure: .told) {
      $0.setPermissions("etc/hearts/web", 0o666)
    },
    CheckCase("etc/chain", "others can write to it", cure: .told) {
      $0.setPermissions("etc/chain", 0o777)
    },
    CheckCase("etc/programs/web", "it is not executable", cure: .told) {
      $0.setPermissions("etc/programs/web", 0o644)
    },
    CheckCase("etc/programs/web", "belongs to user 65534", needsRoot: true, cure: .told) {
      chown($0.root.appending(path: "etc/programs/web").path, 65534, 0)
    },
    CheckCase("etc/solve-time", "belongs to user 65534", needsRoot: true, cure: .told) {
      try $0.write("20\n", to: "etc/solve-time")
      chown($0.root.appending(path: "etc/solve-time").path, 65534, 0)
    },
    CheckCase("etc/programs/web", "sed -i", cure: .told) {
      try $0.write("#!/bin/sh\r\nexec sleep 1\r\n", to: "etc/programs/web", mode: 0o755)
    },
    .script("#!/no/such/sh\n", "its interpreter /no/such/sh: No such file"),
    .script("#!/etc/passwd\n", "its interpreter /etc/passwd is not executable"),
    .script("#!sh\n", "which is no path"),
    .script("#!/usr/bin/env -S no-such-python -u\n", "there is no no-such-python in"),
    .script("\n#!/bin/sh\n", "something stands before its #!"),
    .script("\u{FEFF}#!/bin/sh\n", "something stands before its #!"),
    .script("", "it is empty"),
    .script("#!/\(String(repeating: "x", count: 300))\n", "longer than the kernel reads"),
    CheckCase(
      "etc/programs/web", "it leads to /no/such/web: No such file",
      cure: .by { try $0.symbolicLink("etc/programs/web", to: "/bin/true") }
    ) { try $0.symbolicLink("etc/programs/web", to: "/no/such/web") },
    CheckCase(
      "etc/programs/web", "others can write to it",
      cure: .by { $0.setPermissions("elsewhere", 0o755) }
    ) {
      try $0.script("elsewhere", ":")
      $0.setPermissions("elsewhere", 0o777)
      try $0.symbolicLink("etc/programs/web", to: "../../elsewhere")
    },
    CheckCase(
      "etc/restart-system", "it is missing", cure: .by { try $0.script("etc/restart-system", ":") }
    ) {
      try $0.remove("etc/restart-system")
    },
    CheckCase("etc/chain", "does not name check-solutions", cure: .told) {
      try $0.remove("etc/chain/check-solutions")
    },
    CheckCase(
      "etc/hearts", "it is missing",
      cure: .by {
        try $0.makeFolder("etc/hearts")
        try $0.heart("web", "30\n")
      }
    ) { try $0.remove("etc/hearts") },
  ]

  static let crontabs: [CheckCase] = [
    .line(">/dev/null 2>&1\n", ">/dev/null 2>&1", "its last line has no newline"),
    .line("MAILTO=\"\"", "MAILTO=", "line 18: MAILTO= has no value", "drops the whole file"),
    .line("PATH=/usr/local/bin:", "PATH=", "there is no each-second in its PATH (/usr/sbin:"),
    .line("PATH=/usr/local/bin:", "PATH=$PATH:", "cron does not expand $ there"),
    .line(
      "exec kwatchdog-feeder", "exec /opt/kwatchdog-feeder", "there is no /opt/kwatchdog-feeder"),
    .line(" solve-problems check-solutions", " solve-problems", "nothing runs check-solutions"),
    .line("each-second mark-problems", "each-second", "nothing runs mark-problems"),
    .line("exec kwatchdog-feeder", "exec kwatchdog-feeder; date +%s", "for the end of the command"),
    CheckCase(World.crontab, "cron does not read it: chmod go-w", cure: .told) {
      $0.setPermissions(World.crontab, 0o664)
    },
    CheckCase(World.crontab, "belongs to user 65534", needsRoot: true, cure: .told) {
      chown($0.root.appending(path: World.crontab).path, 65534, 0)
    },
    CheckCase(World.crontab, "it has 2 names", cure: .by { try $0.remove("box/other") }) {
      let path = $0.root.appending(path: World.crontab).path
      #expect(Foundation.link(path, $0.root.appending(path: "box/other").path) == 0)
    },
    CheckCase(
      "box/etc/cron.d/mark-only", "mark-problems is run by",
      cure: .by { try $0.remove("box/etc/cron.d/mark-only") }
    ) { try $0.write(World.shipped("mark-only"), to: "box/etc/cron.d/mark-only") },
    CheckCase(
      "box/etc/cron.d/chain.cron", "cron passes over it",
      cure: .by { try $0.remove("box/etc/cron.d/chain.cron") }
    ) { try $0.write(World.shipped("watchdog-chain"), to: "box/etc/cron.d/chain.cron") },
    CheckCase(
      "etc/hearts/web", "beats each 60 s: write 72 or more",
      cure: .by { try $0.heart("web", "72\n") }
    ) {
      try $0.write(
        "PATH=/usr/local/bin\n* * * * * root beat web -- true\n", to: "box/etc/cron.d/beats")
    },
    CheckCase(
      "etc/boot-good", "no line of a crontab runs watchdog-chain accept",
      cure: .by { try $0.write(World.shipped("accept"), to: "box/etc/cron.d/accept") }
    ) { try $0.script("etc/boot-good", ":") },
    CheckCase(
      "box/etc/cron.d/beats", "beats for db, which has no heart",
      cure: .by { try $0.remove("box/etc/cron.d/beats") }
    ) {
      try $0.write(
        "PATH=/usr/local/bin\n*/5 * * * * nobody beat --limit 5 db -- true\n",
        to: "box/etc/cron.d/beats")
    },
    CheckCase(
      "box/usr/local/bin/mark-problems", "others can write to it",
      cure: .by { $0.setPermissions("box/usr/local/bin/each-second", 0o755) }
    ) { $0.setPermissions("box/usr/local/bin/each-second", 0o757) },
  ]

  private static let all = values + own + executables + crontabs

  @Test(arguments: all.filter { !$0.needsRoot })
  func `a mistake is reported until it is cured`(mistake: CheckCase) async throws {
    try await tellAndCure(mistake)
  }

  @Test(
    .enabled(if: getuid() == 0, "only root can give files away"),
    arguments: all.filter { $0.needsRoot })
  func `a mistake that root made is reported until it is cured`(mistake: CheckCase) async throws {
    try await tellAndCure(mistake)
  }

  private func tellAndCure(_ mistake: CheckCase) async throws {
    try await World.withBox { world in
      let good = world.check()
      #expect(good.code == 0 && good.errors == "" && World.mistakes(good).isEmpty, "\(good.output)")
      #expect(World.notes(good).isEmpty, "\(good.output)")
      try mistake.make(world)
      let outcome = world.check()
      #expect(outcome.code == 78)
      let told = World.mistakes(outcome).filter { line in
        mistake.words.allSatisfy { line.contains($0) }
      }
      let line = try #require(told.first, "\(outcome.output)")
      // A crontab is also blamed for what its lines run.
      let file = mistake.file.hasPrefix("box/usr") ? World.crontab : mistake.file
      #expect(
        told.contains { $0.hasPrefix("\(world.root.path)/\(file): ") }
          || mistake.file.hasSuffix("mark-only"), "\(told)")
      switch mistake.cure {
      case .told:
        let command = try #require(line.components(separatedBy: ": ").last)
        #expect(world.run("/bin/sh", "-c", command).code == 0, "\(command)")
      case .by(let cure): try cure(world)
      }
      let cured = world.check()
      #expect(cured.code == 0 && cured.output.contains("no mistakes"), "\(cured.output)")
    }
  }
}

extension CheckCase {
  /// A program with these first lines.
  static func script(_ text: String, _ words: String) -> CheckCase {
    CheckCase(
      "etc/programs/web", words, cure: .by { try $0.script("etc/programs/web", "exec sleep 1000") }
    ) { try $0.write(text, to: "etc/programs/web", mode: 0o755) }
  }
}
