#if !TINY
import Rules

/// Every state of a small world: two programs, two crashes, one hold and one power cut, each at any second.
///
/// It is small by its limits: seconds for hearts, ten seconds for restarts, and a window of reboots that is just longer
/// than the ladder takes from one to the next, so that one too many would be seen. One program is a slow starter. What a
/// disk, a clock, cron and tools may do is not in it: `Life` has that.
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
    /// How many seconds it takes to come to the last of them.
    var seconds = 0
    /// How many are known and were not gone on from. Without a violation, only none is a proof.
    var open = 0
    /// How many worlds were compared with the one that they were taken for; nil when none were to be.
    var compared: Int?
    var violation: (invariant: String, words: String)?
    var lines: [String] = []
  }

  /// What may happen at the begin of a second. A program ends once, hangs once, can never be started again, or runs and
  /// never beats again.
  enum Choice: UInt8, CaseIterable {
    case nothing
    case firstDies
    case firstHangs
    case firstIsGone
    case firstIsBroken
    case secondDies
    case secondHangs
    case secondIsGone
    case secondIsBroken
    case hold
    case powerCut
  }

  static var box: Box {
    let one = Box.Member(
      limit: 2000, startLimit: 2000, means: .program, lastStep: nil, period: 1000, firstBeat: 500,
      grace: 100, solveTime: 1000, solveWithin: 2000)
    var slow = one
    (slow.limit, slow.startLimit, slow.firstBeat) = (3000, 4000, 2500)
    let ladder = Ladder(
      minimumUptime: .seconds(1), restartsBeforeReboot: 1, restartsWindow: .seconds(10),
      rebootsBeforeStandingDown: 1, rebootsWindow: .seconds(25))
    return Box(
      members: [one, slow], ladder: ladder, restartWithin: 4000, restartTakes: 300,
      deviceTimeout: 3000, tellsReset: true, hasNoClock: false, bootTakes: 1000, cronAfter: 1000,
      chainLimit: .seconds(2), hour: .seconds(1), slack: .seconds(2))
  }

  /// A state that was seen, by its place in the order in which they were: how it came about.
  private struct Step {
    var before: UInt32
    var choice: Choice
  }

  private var steps: [Step] = []
  private var seen: Set<Canon.Key> = []
  private var next: [(world: World, left: Left, place: Int)] = []
  private var outcome = Outcome()
  private var doubt: Doubt?

  /// - Parameter isDoubted: whether worlds that are taken for the same are compared as they go on.
  init(isDoubted: Bool) { doubt = isDoubted ? Doubt() : nil }

  /// Visits them, second by second: so the first violation that is found is one of the shortest.
  ///
  /// - Parameter most: the most states that are visited.
  mutating func run(most: Int) -> Outcome {
    offer(Exhaust.first(isLogged: false), Left(), Step(before: 0, choice: .nothing))
    while !next.isEmpty, outcome.violation == nil, seen.count < most {
      let open = next
      next = []
      for (world, left, place) in open where outcome.violation == nil {
        for choice in Choice.allCases {
          guard let rest = left.after(choice), let world = Exhaust.going(on: world, choice) else {
            continue
          }
          offer(world, rest, Step(before: UInt32(place), choice: choice))
        }
      }
      outcome.seconds += 1
    }
    outcome.states = seen.count
    outcome.open = next.count
    outcome.compared = doubt?.compared
    return outcome
  }

  private mutating func offer(_ world: World, _ left: Left, _ step: Step) {
    guard outcome.violation == nil else { return }
    let strayed = world.strayed.map { ("X", "nothing is known of such a world: \($0)") }
    if let violation = world.judge.violation ?? strayed {
      outcome.violation = violation
      outcome.lines = told(until: step)
      return
    }
    let key = world.key(with: left)
    let isNew = seen.insert(key).inserted
    if let difference = doubt?.differs(world, left, key) {
      outcome.violation = ("X", difference)
      outcome.lines = told(until: step)
    }
    guard isNew else { return }
    steps.append(step)
    next.append((world, left, steps.count - 1))
  }

  /// The same once more, with a diary.
  private func told(until last: Step) -> [String] {
    var choices = [last.choice]
    var place = Int(last.before)
    while place > 0 {
      choices.append(steps[place].choice)
      place = Int(steps[place].before)
    }
    var world = Exhaust.first(isLogged: true)
    for choice in choices.reversed() {
      if let next = Exhaust.going(on: world, choice) { world = next }
    }
    return world.diary.lines
  }

  /// Goes on until all is at work, and for longer than the judge's patience with a boot.
  private static func first(isLogged: Bool) -> World {
    var first = World(Exhaust.box, seed: 1, isLogged: isLogged)
    for _ in 0..<100 { first.second() }
    return first
  }

  /// The world a second later; nil when that cannot happen in it.
  static func going(on world: World, _ choice: Choice) -> World? {
    var next = world
    switch choice {
    case .nothing: break
    case .hold: next.apply(.hold(nil, 3000))
    case .powerCut: next.apply(.powerCut)
    default:
      let index = choice.rawValue < Choice.secondDies.rawValue ? 0 : 1
      guard world.programs[index].works else { return nil }
      next.crash(index, choice)
    }
    next.second()
    return next
  }
}

extension Exhaust.Left {
  /// What is left after this choice; nil when there is nothing of it left.
  func after(_ choice: Exhaust.Choice) -> Exhaust.Left? {
    var left = self
    switch choice {
    case .nothing: break
    case .hold: left.holds -= 1
    case .powerCut: left.cuts -= 1
    default: left.crashes -= 1
    }
    return min(left.crashes, left.holds, left.cuts) < 0 ? nil : left
  }
}

extension World {
  /// The canonical form, with what may still happen.
  func key(with left: Exhaust.Left) -> Canon.Key {
    var canon = canon
    canon.add(left.number)
    return canon.key
  }

  fileprivate mutating func crash(_ index: Int, _ choice: Exhaust.Choice) {
    note("*** \(choice)")
    switch choice {
    case .firstHangs, .secondHangs: hang(index)
    case .firstIsGone, .secondIsGone:
      programs[index].nature = .missing
      programs[index].stop()
    case .firstIsBroken, .secondIsBroken:
      programs[index].nature = .neverBeats
      hang(index)
    default: programs[index].stop()
    }
  }

  private mutating func hang(_ index: Int) {
    programs[index].isHung = true
    programs[index].nextBeat = .max
  }
}
#endif
