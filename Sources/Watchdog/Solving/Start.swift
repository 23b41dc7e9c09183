import Linux
import Rules

/// starts/NAME, after a solution has started a program without telling us when.
struct Start: ~Copyable {
  private let starts: Folder
  private let beats: Folder
  private let drafts: Drafts
  private let roots: Roots

  init(_ roots: Roots, _ state: borrowing StateFolder, _ report: Report) throws(Failure) {
    let starts = try state.open(.starts)
    let beats = try state.open(.beats)
    let drafts = try Drafts(of: report.tool, in: state)
    self.starts = starts
    self.beats = beats
    self.drafts = drafts
    self.roots = roots
  }

  /// Notes that the program was started while a solution ran, unless run-stamped did so.
  ///
  /// - Parameter begun: CLOCK_REALTIME when the solution began.
  borrowing func note(_ name: Name, begun: Duration) throws(Failure) {
    try attempt(to: "write starts/\(name.text)") { () throws(SystemError) in
      // The kernel dates files by a clock that is a tick behind.
      let earliest = begun - .milliseconds(20)
      if let noted = try starts.statusIfThere(of: name.text)?.modified, noted >= earliest { return }
      let beat = try beats.statusIfThere(of: name.text)?.modified ?? .zero
      let date: Duration? = beat >= earliest && beatsSeldom(name) ? begun : nil
      try drafts.replace(name.text, in: starts, Drafts.Contents("", date: date))
    }
  }

  /// Whether a heart is given less time for its first beat than for the others. If such a one beat before its
  /// solution ended, and the start were dated with that end, another beat would have to follow at once.
  borrowing func beatsSeldom(_ name: Name) -> Bool {
    let hearts = try? roots.configFolder("hearts")
    switch hearts {
    case .some(let hearts):
      guard let heart = try? Heart.read(name, kind: nil, in: hearts) else { return false }
      return heart.startLimit < heart.limit
    case .none: return false
    }
  }

  /// Whether there is a heart of this name, or whether that cannot be told.
  borrowing func isHeart(_ name: Name) -> Bool {
    let hearts = try? roots.configFolder("hearts")
    switch hearts {
    case .none: return true
    case .some(let hearts):
      do throws(Heart.Unreadable) {
        _ = try Heart.read(name, kind: nil, in: hearts)
        return true
      } catch {
        if case .notThere = error { return false }
        return true
      }
    }
  }
}
