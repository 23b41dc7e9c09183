#if !TINY
/// Numbers that are the same for the same seed (SplitMix64).
struct Random: Sendable {
  private(set) var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// From 0 on, and less than `bound`.
  mutating func below(_ bound: Int64) -> Int64 { Int64(next() % UInt64(max(bound, 1))) }

  /// Between these two, both included.
  mutating func within(_ least: Int64, _ most: Int64) -> Int64 { least + below(most - least + 1) }

  mutating func chance(_ percent: Int64) -> Bool { below(100) < percent }

  mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int(below(Int64(elements.count)))]
  }
}
#endif
