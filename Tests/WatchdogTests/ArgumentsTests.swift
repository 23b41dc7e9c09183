import LinuxCalls
import TestSupport
import Testing
import Watchdog

@Suite struct ArgumentsTests {
  @Test func `operands, options and the command are told apart`() throws {
    let given = try arguments(["web", "--limit", "5", "db", "--", "curl", "--limit", "--", "-f"])
    #expect(given.operands == ["web", "db"])
    #expect(given.value(of: "limit") == "5")
    #expect(given.command == ["curl", "--limit", "--", "-f"])
  }

  @Test func `without the two dashes there is no command`() throws {
    #expect(try arguments(["web"]).command == nil)
    #expect(try arguments(["web", "--"]).command == [])
  }

  @Test func `an option is given or not`() throws {
    let given = try arguments(["--dry-run", "--config", ""])
    #expect(given.has("dry-run"))
    #expect(given.has("config"))
    #expect(given.value(of: "config") == "")
    #expect(!given.has("limit"))
    #expect(given.value(of: "limit") == nil)
  }

  @Test func `the last occurrence of an option counts`() throws {
    #expect(try arguments(["--limit", "5", "--limit=6"]).value(of: "limit") == "6")
  }

  @Test(arguments: ["config", "state", "data", "help", "version"])
  func `all tools have the options that all have`(name: String) throws {
    let word = ["help", "version"].contains(name) ? "--\(name)" : "--\(name)=x"
    let given = try arguments([word])
    #expect(given.operands == [])
  }

  static let mistakes: [([String], String)] = [
    (["--foo"], "unknown option --foo: see tool --help"),
    (["--limit"], "option --limit needs a value: see tool --help"),
    // What follows the dashes is the command's.
    (["--limit", "--", "5"], "option --limit needs a value: see tool --help"),
  ]

  @Test(arguments: mistakes)
  func `what is not understood is a usage mistake`(words: [String], sentence: String) {
    let failure = failure { () throws(Failure) in try arguments(words) }
    #expect(failure?.code == .usage)
    #expect(failure?.sentence == sentence)
  }

  @Test func `seconds are read from an option, or are the default`() throws {
    #expect(try arguments(["--limit", "5"]).seconds(of: "limit", default: 10) == .seconds(5))
    #expect(try arguments([]).seconds(of: "limit", default: 10) == .seconds(10))
  }

  static let seconds: [(String, String)] = [
    ("0", "--limit: 0 seconds is too short"), ("-1", "--limit: \"-1\" is no whole number"),
    ("1.5", "--limit: \"1.5\" is no whole number"), ("31536001", "--limit: 31536001 is too large"),
    ("", "--limit: it is empty"), ("1 2", "--limit: it holds more than one number"),
  ]

  @Test(arguments: seconds)
  func `a wrong number of seconds is a usage mistake`(value: String, words: String) throws {
    let given = try arguments(["--limit", value])
    let failure = failure { () throws(Failure) in try given.seconds(of: "limit", default: 10) }
    #expect(failure?.code == .usage)
    #expect(failure?.sentence.hasPrefix(words) == true)
    #expect(failure?.sentence.hasSuffix(": see tool --help") == true)
  }

  @Test func `a tool without operands refuses them`() throws {
    try arguments(["--dry-run"]).expectNoOperands()
    let word = failure { () throws(Failure) in try arguments(["a\nb"]).expectNoOperands() }
    #expect(word?.sentence == "unknown word \"a\\x0ab\": see tool --help")
    let command = failure { () throws(Failure) in try arguments(["--"]).expectNoOperands() }
    #expect(command?.sentence == "nothing can follow --: see tool --help")
  }
}

@Suite struct RootsTests {
  @Test func `options move the directories`() throws {
    let roots = Roots(try arguments(["--config=/a", "--state=/b", "--data=/c"]))
    #expect(roots.config == "/a")
    #expect(roots.state == "/b")
    #expect(roots.data == "/c")
  }

  /// In a process of its own, because the environment is everybody's.
  @Test func `the environment moves the directories where no option does`() async {
    await #expect(processExitsWith: .success) {
      ThisProcess.setEnvironment("WATCHDOG_CONFIG", "/x")
      ThisProcess.setEnvironment("WATCHDOG_STATE", "/y")
      let roots = Roots(try arguments(["--state=/b"]))
      try #require(roots.config == "/x")
      try #require(roots.state == "/b")
      try #require(roots.data == "/var/lib/watchdog")
      Roots(config: "/1", state: "/2", data: "/3", logs: "/4").export()
      let exported = Roots(try arguments([]))
      try #require(exported.logs == "/4")
      try #require(exported.config == "/1")
      try #require(exported.state == "/2")
      try #require(exported.data == "/3")
    }
  }

  @Test func `a missing directory of the administrator is a failure that names it`() throws {
    try World.with { world in
      let failure = failure { () throws(Failure) in try world.roots.configFolder("hearts") }
      #expect(
        failure?.sentence
          == "unable to open \(world.roots.config)/hearts: No such file or directory: install watchdog-chain on this "
          + "box, or name its configuration with --config DIR")
    }
  }
}

@Suite struct CommandTests {
  @Test func `the help names every option in columns`() {
    let command = Command(
      name: "tool", usage: ["NAME...", "--list"], summary: "Does it.",
      options: [.init("limit", value: "SECONDS", "so long"), .init("list", "say all")])
    #expect(
      command.help == """
        usage: tool NAME...
               tool --list

        Does it.

          --limit SECONDS  so long
          --list           say all
          --config DIR     read DIR instead of /etc/watchdog (or WATCHDOG_CONFIG)
          --state DIR      use DIR instead of /run/watchdog (or WATCHDOG_STATE)
          --data DIR       use DIR instead of /var/lib/watchdog (or WATCHDOG_DATA)
          --help           show this help and exit
          --version        show the version and exit

        """)
  }
}

@Suite struct FailureTests {
  static let codes: [(SystemError, ExitCode)] = [
    (.noSuchFile, .noInput), (.accessDenied, .notPermitted), (.notPermitted, .notPermitted),
    (.inputOutput, .inputOutput), (.noSpace, .cannotCreate), (.overQuota, .cannotCreate),
    (.readOnly, .cannotCreate), (.noSuchDevice, .unavailable), (.busy, .unavailable),
    (.wouldWait, .tryLater), (.noMemory, .systemError), (.tooManyOpenFiles, .systemError),
    (.symbolicLink, .systemError),
  ]

  @Test(arguments: codes)
  func `the exit code follows from the error`(error: SystemError, code: ExitCode) {
    #expect(Failure.unable(to: "open x", error).code == code)
  }

  @Test func `the sentence says what failed, why, and what to do`() {
    #expect(
      Failure.unable(to: "open x", .noSuchFile).sentence
        == "unable to open x: No such file or directory")
    #expect(
      Failure.unable(to: "open x", .busy, cure: "stop y").sentence
        == "unable to open x: Device or resource busy: stop y")
  }
}
