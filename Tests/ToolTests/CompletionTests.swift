import Testing

/// What the scripts complete is asked of the real shells by Tests/completion.
@Suite struct CompletionTests {
  @Test func whatIsNoShellOrNoToolIsAUsageError() async throws {
    try await World.with { world in
      for words in [[], ["csh"], ["bash", "zsh"], ["--for", "rm", "bash"], ["bash", "--", "ls"]] {
        let outcome = world.run("watchdog-chain", ["completion"] + words)
        #expect(outcome.code == 64 && outcome.output == "", "\(words)")
        #expect(outcome.errors.hasSuffix("see watchdog-chain completion --help\n"))
      }
    }
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func itIsForAllToolsOrForOne(shell: String) async throws {
    try await World.with { world in
      let all = world.run("watchdog-chain", "completion", shell).output
      #expect(all.contains("kill-stamped") && all.contains("each-second"))
      let one = world.run("watchdog-chain", "completion", "--for", "beat", shell).output
      #expect(one.contains("beat") && !one.contains("kill-stamped"))
      // It needs no box: it is written while a package is made.
      #expect(world.names("run").isEmpty)
    }
  }
}
