import LinuxCalls
import Rules

extension Run {
  /// Notes in starts/NAME that the program was started while a solution ran, unless run-stamped did so.
  ///
  /// - Parameter begun: CLOCK_REALTIME when the solution began.
  func noteStart(of name: Name, begun: Duration) throws(Failure) {
    let starts = try state.open(.starts)
    let beats = try state.open(.beats)
    try attempt(to: "write starts/\(name.text)") { () throws(SystemError) in
      // The kernel dates files by a clock that is a tick behind.
      let earliest = begun - Vigil.fileClockLag
      if let noted = try starts.statusIfThere(of: name.text)?.modified, noted >= earliest { return }
      let beat = try beats.statusIfThere(of: name.text)?.modified ?? .zero
      let date: Duration? = beat >= earliest && roots.beatsSeldom(name) ? begun : nil
      try drafts.replace(name.text, in: starts, Drafts.Contents("", date: date))
    }
  }
}

extension Roots {
  /// Whether a heart is given less time for its first beat than for the others. If such a one beat before its
  /// solution ended, and the start were dated with that end, another beat would have to follow at once.
  func beatsSeldom(_ name: Name) -> Bool {
    guard let heart = heartThatCounts(name) else { return false }
    return heart.startLimit < heart.limit
  }

  /// Whether there is a heart of this name, or whether that cannot be told.
  func hasHeart(_ name: Name) -> Bool {
    do throws(Heart.Unreadable) { _ = try heart(name) } catch {
      if case .notThere = error { return false }
    }
    return true
  }
}
