import Linux
import Rules

/// What `beat` does: touches the beats of hearts, after a command has shown that they beat.
public struct Beating: ~Copyable {
  private let beats: Folder

  /// Opens the folder of beats.
  public init(_ roots: Roots) throws(Failure) {
    let path = "\(roots.state)/\(StateFolder.Part.beats.name)"
    beats = try attempt(
      to: "open \(path)", cure: "mark-problems makes it: is it run each second?", Folder(path: path)
    )
  }

  /// Lets each of these hearts beat.
  ///
  /// - Throws: the first failure, after all others have been tried.
  public borrowing func beat(_ names: [Name]) throws(Failure) {
    var failure: Failure?
    for name in names {
      do throws(Failure) {
        try beat(name)
      } catch {
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
  }

  /// Touches beats/NAME, which mark-problems has made for the heart's owner.
  private borrowing func beat(_ name: Name) throws(Failure) {
    do throws(SystemError) {
      try beats.touch(name.text)
    } catch {
      let cure: String? =
        switch error {
        case .noSuchFile:
          "write hearts/\(name.text); mark-problems, run each second, makes the beat"
        case .accessDenied, .notPermitted:
          "the owner of hearts/\(name.text) beats: chown it to that user"
        default: nil
        }
      throw Failure.unable(to: "touch \(beats.path)/\(name.text)", error, cure: cure)
    }
  }

  /// Runs a command, with a limit of time.
  ///
  /// - Returns: its exit code, or 128 and the number of the signal that ended it.
  /// - Throws: when it could not be run, or was killed for taking longer than `limit`.
  public static func run(_ command: [String], limit: Duration) throws(Failure) -> Int32 {
    let words = command[0].printable
    let child = try attempt(to: "run \(words)", Child(command, apart: .group, endsWithParent: true))
    switch child.wait(untilMonotonic: Clock.monotonic + limit) {
    case .exited(let code): return code
    case .killed(let signal): return 128 + signal.number
    case nil:
      child.killGroup()
      throw Failure(
        .tryLater, "\(words) has not ended within \(limit.wholeSeconds) s: killed, no beat")
    }
  }
}
