import LinuxCalls
import Rules
import Watchdog

/// The files of /etc/watchdog that guard one program, as a person would write them.
struct GuardFiles {
  /// One of them.
  struct File {
    /// Its folder in /etc/watchdog, such as "hearts" or "of/web".
    let folder: String
    let name: String
    let contents: Contents

    /// "hearts/web".
    var path: String { "\(folder)/\(name)" }
  }

  /// What is written.
  enum Contents {
    case text(String)
    case program(String)
    case link(to: String)

    /// As it is shown, a line each.
    var lines: [String] {
      switch self {
      case .text(let text), .program(let text):
        text.utf8.split(separator: .newline).map { $0.text }
      case .link(let target): ["-> \(target)"]
      }
    }
  }

  private static let user = "\(WordSetting.user.name)"

  /// In the order in which they are written: the heart last, for from then on its program is awaited.
  private(set) var files: [File] = []

  /// - Parameters:
  ///   - user: who beats, and whom the program runs as; nil for root.
  ///   - command: the program; empty where a solution starts it.
  ///   - solution: one of solutions.available; nil where programs/NAME is started anew.
  init(_ name: Name, limits: String, user: String?, command: [String], solution: String?) {
    let name = name.text
    if let user { add("of/\(name)", GuardFiles.user, .text("\(user)\n")) }
    if !command.isEmpty {
      let words = command.map { $0.quotedForShell }.joined(separator: " ")
      let runner = user.map {
        "run-stamped --user \($0.quotedForShell) --keep-output \(name) -- "
      }
      add("programs", name, .program("#!/bin/sh\nexec \(runner ?? "")\(words)\n"))
    }
    if let solution {
      add("solutions", name, .link(to: "../solutions.available/\(solution)"))
    }
    add("hearts", name, .text("\(limits)\n"))
  }

  private mutating func add(_ folder: String, _ name: String, _ contents: Contents) {
    files.append(File(folder: folder, name: name, contents: contents))
  }

  /// The names of all that can be there for a heart, in the order in which they are taken away: the heart first, for then
  /// nobody awaits its program any more.
  static func places(of name: Name) -> [(folder: String, name: String)] {
    [
      ("hearts", name.text), ("solutions", name.text), ("programs", name.text),
      ("of/\(name.text)", user),
    ]
  }

  /// The paths of what of that is there.
  static func there(_ name: Name, _ roots: Roots) -> [String] {
    places(of: name).map { roots.path(of: "\($0.folder)/\($0.name)") }.filter {
      (try? FileStatus.at($0)) != nil
    }
  }

  /// Writes them, each whole; what cannot be finished is taken back.
  func write(_ roots: Roots) throws(Failure) {
    let config = try attempt(to: "open \(roots.config)", Folder(path: roots.config))
    for (index, file) in files.enumerated() {
      do throws(SystemError) {
        try GuardFiles.write(file, in: config)
      } catch {
        for other in files[..<index].reversed() {
          _ = try? GuardFiles.remove((other.folder, other.name), in: config)
        }
        throw Failure.unable(to: "write \(roots.config)/\(file.path)", error)
      }
    }
  }

  private static func write(_ file: File, in config: borrowing Folder) throws(SystemError) {
    let folder = try folder(file.folder, in: config, isMade: true)
    switch file.contents {
    case .text(let text):
      try folder.replace(file.name, Array(text.utf8), durably: true, permissions: 0o644)
    case .program(let text):
      try folder.replace(file.name, Array(text.utf8), durably: true, permissions: 0o755)
    case .link(let target):
      try folder.makeLink(file.name, to: target)
    }
  }

  /// - Parameter isMade: whether it is made where it is missing.
  private static func folder(
    _ path: String, in config: borrowing Folder, isMade: Bool = false
  ) throws(SystemError) -> Folder {
    var folder = try config.again()
    for part in path.pathParts {
      folder =
        try isMade ? folder.openOrMakeFolder(part, mode: 0o755) : folder.folder(part)
    }
    return folder
  }

  /// Removes one, and of/NAME when nothing is left in it.
  ///
  /// - Returns: whether it was there.
  static func remove(
    _ place: (folder: String, name: String), in config: borrowing Folder
  ) throws(SystemError) -> Bool {
    guard let folder = try unless(.noSuchFile, folder(place.folder, in: config)),
      try unless(.noSuchFile, folder.remove(place.name)) != nil
    else { return false }
    let parts = place.folder.pathParts
    if parts.count == 2, let parent = try? config.folder(parts[0]) {
      try? parent.removeFolder(parts[1])
    }
    return true
  }
}

extension String {
  /// As a word that sh(1) takes as it is.
  var quotedForShell: String {
    let isPlain = utf8.allSatisfy {
      $0.isDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20)
        || "-_./:=@%+,".utf8.contains($0)
    }
    if isPlain, !utf8.isEmpty { return self }
    return "'"
      + utf8.split(separator: UInt8(ascii: "'"), omittingEmptySubsequences: false)
      .map { $0.text }.joined(separator: "'\\''") + "'"
  }
}
