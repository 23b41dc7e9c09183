import Linux
import Rules

/// The hearts whose ladder goes no further than marking: a restart of everything leaves their programs alone.
public enum Marked {
  /// All of those that a program was noted for in this boot.
  public static func all(_ roots: Roots) throws(Failure) -> [Name] {
    var names: [Name] = []
    let state = try StateFolder.toLookAt(roots)
    switch state {
    case .none: return []
    case .some(let state):
      guard let pids = try state.openIfThere(.pids) else { return [] }
      let settings = try Settings(roots)
      let beats = try state.openIfThere(.beats)
      try pids.forEachEntry(onSystemError: { Failure.unable(to: "read pids", $0) }) {
        entry throws(Failure) in
        guard let name = Name(entry.bytes) else { return }
        let given = (try? settings.lastStep(for: name)) ?? nil
        let reach = Step.last(
          given: given, detector: .heart, means: roots.means(for: name),
          hasBeaten: beats.hasBeaten(name))
        if reach == .mark { names.append(name) }
      }
      return names
    }
  }
}

extension Folder? {
  fileprivate borrowing func hasBeaten(_ name: Name) -> Bool {
    switch self {
    case .none: return false
    case .some(let folder):
      let date = (try? folder.status(of: name.text))?.modified
      return date.map { $0 != Beat.neverDate } ?? false
    }
  }
}
