import Testing

@testable import Overview
@testable import Watchdog

/// When lines of a crontab are run, and what they run.
@Suite struct ScheduleTests {
  private func jobs(_ text: String) -> [Crontab.Job] {
    Crontab(Array(text.utf8), hasUsers: true).jobs
  }

  @Test(arguments: [
    (["* * * * *"], 1), (["*/2 * * * *"], 2), (["*/2 * * * *", "1-59/2 * * * *"], 1),
    (["0-10/5,20,30-40 * * * *"], 20), (["7 * * * *"], 60), (["* 3 * * *"], nil),
    (["* * * * mon-fri"], nil), (["*/40 * * * *"], 40), (["61 * * * *"], nil),
    (["1-5/0 * * * *"], nil),
  ])
  func `the longest time between two runs`(times: [String], minutes: Int?) {
    let schedules = jobs(times.map { "\($0) root true\n" }.joined()).compactMap { $0.schedule }
    #expect(Schedule.longestGap(schedules) == minutes)
  }

  @Test(arguments: [
    "exec env A=b nice -n 5 /usr/bin/beat --limit 5 web db -- true", "beat web db",
    "if beat \"web\" 'db'; then true; fi", "cd / && beat web db >/dev/null 2>&1",
  ])
  func `what a line runs is found behind what prepares it`(line: String) throws {
    let command = try #require(
      ShellCommand.all(in: Array(line.utf8)).first { $0.program == "beat" })
    #expect(command.operands == ["web", "db"])
  }

  @Test func `nothing is written as two quotes, and comments stay`() {
    let text = "# A=\nMAILTO=\nPATH=/bin\n* * * * * root true\n"
    let (mended, count) = Crontab.quotingNothing(in: Array(text.utf8))
    #expect(count == 1)
    #expect(String(decoding: mended, as: UTF8.self).contains("\nMAILTO=\"\"\nPATH=/bin\n"))
  }
}
