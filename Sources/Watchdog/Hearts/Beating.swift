import LinuxCalls
import Rules

/// What `beat` does: touches the beats of hearts, after a command has shown that they beat.
public struct Beating: ~Copyable {
  private let beats: Folder

  /// Opens the folder of beats.
  public init(_ roots: Roots) throws(Failure) {
    let path = roots.path(of: .beats)
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
      throw Beating.failure(error, name, beats.path)
    }
  }

  private static func failure(_ error: SystemError, _ name: Name, _ folder: String) -> Failure {
    let cure: String? =
      switch error {
      case .noSuchFile:
        "write hearts/\(name.text); mark-problems, run each second, makes the beat"
      case .accessDenied, .notPermitted:
        "another user beats for it: write that user into of/\(name.text)/user"
      default: nil
      }
    return Failure.unable(to: "touch \(folder)/\(name.text)", error, cure: cure)
  }

  /// Makes sure that no other command is run for these hearts, until this process ends. A check that cannot even be
  /// killed, for it waits for a dead file server, must not be joined by another one each minute.
  ///
  /// - Parameter names: those that remain are ours to let beat: whose owner holds his own file must not keep others from
  ///   beating.
  /// - Returns: why one does not remain.
  public borrowing func claim(_ names: inout [Name]) -> Failure? {
    var failure: Failure?
    var claimed: [Name] = []
    for name in names {
      do throws(Failure) {
        try claim(name)
        claimed.append(name)
      } catch { failure = failure ?? error }
    }
    names = claimed
    return failure
  }

  private borrowing func claim(_ name: Name) throws(Failure) {
    let file: Descriptor?
    do throws(SystemError) {
      file = try unless(.noSuchFile, beats.open(name.text, [.write, .noFollow, .nonBlocking]))
    } catch { throw Beating.failure(error, name, beats.path) }
    // That it is missing is told when it is to be touched.
    guard let file else { return }
    guard try attempt(to: "lock \(beats.path)/\(name.text)", Beating.lock(file)) else {
      throw Failure(
        .tryLater, "an earlier command for \(name.text) has not ended yet",
        unableTo: "let \(name.text) beat")
    }
    try attempt(to: "keep \(beats.path)/\(name.text) open", file.keep())
  }

  /// Locks it, unless another one has. A user that can open it only to read could hold the lock for ever: such users cannot, from now on.
  private static func lock(_ file: borrowing Descriptor) throws(SystemError) -> Bool {
    let found = try file.status().permissions
    var wanted = found
    for (read, write) in [(0o040, 0o020), (0o004, 0o002)] as [(UInt32, UInt32)]
    where found & write == 0 { wanted &= ~read }
    if wanted != found { try? file.permit(wanted) }
    return try file.tryToLock()
  }

  /// Runs a command, with a limit of time.
  ///
  /// - Returns: its exit code, or 128 and the number of the signal that ended it.
  /// - Throws: when it could not be run, or was killed for taking longer than `limit`; not before it has ended.
  public static func run(
    _ command: [String], limit: Duration, _ report: Report
  ) throws(Failure) -> Int32 {
    let words = command[0].printable
    let child = try attempt(
      to: "run \(words)",
      Child(command, apart: .group, endsWithParent: true) { ThisProcess.openMissingOutput() })
    switch child.wait(untilMonotonic: Clock.monotonic + limit) {
    case .exited(let code): return code
    case .killed(let signal): return 128 + signal.number
    case nil:
      child.killGroup()
      if child.wait(untilMonotonic: Clock.monotonic + .seconds(1)) == nil {
        report.say(
          .error,
          "\(words) did not exit within \(limit.wholeSeconds) s and cannot be killed: waiting for its end, so that no "
            + "other is run beside it")
        while child.wait(untilMonotonic: Clock.monotonic + .seconds(3600)) == nil {}
      }
      throw Failure(
        .tryLater, "\(words) did not exit within \(limit.wholeSeconds) s: killed, no beat")
    }
  }
}
