import LinuxCalls
import Rules
import Testing

@testable import Overview
@testable import Watchdog

/// The rows of which all views are made.
@Suite struct FieldTests {
  private func names<Subject>(_ rows: [Field<Subject>]) -> (json: [String], metrics: [String]) {
    (
      rows.compactMap { row in row.json.map { "\($0)" } },
      rows.compactMap { row in row.metric.map { "\($0)" } }
    )
  }

  @Test func `no two rows have the same name`() {
    let tables = [
      names(Field<HeartState>.ofHeart), names(Field<ProblemState>.ofProblem),
      names(Field<LinkNow>.ofLink), names(Field<Box>.ofBox), names(Field<Box>.ofDevice),
    ]
    for table in tables { #expect(Set(table.json).count == table.json.count) }
    let metrics = tables.flatMap { $0.metrics }
    #expect(Set(metrics).count == metrics.count)
  }

  @Test func `each metric says what it is`() {
    #expect(Field<Box>.ofBox.allSatisfy { $0.metric == nil || $0.help.utf8CodeUnitCount > 0 })
  }

  @Test func `a field is the same in JSON, metrics and performance data`() {
    let box = Made.box { $0.problems = [Made.problem("ill")] }
    var page = Exposition()
    Field<Box>.ofBox.write([box], to: &page)
    #expect(page.text.contains("\nwatchdog_chain_problems 1\n"))
    #expect(page.text.contains("\nwatchdog_chain_guarded 1\n"))
    #expect(page.text.contains("\nwatchdog_chain_hold_remaining_seconds 0.000\n"))
    #expect(Field<Box>.ofBox.json(of: box).text().contains("\"guarded\": true"))
    let performance = Field<Box>.ofBox.compactMap { $0.performance(of: box, isHeld: true) }
    #expect(
      performance == [
        "hearts=0;;;0", "late=0;0;;0", "problems=1;0;;0", "oldest_problem=12s;;;0",
        "passed_over=0;0;;0", "hold=0s;;;0",
      ])
  }

  @Test func `the columns stand below their heads`() {
    let rows = Field<HeartState>.ofHeart
    let heart = HeartState(name: Made.web, mistake: nil, age: .seconds(3), limit: .seconds(30))
    #expect(
      rows.heads() == "hearts               last beat                limit process  up for mended")
    #expect(
      rows.columns(of: heart).hasPrefix("  web                    never [#.........]    30 s"))
    #expect("\(rows.columns(of: heart)) late".count <= 80)
  }
}
