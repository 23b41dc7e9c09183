import Synchronization

extension Heart {
  /// One heart for several parts that work side by side: it beats only when every part has completed a round
  /// since the last beat, so that one part that hangs stops it, however busy the others are.
  ///
  ///     let round = Heart.Round(of: heart, parts: cores)
  ///     // in each worker
  ///     round.complete(part: worker)
  ///
  /// Give each part a heart of its own instead where they have different limits, or where you want to be told
  /// which one it is.
  public final class Round: Sendable {
    private let heart: Heart
    private let parts: Int
    private let completed: Mutex<Set<Int>>
    private let hasComplained = Atomic(false)

    /// The first round.
    ///
    /// - Parameter parts: how many there are, at least one. They are numbered from 0.
    public init(of heart: Heart, parts: Int = 1) {
      self.heart = heart
      self.parts = max(parts, 1)
      completed = Mutex([])
    }

    /// Says that a part has completed its work of this round.
    ///
    /// It waits only for tasks that call it at this instant.
    ///
    /// - Parameter part: which one. A number that there is not is a mistake of the program: it is logged, once, and
    ///   passed over.
    /// - Returns: what became of the beat; nil when others have not completed theirs.
    @discardableResult
    public func complete(part: Int = 0) -> Beat? {
      guard part >= 0, part < parts else {
        if !hasComplained.exchange(true, ordering: .relaxed) {
          let why = "there is no part \(part): they are numbered 0 to \(parts - 1)"
          heart.log("heart \(heart.name): \(why)")
        }
        return nil
      }
      let isWhole = completed.withLock { completed in
        completed.insert(part)
        guard completed.count == parts else { return false }
        completed.removeAll(keepingCapacity: true)
        return true
      }
      return isWhole ? heart.beat() : nil
    }
  }
}
