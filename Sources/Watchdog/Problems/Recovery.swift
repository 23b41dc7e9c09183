import Linux

/// Whether a program got well by itself: it is looked at once more before everything is restarted for it.
struct Recovery: ~Copyable {
  private let hearts: Folder
  private let beats: Folder
  private let pids: Folder

  init(_ roots: Roots, _ state: borrowing StateFolder) throws(Failure) {
    let hearts = try roots.configFolder("hearts")
    let beats = try state.open(.beats)
    let pids = try state.open(.pids)
    self.hearts = hearts
    self.beats = beats
    self.pids = pids
  }

  /// Why a problem is over: its heart has beaten since it was noticed, is not late, and its noted process, if
  /// there is one, runs; or its heart is no longer wanted. What somebody else than mark-problems detected is
  /// not for a heart to answer.
  ///
  /// - Parameters:
  ///   - noticed: the problem's date, CLOCK_REALTIME.
  ///   - vigil: since when the caller has been watching.
  /// - Returns: in words; nil while it stands.
  borrowing func words(
    for name: Name, _ problem: Problem, noticed: Duration, vigil: Vigil, now: Moment
  ) throws(Failure) -> String? {
    guard problem.detector.isEqual(to: "mark-problems") else { return nil }
    let heart: Heart
    do throws(Heart.Unreadable) {
      heart = try Heart.read(name, kind: nil, in: hearts)
    } catch {
      if case .notThere = error { return "hearts/\(name.text) is gone" }
      return nil
    }
    let isWell = try attempt(to: "look at the heart \(name.text)") { () throws(SystemError) in
      guard let beat = Beat(try beats.statusIfThere(of: name.text), owner: heart.owner).date,
        beat > noticed, !Vigil.isFuture(beat, at: now),
        heart.lateness(beat: beat, start: nil, vigil: vigil, now: now) == nil
      else { return false }
      guard let note = try pids.readNote(of: name) else { return true }
      return try !ProcessTable().isGone(note.process)
    }
    return isWell ? "it beats again by itself" : nil
  }
}

extension Problems {
  /// Removes a problem whose program got well by itself.
  ///
  /// - Parameters:
  ///   - noticed: the problem, and its date.
  ///   - vigil: since when the caller has been watching.
  /// - Returns: whether it is over. Where that cannot be told it stands.
  borrowing func removeIfRecovered(
    _ name: Name, _ noticed: (problem: Problem, date: Duration), _ state: borrowing StateFolder,
    vigil: Vigil, now: Moment, _ roots: Roots, _ report: Report, isDry: Bool
  ) throws(Failure) -> Bool {
    let why = try? Recovery(roots, state).words(
      for: name, noticed.problem, noticed: noticed.date, vigil: vigil, now: now)
    guard let why else { return false }
    let incident = Incident(
      .recovered, name, by: "\(report.tool)", why: why, steps: [.noticed(noticed.date)])
    try close(name, incident, roots, report, isDry: isDry)
    return true
  }
}
