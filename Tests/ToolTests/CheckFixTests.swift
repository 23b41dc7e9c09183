import Foundation
import TestSupport
import Testing

/// watchdog-chain check --fix: it does what cannot do harm, and nothing else.
@Suite struct CheckFixTests {
  private func spoil(_ world: World) throws {
    for path in ["etc", "etc/hearts", "etc/programs"] { world.setPermissions(path, 0o777) }
    for path in ["etc/hearts/web", "etc/device", "etc/chain/mark-problems"] {
      world.setPermissions(path, 0o666)
    }
    world.setPermissions("etc/programs/web", 0o775)
    try world.edit(World.crontab, "MAILTO=\"\"", "  MAILTO = ")
    try world.edit(World.crontab, ">/dev/null 2>&1\n", ">/dev/null 2>&1")
    world.setPermissions(World.crontab, 0o666)
  }

  @Test func `what is safe is fixed, reported, and done once`() async throws {
    try await World.withBox { world in
      try spoil(world)
      let fix = world.check("--fix")
      #expect(fix.code == 0 && fix.errors == "", "\(fix)")
      let mended = fix.output.split(separator: "\n").filter { $0.hasPrefix("mended ") }
      #expect(mended.count == 10, "\(fix.output)")
      #expect(world.mode(of: "etc") == 0o755 && world.mode(of: "etc/hearts/web") == 0o644)
      #expect(world.mode(of: "etc/programs/web") == 0o755)
      let shipped = try World.shipped("watchdog-chain")
      #expect(world.text(World.crontab) == shipped.replacing("MAILTO=\"\"", with: "MAILTO =\"\""))
      #expect(world.mode(of: World.crontab) == 0o644)
      #expect(world.names(in: "box/etc/cron.d") == ["watchdog-chain"], "no draft is left")
      let before = world.snapshot(".")
      let again = world.check("--fix")
      #expect(again.code == 0 && !again.output.contains("mended"))
      #expect(world.snapshot(".") == before)
    }
  }

  @Test func `a dry run says the same and does nothing`() async throws {
    try await World.withBox { world in
      try spoil(world)
      let before = world.snapshot(".")
      let dry = world.check("--fix", "--dry-run")
      #expect(dry.code == 78)
      #expect(
        dry.output.split(separator: "\n").filter { $0.hasPrefix("would mend ") }.count == 10,
        "\(dry.output)")
      #expect(world.snapshot(".") == before)
      #expect(world.check().code == 78)
      #expect(world.snapshot(".") == before, "without --fix nothing is changed")
    }
  }

  @Test func `what is not safe is left alone and reported`() async throws {
    try await World.withBox { world in
      try world.script("elsewhere", ":")
      world.setPermissions("elsewhere", 0o777)
      try world.symbolicLink("etc/programs/web", to: "../../elsewhere")
      try world.write("30\n", to: "etc/hearts/db")
      #expect(
        Foundation.link(
          world.config.appending(path: "hearts/db").path, world.root.appending(path: "other").path)
          == 0)
      world.setPermissions("other", 0o666)
      try world.script("etc/programs/db", ":")
      world.setPermissions("etc/programs/db", 0o644)
      try world.heart("mail.server", "30\n")
      try world.remove(World.crontab)
      try world.write("* * * * * root each-second mark-problems", to: "box/real")
      try world.symbolicLink(World.crontab, to: "../../real")
      let before = world.snapshot(".")
      let fix = world.check("--fix")
      #expect(fix.code == 78 && !fix.output.contains("mended"), "\(fix)")
      for words in [
        "elsewhere: others can write", "hearts/db: others can", "programs/db: it is not executable",
        "mail.server: passed over", "its last line has no newline",
      ] {
        #expect(fix.output.contains(words), "\(words) in \(fix.output)")
      }
      #expect(world.snapshot(".") == before)
    }
  }

  @Test(.enabled(if: getuid() == 0, "only root can give files away"))
  func `a stranger's crontab does not become root's`() async throws {
    try await World.withBox { world in
      try world.edit(World.crontab, ">/dev/null 2>&1\n", ">/dev/null 2>&1")
      try world.edit(World.crontab, "MAILTO=\"\"", "MAILTO=")
      chown(world.root.appending(path: World.crontab).path, 65534, 0)
      let before = world.snapshot(".")
      let fix = world.check("--fix")
      #expect(fix.code == 78 && !fix.output.contains("mended"), "\(fix)")
      #expect(world.snapshot(".") == before)
      #expect(world.status(World.crontab)?.st_uid == 65534)
    }
  }

  @Test func `a draft that was left behind is no obstacle`() async throws {
    try await World.withBox { world in
      try world.edit(World.crontab, ">/dev/null 2>&1\n", ">/dev/null 2>&1")
      try world.write("half", to: "box/etc/cron.d/.watchdog-chain.check-fix")
      #expect(world.check("--fix").code == 0)
      #expect(world.text(World.crontab) == (try World.shipped("watchdog-chain")))
      #expect(world.names(in: "box/etc/cron.d") == ["watchdog-chain"])
    }
  }
}
