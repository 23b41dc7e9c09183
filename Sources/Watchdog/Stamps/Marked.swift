import LinuxCalls
import Rules

/// The hearts whose ladder goes no further than marking: a restart of everything leaves their programs alone.
public enum Marked {
  /// All of those that a program was noted for in this boot.
  public static func all(_ roots: Roots) throws(Failure) -> [Name] {
    var names: [Name] = []
    guard let state = try StateFolder.toLookAt(roots), let pids = try state.openIfThere(.pids)
    else {
      return []
    }
    let settings = try Settings(roots)
    let beats = try state.openIfThere(.beats)
    try pids.forEachName { name throws(Failure) in
      let given = try? settings.read(.lastStep, for: name)
      // A beat counts where it is the owner's, as everywhere.
      let beat = Beat(try? beats?.status(of: name.text), owner: roots.user(of: name))
      let reach = Step.last(
        given: given, detector: .heart, means: roots.means(for: name),
        hasBeaten: beat.date != nil)
      if reach == .mark { names.append(name) }
    }
    return names
  }
}
