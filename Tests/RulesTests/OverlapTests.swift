import Rules
import Testing

/// Whether helpers overlap, by ages that are arguments.
@Suite struct OverlapTests {
  private func overlap(_ ages: [Int], uptime: Int = 10_000) -> Overlap {
    Overlap(ages: ages.map { .seconds($0) }, uptime: .seconds(uptime))
  }

  @Test func `two helpers, of which one is young, overlap`() {
    #expect(overlap([90, 30]) == .overlaps(count: 2, youngest: .seconds(30)))
    #expect(overlap([1, 61, 119]) == .overlaps(count: 3, youngest: .seconds(1)))
  }

  @Test func `a helper alone is the first one only soon after boot`() {
    #expect(overlap([30], uptime: 60) == .first(age: .seconds(30)))
    #expect(overlap([30]) == .alone(age: .seconds(30)))
    #expect(overlap([100], uptime: 110) == .alone(age: .seconds(100)))
    #expect(overlap([]) == .none)
  }

  @Test func `a cron that starts nothing any more shows in the ages`() {
    #expect(overlap([100, 110]) == .aging(youngest: .seconds(100)))
  }
}
