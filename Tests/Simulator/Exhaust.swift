#if !TINY
import Rules

/// Every state of a small world: two programs, two crashes, one hold and one power cut, each at any second.
struct Exhaust {
  /// What may still happen.
  struct Left {
    var crashes = 2
    var holds = 1
    var cuts = 1

    var number: Int64 { Int64(crashes * 100 + holds * 10 + cuts) }
  }

  struct Outcome {
    var states = 0
    /// How many are known and were not gone on from. Without a violation, only none is a proof.
    var open = 0
    var violation: (invariant: String, words: String)?
    var lines: [String] = []
  }

  /// How a program crashes.
  private enum Crash: CaseIterable {
    case dies
    case hangs
    case diesForGood
  }

  static var box: Box {
    let member = Box.Member(
      limit: 3000, startLimit: 3000, means: .program, lastStep: nil, period: 1000, firstBeat: 500,
      grace: 100, solveTime: 2000, solveWithin: 3000)
    let ladder = Ladder(
      minimumUptime: .seconds(1), restartsBeforeReboot: 1, restartsWindow: .seconds(20),
      rebootsBeforeStandingDown: 1, rebootsWindow: .seconds(60))
    return Box(
      members: [member, member], ladder: ladder, restartWithin: 4000, restartTakes: 300,
      deviceTimeout: 10_000, tellsReset: true, hasNoClock: false, bootTakes: 1000, cronAfter: 1000)
  }

  /// Visits them.
  ///
  /// - Parameter most: the most states that are visited.
  func run(most: Int) -> Outcome {
    var outcome = Outcome()
    var seen: Set<Canon.Key> = []
    var open: [(World, Left)] = []
    func offer(_ world: World, _ left: Left) {
      if let violation = world.judge.violation, outcome.violation == nil {
        outcome.violation = violation
        outcome.lines = world.diary.lines
      }
      var canon = Canon()
      let key = world.canon
      canon.add(left.number)
      canon.add(Int64(bitPattern: key.one))
      canon.add(Int64(bitPattern: key.other))
      if seen.insert(canon.key).inserted { open.append((world, left)) }
    }
    var first = World(Exhaust.box, seed: 1, isLogged: false)
    for _ in 0..<20 { first.second() }
    offer(first, Left())
    while let (world, left) = open.popLast(), outcome.violation == nil, seen.count < most {
      for (next, rest) in Exhaust.choices(world, left) {
        var next = next
        next.second()
        offer(next, rest)
      }
    }
    outcome.states = seen.count
    outcome.open = open.count
    return outcome
  }

  private static func choices(_ world: World, _ left: Left) -> [(World, Left)] {
    var all = [(world, left)]
    if left.crashes > 0 {
      var rest = left
      rest.crashes -= 1
      for index in world.programs.indices where world.programs[index].works {
        for crash in Crash.allCases { all.append((crashed(world, index, crash), rest)) }
      }
    }
    if left.holds > 0 {
      var (next, rest) = (world, left)
      rest.holds -= 1
      next.apply(.hold(nil, 5000))
      all.append((next, rest))
    }
    if left.cuts > 0 {
      var (next, rest) = (world, left)
      rest.cuts -= 1
      next.apply(.powerCut)
      all.append((next, rest))
    }
    return all
  }

  private static func crashed(_ world: World, _ index: Int, _ crash: Crash) -> World {
    var next = world
    next.note("*** \(index) \(crash)")
    switch crash {
    case .dies: next.programs[index].stop()
    case .hangs:
      next.programs[index].isHung = true
      next.programs[index].nextBeat = .max
    case .diesForGood:
      next.programs[index].nature = .missing
      next.programs[index].stop()
    }
    return next
  }
}
#endif
