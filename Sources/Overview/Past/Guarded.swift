import LinuxCalls
import Rules
import Watchdog

/// What the configuration says of a name: whether it has a heart, and who could mend it.
struct Guarded {
  let name: Name
  /// Whether there is a file of it in hearts/.
  let isHeart: Bool
  /// How old a beat may become; nil where there is no heart, or none that can be understood.
  let limit: Duration?
  /// Since when it has a heart, at the latest.
  let written: Duration?
  /// Who could mend it.
  let means: Means
}

extension Guarded {
  /// Looks for a name.
  init(_ name: Name, _ roots: Roots) {
    let heart = try? roots.heart(name)
    self.init(
      name: name, isHeart: roots.has("hearts", name), limit: heart?.limit, written: heart?.given,
      means: roots.means(for: name))
  }

  /// The problems that there are, and when they were noticed; nil where nobody may look.
  static func problems(_ roots: Roots) -> [(name: Name, date: Duration)]? {
    guard let folder = roots.folder(.problems) else { return nil }
    var problems: [(name: Name, date: Duration)] = []
    do throws(SystemError) {
      try folder.forEachEntry { entry throws(SystemError) in
        guard let name = Name(entry.bytes), let status = try folder.statusIfThere(of: name.text),
          status.kind == .file
        else { return }
        problems.append((name, status.modified))
      }
      return problems
    } catch {
      return nil
    }
  }
}
