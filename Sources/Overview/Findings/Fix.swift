import LinuxCalls
import Watchdog

/// What --fix can do about a mistake without doing harm. It is done through descriptors: symbolic links are not
/// followed, and files with a second name somewhere else are left alone.
///
/// It gives no file another owner. What a stranger wrote would have root's rights from then on.
struct Fix {
  /// What is done.
  enum Act {
    /// Nobody but the owner may write.
    case closeToOthers
    /// The last line of a crontab gets its end.
    case endLastLine
    /// NAME= in a crontab, which cron does not understand, becomes NAME="".
    case quoteNothing
  }

  let act: Act
  /// Where it begins; nothing is known of how people have it, so links on the way to it are followed.
  let base: String
  /// The folders below it, and the file; none for the base itself.
  let names: [String]

  private var path: String { names.reduce(base) { "\($0)/\($1)" } }

  /// Does it, and says what was done.
  func run(_ report: Report, isDry: Bool) {
    do throws(SystemError) {
      guard let done = try perform(isDry: isDry) else { return }
      Console.write("\(isDry ? "would mend" : "mended") \(path): \(done)\n")
    } catch {
      let cure = error == .notPermitted || error == .accessDenied ? ": run it as root" : ""
      report.say(.error, "unable to mend \(path): \(error.reason)\(cure)")
    }
  }

  /// - Returns: what was done; nil when there was nothing to do, or it is left alone.
  private func perform(isDry: Bool) throws(SystemError) -> String? {
    var (parent, name) = base.folderAndName
    // A slash at its end.
    while name.utf8.isEmpty, !parent.isEqual(to: "/") { (parent, name) = parent.folderAndName }
    var folder = try Folder(path: parent)
    for next in names {
      folder = try folder.folder(name)
      name = next
    }
    let before = try folder.status(of: name)
    if before.kind == .folder {
      guard case .closeToOthers = act, before.isWritableByOthers else { return nil }
      let target = try folder.folder(name)
      if !isDry { try target.permit(before.permissions & ~0o022) }
      return Fix.modes(before)
    }
    guard before.kind == .file, before.links == 1 else { return nil }
    let file = try folder.openToRead(name)
    let status = try file.status()
    guard status.kind == .file, status.links == 1 else { return nil }
    let isOurs = status.isOurs
    switch act {
    case .closeToOthers:
      guard status.isWritableByOthers else { return nil }
      if !isDry { try file.permit(status.permissions & ~0o022) }
      return Fix.modes(status)
    // The new file belongs to the user that replaces it: a crontab of a stranger would be run from then on.
    case .endLastLine where !isOurs, .quoteNothing where !isOurs: return nil
    case .endLastLine:
      let bytes = try file.readAll()
      guard let last = bytes.last, last != .newline else { return nil }
      if !isDry { try Fix.replace(name, in: folder, bytes + [0x0A], as: status) }
      return "its last line has a newline now"
    case .quoteNothing:
      let bytes = try file.readAll()
      let (text, count) = Crontab.quotingNothing(in: bytes)
      guard count > 0 else { return nil }
      if !isDry { try Fix.replace(name, in: folder, text, as: status) }
      return "nothing is \"\" now, in \(count.counted("line"))"
    }
  }

  private static func modes(_ status: FileStatus) -> String {
    let before = String(status.permissions, radix: 8)
    let after = String(status.permissions & ~0o022, radix: 8)
    return
      "others cannot write to it any more (its mode was \(before), now \(after)); look at what they "
      + "may have written"
  }

  /// Replaces a file as a whole. Cron passes over names with a dot, and so never sees half of it.
  private static func replace(
    _ name: String, in folder: borrowing Folder, _ bytes: [UInt8], as status: FileStatus
  ) throws(SystemError) {
    try folder.replace(
      name, bytes, durably: true, draft: ".\(name).check-fix",
      permissions: status.permissions & 0o755)
  }
}
