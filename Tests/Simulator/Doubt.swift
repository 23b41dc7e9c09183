#if !TINY
/// Whether worlds with the same canonical form have the same future: one of sixteen is kept, and all that are taken
/// for it go on for a while beside it, with the same that happens to both.
struct Doubt {
  private var kept: [Canon.Key: (world: World, left: Exhaust.Left)] = [:]
  /// How many were compared.
  private(set) var compared = 0
  private var random = Random(seed: 7)

  /// One of so many states is kept.
  private static let portion: UInt64 = 16
  /// For so many seconds two worlds go on.
  private static let seconds = 40

  /// - Returns: in what a world differs from the one that it was taken for; nil when in nothing.
  mutating func differs(_ world: World, _ left: Exhaust.Left, _ key: Canon.Key) -> String? {
    guard (key.one ^ key.other >> 32) % Doubt.portion == 0 else { return nil }
    guard let known = kept[key] else {
      kept[key] = (world, left)
      return nil
    }
    compared += 1
    var (one, other, left) = (known.world, world, left)
    var story: [Exhaust.Choice] = []
    for _ in 0..<Doubt.seconds {
      // Mostly nothing happens, so that something comes of what did.
      let choice = random.chance(70) ? .nothing : random.pick(Exhaust.Choice.allCases)
      guard let rest = left.after(choice) else { continue }
      let next = (Exhaust.going(on: one, choice), Exhaust.going(on: other, choice))
      story.append(choice)
      switch next {
      case (nil, nil): continue
      case (let first?, let second?):
        (one, other, left) = (first, second, rest)
        if one.key(with: left) != other.key(with: left)
          || one.judge.violation?.words != other.judge.violation?.words
        {
          return "two worlds with one canonical form differ after \(story)"
        }
      default: return "only in one of two worlds with one canonical form can \(choice) happen"
      }
    }
    return nil
  }
}
#endif
