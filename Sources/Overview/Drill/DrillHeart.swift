import LinuxCalls
import Rules
import Watchdog

/// The heart that a drill is about, as the files of its box tell of it: read anew at each look.
struct DrillHeart {
  let name: Name
  let roots: Roots

  /// The process that its program was last started as.
  var process: ProcessIdentity? { roots.folder(.pids).note(of: name)?.process }

  /// When it beat last, CLOCK_REALTIME.
  var beat: Duration? { roots.folder(.beats).status(of: name.text)?.modified }

  /// What is wrong with it, in the detector's words.
  var problem: Problem? {
    guard let state = (try? StateFolder.toLookAt(roots)) ?? nil else { return nil }
    return (try? Problems(in: state).read(name)?.problem) ?? nil
  }

  /// What there is to say of a sign that can be seen; nil while it cannot.
  ///
  /// - Parameter before: the process of its program when that was broken.
  func sees(_ sign: Scene.Sign, after before: ProcessIdentity?) -> String? {
    if sign == .noticed { return problem?.reason }
    guard let process, process != before,
      let start = roots.folder(.starts).status(of: name.text)?.modified
    else { return nil }
    return sign == .startedAnew || beat ?? .zero > start ? "" : nil
  }
}
