import Foundation
import TestSupport
import Testing

/// `check` holds for a mistake what cron itself does not understand: crontab(1) is asked whether it does.
@Suite struct CrontabTests {
  static let lines = [
    "* * * * * true", "*/2 * * * * true", "1-59/2 * * * * true",
    "60 * * * * true", "* 24 * * * true", "* * 0 * * true",
    "* * 32 * * true", "* * * 0 * true", "* * * 13 * true",
    "* * * * 7 true", "* * * * 8 true", "*/0 * * * * true",
    "*/60 * * * * true", "0-10/5,20,30-40 * * * * true",
    "1, * * * * true", ",1 * * * * true", "1- * * * * true",
    "-1 * * * * true", "1/ * * * * true", "5/2 * * * * true",
    "59-1 * * * * true", "* * * jan true", "* * * jan * true",
    "* * * JAN-Mar * true", "* * * january * true",
    "* * * * mon-fri true", "* * * * fri-sun true",
    "* * * * sunday true", "* * * * *", "* * * *", "true",
    "@reboot true", "@Reboot true", "@midnight true",
    "@every_second true", "@reboot", "@ each-second", "FOO=bar", "FOO = bar baz", "FOO=",
    "FOO=\"\"", "FOO=''", "\"FOO\"=bar", "\"FOO BAR\"=bar", "FOO BAR=baz", "=bar", "FOO=\"bar",
    "FOO=\"bar\" baz", "FOO='it'", "1FOO=bar", "FOO-X=bar", "  FOO=bar", "  # comment",
    "\t*\t*\t*\t*\t*\ttrue", "a * * * * true", "1-5/ * * * * true",
    "1-5/a * * * * true", "01 00 * * * true",
  ]

  /// Whether crontab(1) takes a file; nil where it cannot tell.
  private static func understands(_ path: String, in world: World) -> Bool? {
    let outcome = world.run("/usr/bin/crontab", "-n", path)
    if outcome.errors.contains("invalid option") { return nil }
    return outcome.code == 0
  }

  @Test(.enabled(if: access("/usr/bin/crontab", X_OK) == 0, "there is no crontab(1) to ask"))
  func `what cron does not understand is a mistake`() async throws {
    try await World.withBox { world in
      try world.remove(World.crontab)
      try world.makeFolder("box/var/spool/cron")
      let file = world.root.appending(path: "box/var/spool/cron/root").path
      try world.write("* * * * * true\n", to: "box/var/spool/cron/root")
      guard Self.understands(file, in: world) == true else { return }
      for line in Self.lines {
        try world.write("\(line)\n", to: "box/var/spool/cron/root")
        let isUnderstood = Self.understands(file, in: world)
        // A line that makes the file one of ours.
        try world.write(
          "\(line)\n* * * * * each-second mark-problems\n", to: "box/var/spool/cron/root")
        let mistakes = World.mistakes(world.check()).filter { mistake in
          // Of what is run and when, more is said.
          mistake.contains("root: line 1: ") && !mistake.contains("PATH")
        }
        #expect(mistakes.isEmpty == isUnderstood, "\(line): \(mistakes)")
      }
    }
  }
}
