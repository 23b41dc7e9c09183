#if !TINY
/// The life of one box, with what breaks in it.
struct Life: Sendable {
  let seed: UInt64
  let length: Milliseconds

  struct Outcome: Sendable {
    var seed: UInt64
    var violation: (invariant: String, words: String)?
    var lines: [String]
    var lived: Milliseconds
    var seconds: Int
    var faults: Int
    var boots: Int
  }

  /// Lives it.
  ///
  /// - Parameter isLogged: whether it is to be told.
  func run(isLogged: Bool) -> Outcome {
    var random = Random(seed: seed)
    let box = Box(&random)
    var world = World(box, seed: random.next(), isLogged: isLogged)
    if isLogged {
      for (index, member) in box.members.enumerated() { world.note("\(index): \(member)") }
    }
    if isLogged { world.note("\(box.ladder)") }
    var seconds = 0
    while world.now < length, world.judge.violation == nil {
      if world.faults.allSatisfy({ $0.isHelp }) {
        let rest =
          random.pick([30, 300, 3600, 100_000, 300_000, 1_000_000]) * 1000 + random.below(60_000)
        for fault in random.episode(box, at: world.now + rest) { world.insert(fault) }
      }
      if let next = world.faults.first?.at, next - world.now > 10_000, world.isQuiet {
        world.skip(to: next - 5000)
      }
      world.second()
      seconds += 1
    }
    return Outcome(
      seed: seed, violation: world.judge.violation, lines: world.diary.lines, lived: world.now,
      seconds: seconds, faults: world.judge.faults, boots: world.boot)
  }
}
#endif
