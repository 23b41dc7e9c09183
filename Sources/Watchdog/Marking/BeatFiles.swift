import LinuxCalls
import Rules

// beats/, as mark-problems keeps it: a file for each heart, empty, and of the user that beats, who owns it and can do to it
// whatever he likes; what comes of that concerns his heart only.

extension MarkProblems {
  func complainOfBeat(_ name: Name, _ found: HeartLook.Found) {
    let sentence: String? =
      if let obstacle = found.obstacle {
        "unable to look at beats/\(name.text): \(obstacle.reason): the heart is passed over"
      } else if found.file?.size ?? 0 > Beat.largestFile {
        "beats/\(name.text) was filled with data, which takes memory, and is emptied: a beat only needs to be touched"
      } else if let mistake = found.mistake {
        mistake
      } else if found.condition.isFuture {
        "beats/\(name.text) is dated in the future, so it does not count as a beat: set the clock of whatever "
          + "dates it, or touch it without a date"
      } else {
        nil
      }
    guard let sentence else { return }
    run.complain(about: "beats-\(name.text)", sentence)
  }

  /// Takes away what was written into a beat, which keeps its date: a beat is not ours to give.
  func cutBeat(_ name: Name, _ file: FileStatus) {
    if run.would("would empty beats/\(name.text)") { return }
    do throws(SystemError) {
      do throws(SystemError) {
        try finder.beats.cut(name.text)
      } catch {
        // It is leased, or executed: what is in it goes with the last one who has it open.
        let empty = Drafts.Contents(
          "", owner: file.owner, date: file.modified, mode: file.permissions)
        try drafts().replace(name.text, in: finder.beats, empty)
      }
    } catch {
      fail(about: name, .unable(to: "empty beats/\(name.text)", error), isGeneral: false)
    }
  }

  func makeBeat(_ name: Name, of user: UInt32, instead beat: Beat) {
    if run.would("would make beats/\(name.text) for user \(user)") { return }
    // A user that can open it only to read can hold its lock, by which one check of a heart keeps out the next.
    let empty = Drafts.Contents("", owner: user, date: Beat.neverDate, mode: 0o600)
    do throws(SystemError) {
      if beat == .missing {
        _ = try drafts().create(name.text, in: finder.beats, empty)
        return
      }
      if beat == .noFile { try moveAside(name) }
      try drafts().replace(name.text, in: finder.beats, empty)
    } catch {
      // The quota may be that of the heart's user, and the room what he took for attributes of his file.
      let isGeneral = error != .noSpace && error != .overQuota && error.isGeneral
      fail(
        about: name, .unable(to: "make beats/\(name.text) for user \(user)", error),
        isGeneral: isGeneral)
    }
  }

  /// beats/ may be a file system of its own, so that nobody fills that of the others.
  private func drafts() throws(SystemError) -> Drafts {
    try Drafts(within: finder.beats)
  }

  /// A directory in the place of a beat, as docker makes one where a file that is mounted is missing, cannot be
  /// replaced by a file.
  private func moveAside(_ name: Name) throws(SystemError) {
    let kind = try finder.beats.status(of: name.text).kind
    guard kind == .folder else { return }
    try finder.beats.rename(
      name.text, to: ".\(name.text).\(Clock.monotonic.nanoseconds)", in: finder.beats)
    run.complain(
      about: "moved-\(name.text)",
      "beats/\(name.text) was a directory: it was moved aside, and a beat file is in its place")
  }
}
