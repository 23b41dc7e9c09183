import LinuxCalls
import Watchdog

/// Whose the directories and files are, who can write to them, and how they are called.
enum FileRules {
  static let all: [Rule<Configuration>] = [
    Rule("folders", folders), Rule("names", names), Rule("rights", rights),
  ]

  /// A user that can exchange a directory is as good as root.
  private static func folders(_ all: Configuration) -> [Finding] {
    let found = all.folders.flatMap { folder($0, all) }
    return found + distrust(all, told: found)
  }

  @Findings private static func folder(
    _ folder: ConfigFolder, _ all: Configuration
  ) -> [Finding] {
    let path = all.roots.path(of: folder.name)
    if let status = folder.status {
      if !all.trusts(status.owner) {
        all.wrong(
          folder.name, "it belongs to user \(status.owner), who can change everything in it",
          cure: "chown root \(path)")
      } else if status.isWritableByOthers {
        all.open(folder.name, solving: false)
      }
    } else if ["hearts", "chain"].has(folder.name), let obstacle = folder.obstacle {
      // Without these two no tool can do its work; the others need not be there.
      obstacle == .noSuchFile
        ? all.wrong(folder.name, "it is missing", cure: "mkdir \(path)")
        : all.wrong(folder.name, "unable to open it: \(obstacle.reason)")
    } else if folder.name.utf8.starts(with: "of/".utf8) {
      all.wrong(
        folder.name, "it is no directory",
        cure: "settings of one name go into \(folder.name)/SETTING", solving: true)
    }
  }

  /// What is wrong on the way to a directory from which something is run, if that was not told yet.
  private static func distrust(_ all: Configuration, told: [Finding]) -> [Finding] {
    var told = told.map { $0.subject }
    var found: [Finding] = []
    for folder in all.folders {
      guard let sentence = folder.distrust, !told.has(all.roots.config) else { continue }
      let path = all.roots.path(of: folder.name)
      if told.has(path) { continue }
      told.append(path)
      found.append(all.wrong(folder.name, sentence, solving: true))
    }
    return found
  }

  /// The owner and mode of what is in them.
  @Findings private static func rights(_ all: Configuration) -> [Finding] {
    for folder in all.folders {
      let isHearts = folder.name.isEqual(to: "hearts")
      for file in folder.files where isRead(file, of: folder) {
        if let status = file.status {
          // A heart belongs to whose it is.
          if !isHearts, !all.trusts(status.owner) {
            all.wrong(
              file.path, "it belongs to user \(status.owner), who can change it",
              cure: "chown root \(all.roots.path(of: file.path))", solving: true)
          }
          if status.kind == .file, status.isWritableByOthers {
            all.open(file.path, solving: !isHearts)
          }
        }
      }
    }
  }

  /// Whether a tool reads it as a value. What is run has stricter rules.
  private static func isRead(_ file: ConfigFile, of folder: ConfigFolder) -> Bool {
    if folder.name.utf8.isEmpty { return Configuration.files.has(file.name.text) }
    return ["hearts", "chain"].has(folder.name) || folder.name.utf8.starts(with: "of/".utf8)
  }

  // MARK: Names

  /// The names that no tool reads.
  private static func names(_ all: Configuration) -> [Finding] {
    all.folders.flatMap { folder in
      ConfigFolder.available.has(folder.name)
        ? [] : folder.others.map { passedOver($0, folder, all) }
    }
  }

  private static func passedOver(
    _ bytes: [UInt8], _ folder: ConfigFolder, _ all: Configuration
  ) -> Finding {
    let prefix = folder.name.utf8.isEmpty ? "" : "\(folder.name)/"
    let file = "\(prefix)\(printable(bytes))"
    let stem = bytes.prefix { Name(CollectionOfOne($0)) != nil }
    let counterpart = folder.files.first { $0.name.text.utf8.elementsEqual(stem) }
    // "php8.2-fpm" is no copy of "php8", which may well be there too.
    if let counterpart, isCopy(bytes.dropFirst(stem.count)) {
      return all.note(
        file, "passed over: \(counterpart.path) counts instead",
        cure: "compare the two and remove this one")
    }
    return all.wrong(
      file, "passed over: a name is made of letters, digits, _ and -, at most 200",
      cure: cure(bytes, folder.name))
  }

  private static func cure(_ bytes: [UInt8], _ folder: String) -> String {
    let other = bytes.map { $0 == .dot ? UInt8(ascii: "_") : $0 }
    guard !folder.utf8.isEmpty, bytes.contains(.dot), let name = Name(other) else {
      return "rename or remove it"
    }
    let beats =
      folder.isEqual(to: "hearts") ? ", and let the program beat as \(name.text)" : ""
    return "rename it to \(name.text)\(beats), or remove it"
  }

  /// Whether what follows a name is what editors and packages put there: ~, .bak, .dpkg-new.
  private static func isCopy(_ end: ArraySlice<UInt8>) -> Bool {
    // After a stem, for a name that begins with a dot is hidden.
    end.first != .dot || ([UInt8(ascii: "x")] + end).withUnsafeBytes { Name.isLeftover($0) }
  }
}
