import LinuxCalls
import Rules

/// What is left of a program whose noted process has ended. One that left the foreground goes on in it, and must not be
/// ended; what a dead program left behind must.
struct Leftovers: ~Copyable {
  private let name: Name
  private let roots: Roots
  private let pids: String

  init(_ name: Name, _ roots: Roots, _ state: borrowing StateFolder) {
    self.name = name
    self.roots = roots
    pids = "\(state.path)/\(StateFolder.Part.pids.name)"
  }

  /// Whether what is left has to be given time to beat: the process ended soon after its start, as those do that go to
  /// the background, and left somebody. A program that beat in the foreground is doubted for less long, unless that
  /// happens again and again.
  ///
  /// - Parameters:
  ///   - areAny: whether anybody is left.
  ///   - beat: the heart's last beat.
  ///   - attempt: the how manieth in a row this one is.
  borrowing func mayGoOn(_ areAny: Bool, beat: Duration?, attempt: Int) -> Bool {
    guard areAny, isGone(), let status = try? Folder(path: pids).status(of: name.text) else {
      return false
    }
    return Attempt.mayGoOn(
      after: Clock.realtime - status.modified,
      hasBeaten: beat.map { $0 >= status.modified } ?? false, attempt: attempt)
  }

  private borrowing func isGone() -> Bool {
    guard let note = try? Folder(path: pids).readNote(of: name) else { return false }
    var table = LazyProcessTable()
    return (try? note.state(in: &table)) == .gone
  }

  /// Forgets the noted process, so that only beats count.
  borrowing func forgetProcess() throws(Failure) {
    try attempt(
      to: "remove \(pids)/\(name.text)", Folder(path: pids).removeIfThere(name.text))
  }

  /// As `forgetProcess`, when it has ended.
  borrowing func forgetProcessIfGone() throws(Failure) {
    if isGone() { try forgetProcess() }
  }
}
