import Linux
import Watchdog

/// The folders of the configuration, and the names in them.
extension Check {
  static let folders = ["hearts", "chain", "programs", "solutions", "of"]
  /// Beside them, and read by nobody but those who link to what is in it.
  static let available = "solutions.available"

  /// Whose the folders are, and who can write to them: who can exchange a folder is as good as root.
  mutating func lookAtFolders() {
    lookAtFolder("")
    for name in Check.folders + [Check.available] { lookAtFolder(name) }
    do throws(Failure) {
      // What is wrong with the configuration's own folder was told just now.
      if !findings.mistakes.contains(where: { $0.file.isEqual(to: roots.config) }) {
        try Trust.check(folder: roots.config, as: runner)
      }
    } catch {
      complain("", error.sentence, about: .solving)
    }
  }

  mutating func lookAtFolder(_ name: String) {
    let path = path(of: name)
    guard let folder = try? Folder(path: path), let status = try? folder.status() else {
      // Without these two no tool can do its work; the others need not be there.
      if name.isEqual(to: "hearts") || name.isEqual(to: "chain") {
        tellMissing(name, path)
      }
      return
    }
    if !trusts(status.owner) {
      complain(
        name,
        "it belongs to user \(status.owner), who can change everything in it: chown root \(path)")
    } else if status.isWritableByOthers {
      complain(
        name, "others can write to it: chmod go-w \(path)",
        fix: closing(name))
    }
  }

  private mutating func tellMissing(_ name: String, _ path: String) {
    do throws(SystemError) {
      _ = try Folder(path: path)
    } catch {
      complain(
        name,
        error == .noSuchFile ? "it is missing: mkdir \(path)" : "unable to open it: \(error.reason)"
      )
    }
  }

  /// A file that others can write to.
  mutating func lookAtMode(
    _ file: String, _ status: FileStatus, about: Findings.Matter = .watching
  ) {
    guard status.kind == .file, status.isWritableByOthers else { return }
    complain(
      file, "others can write to it: chmod go-w \(path(of: file))", about: about, fix: closing(file)
    )
  }

  /// How a file of the configuration is closed to others.
  func closing(_ file: String) -> Fix {
    let parts = file.utf8.split(separator: 0x2F).map { String(decoding: Array($0), as: UTF8.self) }
    return Fix(act: .closeToOthers, base: roots.config, names: parts)
  }

  /// The names in a folder, and what they are, sorted. A name that no tool reads is told.
  mutating func names(in folder: String) -> [(name: Name, kind: FileStatus.Kind?)] {
    var names: [(name: Name, kind: FileStatus.Kind?)] = []
    var others: [[UInt8]] = []
    guard let entries = try? Folder(path: path(of: folder)) else { return [] }
    try? entries.forEachEntry(onSystemError: { $0 }) { entry throws(SystemError) in
      if let name = Name(entry.bytes) {
        names.append((name, entry.kind))
      } else if !Check.isNoName(entry.bytes) {
        others.append(Array(entry.bytes))
      }
    }
    for other in others { tellPassedOver(other, folder, names) }
    names.sort { $0.name.text.utf8.lexicographicallyPrecedes($1.name.text.utf8) }
    return names
  }

  private mutating func tellPassedOver(
    _ bytes: [UInt8], _ folder: String, _ names: [(name: Name, kind: FileStatus.Kind?)]
  ) {
    let prefix = folder.utf8.isEmpty ? "" : "\(folder)/"
    let file = "\(prefix)\(printable(bytes))"
    let stem = bytes.prefix { Name(CollectionOfOne($0)) != nil }
    let counterpart = names.first { $0.name.text.utf8.elementsEqual(stem) }
    // "php8.2-fpm" is no copy of "php8", which may well be there too.
    if let counterpart, Check.isCopy(bytes.dropFirst(stem.count)) {
      remark(
        file,
        "passed over: \(prefix)\(counterpart.name.text) is what counts: compare the two and remove this one"
      )
    } else {
      complain(
        file,
        "passed over: a name is made of letters, digits, _ and -: \(cure(bytes, folder))")
    }
  }

  private func cure(_ bytes: [UInt8], _ folder: String) -> String {
    let other = bytes.map { $0 == 0x2E ? 0x5F : $0 }
    guard !folder.utf8.isEmpty, bytes.contains(0x2E), let name = Name(other) else {
      return "rename or remove it"
    }
    let beats =
      folder.isEqual(to: "hearts")
      ? ", and let the program beat as \(name.text)" : ""
    return "rename it to \(name.text)\(beats), or remove it"
  }

  /// Whether what follows a name is what editors and packages put there: ~, .bak, .dpkg-new.
  private static func isCopy(_ end: ArraySlice<UInt8>) -> Bool {
    let known = ["bak", "dist", "new", "old", "orig", "save", "swp", "tmp"]
    guard end.first == 0x2E else { return true }
    let word = end.dropFirst()
    return known.contains { $0.utf8.elementsEqual(word) }
      || ["dpkg-", "ucf-", "rpm", "apk-", "pac"].contains { word.starts(with: $0.utf8) }
  }

  /// What nobody takes for the name of something: hidden files, and what etc/install puts there.
  private static func isNoName(_ name: UnsafeRawBufferPointer) -> Bool {
    name.first == 0x2E || name.suffix(8).elementsEqual(".example".utf8)
      || name.elementsEqual(available.utf8) || name.elementsEqual("crontab.new".utf8)
      || name.elementsEqual("crontab.old".utf8)
  }
}
