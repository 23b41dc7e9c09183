#if !TINY
import Glibc

/// simulator [--seed N] [--years N] [--exhaust [--states N] [--doubt]]

let arguments = Array(CommandLine.arguments.dropFirst())

func number(after option: String) -> Int64? {
  guard let place = arguments.firstIndex(of: option), place + 1 < arguments.count else {
    return nil
  }
  return Int64(arguments[place + 1])
}

let year: Milliseconds = 365 * 86_400_000
let lifeLength: Milliseconds = 20 * 86_400_000

/// Says what went wrong, with the last minutes before it.
func tell(_ seed: UInt64) {
  let outcome = Life(seed: seed, length: lifeLength).run(isLogged: true)
  for line in outcome.lines.suffix(200) { print("    \(line)") }
  if let violation = outcome.violation { print("    \(violation.invariant): \(violation.words)") }
}

var passed = 0
var failed = 0
if let seed = number(after: "--seed") {
  let outcome = Life(seed: UInt64(seed), length: lifeLength).run(isLogged: true)
  for line in outcome.lines.suffix(400) { print(line) }
  if let violation = outcome.violation {
    print("FAILED: seed \(seed): \(violation.invariant): \(violation.words)")
    failed += 1
  } else {
    print("passed: seed \(seed)")
    passed += 1
  }
} else if arguments.contains("--exhaust") {
  var exhaust = Exhaust(isDoubted: arguments.contains("--doubt"))
  let outcome = exhaust.run(most: number(after: "--states").map { Int($0) } ?? 4_000_000)
  if let violation = outcome.violation {
    for line in outcome.lines.suffix(100) { print("    \(line)") }
    print("FAILED: \(violation.invariant): \(violation.words)")
    failed += 1
  } else if outcome.open > 0 {
    print(
      "FAILED: not every state was visited, so nothing is proven: \(outcome.open) are still open")
    failed += 1
  } else {
    passed += 1
  }
  print(
    "note: \(outcome.states) states of the small world visited, the last of them \(outcome.seconds) seconds from its begin"
  )
  if let compared = outcome.compared {
    print("note: \(compared) worlds went on beside the one that they were taken for")
  }
} else {
  let years = number(after: "--years") ?? 100
  let lives = UInt64(max(years * year / lifeLength, 1))
  let outcomes = await withTaskGroup(of: [Life.Outcome].self) { group in
    for worker in 0..<UInt64(2) {
      group.addTask {
        stride(from: worker, to: lives, by: 2).map {
          Life(seed: $0 + 1, length: lifeLength).run(isLogged: false)
        }
      }
    }
    var all: [Life.Outcome] = []
    for await some in group { all += some }
    return all
  }
  let bad = outcomes.filter { $0.violation != nil }.sorted { $0.seed < $1.seed }
  for one in bad.prefix(60) {
    print("FAILED: seed \(one.seed): \(one.violation.map { "\($0.invariant): \($0.words)" } ?? "")")
  }
  if let first = bad.first { tell(first.seed) }
  let lived = outcomes.reduce(0) { $0 + $1.lived }
  print(
    "note: \(lives) boxes, \(lived / year) years, \(outcomes.reduce(0) { $0 + $1.seconds }) seconds worked through, "
      + "\(outcomes.reduce(0) { $0 + $1.faults }) faults, \(outcomes.reduce(0) { $0 + $1.boots }) boots"
  )
  if bad.isEmpty { passed += 1 } else { failed += bad.count }
}
print("\(passed) passed, \(failed) failed, 0 skipped")
exit(failed == 0 ? 0 : 1)
#endif
