import Foundation
import TestSupport
import Testing

/// What is completed is asked of the real shells by Tests/completion.
@Suite struct CompletionTests {
  @Test func `an unknown shell or tool is a usage error`() async throws {
    try await World.with { world in
      for words in [[], ["csh"], ["bash", "zsh"], ["--for", "rm", "bash"], ["bash", "--", "ls"]] {
        let outcome = world.run("watchdog-chain", ["completion"] + words)
        #expect(outcome.code == 64 && outcome.output == "", "\(words)")
        #expect(outcome.errors.hasSuffix("see watchdog-chain completion --help\n"))
      }
    }
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func `it is for all tools or for one`(shell: String) async throws {
    try await World.with { world in
      let all = world.run("watchdog-chain", "completion", shell).output
      #expect(all.contains("kill-stamped") && all.contains("each-second"))
      let one = world.run("watchdog-chain", "completion", "--for", "beat", shell).output
      #expect(one.contains("beat") && !one.contains("kill-stamped"))
      // It needs no box: it is written while a package is made.
      #expect(world.names(in: "run").isEmpty)
    }
  }

  @Test func `a shell is answered with candidates and their help`() async throws {
    try await World.with { world in
      try world.heart("web", "30\n")
      try world.heart("mistaken", "soon\n")
      #expect(world.complete("beat", "") == ["mistaken", "web\tlate after 30 s"])
      #expect(world.complete("/usr/bin/beat", "--lim").contains { $0.hasPrefix("--limit\tkill") })
      #expect(world.complete("beat", "--config", "=", "/none", "").isEmpty)
      #expect(world.complete("beat", "web", "--", "rm", "") == [":command 3"])
      #expect(world.complete("run-stamped", "--log=/var") == [":file"])
      for words in [[], ["beat"], ["rm", ""], ["watchdog-chain", "frobnicate", ""]] {
        #expect(world.run("watchdog-chain", ["complete", "--"] + words).output == "")
      }
      #expect(world.run("watchdog-chain", "complete", "beat").code == 64)
      #expect(world.names(in: "run").isEmpty)
    }
  }

  @Test func `a hostile reason of a problem is one line of printable help`() async throws {
    try await World.with { world in
      try FileManager.default.createDirectory(
        at: world.problems, withIntermediateDirectories: true)
      try world.write("me\n\u{1B}[2J\t$(reboot)\n:file\n", to: "run/problems/web")
      try world.write("", to: "run/problems/:file")
      let help = "a problem: \\x1b[2J\\x09$(reboot)"
      #expect(world.complete("watchdog-chain", "explain", "") == ["web\t\(help)"])
    }
  }
}

extension World {
  fileprivate func complete(_ words: String...) -> [String] {
    run("watchdog-chain", ["complete", "--"] + words).output.split(separator: "\n").map(String.init)
  }
}
