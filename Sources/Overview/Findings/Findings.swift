import Linux
import Watchdog

/// What `check` has found.
struct Findings {
  /// Which part of the work a mistake spoils.
  enum Matter: Equatable {
    /// Noticing.
    case watching
    /// Restarting and rebooting: nothing that matters on a box that only marks problems.
    case solving
  }

  /// One thing.
  struct Finding {
    /// Its path.
    let file: String
    /// What is wrong, why, and what to do.
    let sentence: String
    let matter: Matter
    /// How it can be mended by us; nil where only a person can.
    let fix: Fix?
  }

  /// What must be changed.
  var mistakes: [Finding] = []
  /// What is worth knowing.
  var remarks: [Finding] = []

  /// Lets mistakes that spoil nothing here be remarks.
  mutating func forgive(_ matter: Matter) {
    remarks += mistakes.filter { $0.matter == matter }
    mistakes.removeAll { $0.matter == matter }
  }

  /// Sorts by file: a folder tells its names in no order that people know.
  mutating func sort() {
    mistakes = Findings.sorted(mistakes)
    remarks = Findings.sorted(remarks)
  }

  private static func sorted(_ findings: [Finding]) -> [Finding] {
    // By place too, so that what is said of one file stays in its order.
    findings.enumerated().sorted { one, other in
      if one.element.file.isEqual(to: other.element.file) { return one.offset < other.offset }
      return one.element.file.utf8.lexicographicallyPrecedes(other.element.file.utf8)
    }.map { $0.element }
  }
}
