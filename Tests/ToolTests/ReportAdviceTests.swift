import Foundation
import TestSupport
import Testing

/// What the report advises, from what was written down to the sentence.
@Suite struct ReportAdviceTests {
  @Test func `a program that dies regularly is reported as such`() async throws {
    try await World.with { world in
      try world.promise("web")
      try world.remember(
        (1...7).flatMap { number in
          let begin = Double(number) * 10_800 + Double(number % 3) * 200
          return [
            Past.line(begin, "noticed", "web"),
            Past.line(begin + 2, "solved", "web", ["noticed": begin]),
          ]
        })
      let words = try Past.sentences(world.report())
      #expect(words.first?.hasPrefix("it dies about every 3 h, 7 times") == true, "\(words)")
    }
  }

  @Test func `a slow heart is told from a dead one`() async throws {
    try await World.with { world in
      try world.promise("web")
      try world.remember(
        (1...3).flatMap { number in
          let begin = Double(number * number) * 5000
          return [
            Past.line(begin, "noticed", "web", ["since": begin - 11]),
            Past.line(
              begin + 2, "recovered", "web", why: "it beats again by itself", ["noticed": begin]),
          ]
        })
      let words = try Past.sentences(world.report())
      #expect(words.contains { $0.hasPrefix("it beat again by itself 3 of 3 times") }, "\(words)")
    }
  }
}
