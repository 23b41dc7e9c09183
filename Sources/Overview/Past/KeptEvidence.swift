import LinuxCalls
import Watchdog

/// The last evidence that was kept of something.
struct KeptEvidence {
  let file: EvidenceStore.File
  /// Where it is, for people.
  let path: String
  /// What it tells, a sentence each; empty when it may not be read.
  let sentences: [String]

  /// Looks for it; nil when there is none.
  init?(of name: String, _ roots: Roots) {
    guard let file = EvidenceStore.files(roots, of: name).last else { return nil }
    self.file = file
    path = "\(roots.data)/\(EvidenceStore.folder)/\(file.name)"
    let bytes = EvidenceStore.read(file, roots)
    sentences = bytes.isEmpty ? [] : Telling(bytes).sentences
  }

  /// For people.
  var lines: [String] {
    let what =
      sentences.isEmpty
      ? ["nothing is known of it: it ran no process, or only root may read this"]
      : sentences
    return ["\(file.date): \(path.printable)"]
      + what.map { "  \(printable(Array($0.utf8), atMost: 400))" }
  }
}

extension Box {
  /// What the kernel left in pstore of the boot before this one, copied to evidence in this boot; nil where it left
  /// nothing.
  var keptOfLastBoot: String? {
    guard let file = EvidenceStore.files(roots, of: "pstore").last,
      let date = Duration(date: file.date), date >= lastBoot.date - .seconds(60)
    else { return nil }
    return "\(roots.data)/\(EvidenceStore.folder)/\(file.name)"
  }
}
