import Foundation
import TestSupport
import Testing

/// The files of boot-good.available, with programs of the loaders that only say what they were asked for.
@Suite struct BootLoaderTests {
  private func with(
    _ name: String, tools: String, _ body: (_ run: (_ file: String) throws -> String) throws -> Void
  ) async throws {
    try await World.with { world in
      try world.makeFolder("bin")
      for tool in [
        "fw_printenv", "fw_setenv", "grub2-editenv", "mender-update", "rauc", "systemd-bless-boot",
      ] {
        try world.script("bin/\(tool)", tools)
      }
      let script = checkout.appending(path: "etc/watchdog/boot-good.available/\(name)")
      let text = try #require(contents(of: script.path))
        .replacing("/usr/lib/systemd/", with: "\(world.path)/bin/")
      try body { file in
        try? world.remove("said")
        try world.write(text, to: "etc/\(file)", mode: 0o755)
        let process = world.process(world.path(of: "etc/\(file)"))
        process.environment?["PATH"] = "\(world.path)/bin:/usr/bin:/bin"
        #expect(process.outcome().code == 0)
        return world.text("said") ?? ""
      }
    }
  }

  /// What a tool of a loader does: it answers to these words, and notes all others.
  private static func tool(answers: String) -> String {
    "\(answers)\necho ${0##*/} $* >>${0%/bin/*}/said"
  }

  static let said: [(name: String, good: String, bad: String)] = [
    ("grub", "grub2-editenv - unset boot_counter", "boot_success=0 boot_counter=0"),
    ("mender", "mender-update commit", "mender-update rollback"),
    ("rauc", "rauc status mark-good booted", "rauc status mark-active other"),
    (
      "swupdate", "fw_setenv ustate 0\nfw_setenv upgrade_available 0\nfw_setenv bootcount 0\n",
      "fw_setenv ustate 3\nfw_setenv bootcount 4\nfw_setenv upgrade_available 1\n"
    ),
    ("systemd-bless-boot", "systemd-bless-boot good", "systemd-bless-boot bad"),
    (
      "u-boot", "fw_setenv upgrade_available 0\nfw_setenv bootcount 0\n",
      "fw_setenv bootcount 4\nfw_setenv upgrade_available 1\n"
    ),
  ]

  @Test(arguments: said)
  func `those that can be linked do both by their names`(
    name: String, good: String, bad: String
  ) async throws {
    let slots = "echo RAUC_SLOT_STATE_1=\\'inactive\\'; echo RAUC_SLOT_BOOT_STATUS_1=\\'good\\'"
    let tools = Self.tool(
      answers: "case $0$* in */fw_printenv*) echo 4; exit ;; *=shell) \(slots); exit ;; esac")
    try await with(name, tools: tools) { run in
      let (accepted, rolledBack) = (try run("boot-good"), try run("roll-back"))
      #expect(accepted.contains(good) && rolledBack.contains(bad), "\(accepted)\(rolledBack)")
    }
  }

  /// In the slot that the loader went back to: nothing there may lead it to the one that failed, or hide that it did.
  @Test(arguments: [
    ("grub", "echo boot_counter=-1", ""), ("systemd-bless-boot", "echo clean", ""),
    ("swupdate", "echo 3", "fw_setenv upgrade_available 0\nfw_setenv bootcount 0\n"),
  ])
  func `what the loader went back to stays`(
    name: String, answer: String, said: String
  ) async throws {
    let tools = Self.tool(answers: "case $* in *list | status | -n*) \(answer); exit ;; esac")
    try await with(name, tools: tools) { run in
      let noted = try run("boot-good")
      #expect(noted == said)
    }
  }
}
