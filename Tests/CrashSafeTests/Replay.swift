import Foundation
import TestSupport
import Testing

/// What a traced operation did to a disk, at the level of files and names.
enum DiskAction: Equatable {
  /// A new file or folder got a name.
  case make(file: Int, path: String, isFolder: Bool)
  /// A file that was there before was opened.
  case find(file: Int, path: String)
  /// A file's contents were changed, at a place or at their end.
  case write(file: Int, bytes: [UInt8], at: Int?)
  /// A name of a file was given up.
  case drop(path: String)
  /// A file got a name, which another may have had before.
  case name(file: Int, path: String)
  /// The contents of a file are on the disk.
  case synchronizeFile(Int)
  /// The names in a folder are on the disk.
  case synchronizeFolder(String)

  /// The folder whose names it changes.
  var folder: String? {
    switch self {
    case .make(_, let path, _), .drop(let path), .name(_, let path):
      path.split(separator: "/").dropLast().map { "/\($0)" }.joined()
    default: nil
    }
  }
}

/// The actions of a traced operation, in their order, and how many of them one system call did.
struct DiskRecord {
  private(set) var actions: [DiskAction] = []
  private var files: [String: Int] = [:]
  /// Which file is open under which descriptor.
  private var open: [String: Int] = [:]
  private var count = 0

  /// Reads the output of `strace -y -xx -s 100000`: "openat(3</a>, "\x62", O_CREAT...) = 4</a/b>".
  init(_ lines: [Substring]) {
    for line in lines where !line.contains(" = -1 ") { read(String(line)) }
  }

  private mutating func file(_ path: String) -> Int {
    if let file = files[path] { return file }
    count += 1
    files[path] = count
    return count
  }

  private mutating func read(_ line: String) {
    let call = line.prefix { $0 != "(" }
    let strings = line.matches(of: /"([^"]*)"/).map { DiskRecord.decode(String($0.1)) }
    let descriptors = line.matches(of: /(\w+)<([^>]*)>/).map {
      (number: String($0.1), path: DiskRecord.text(DiskRecord.decode(String($0.2))))
    }
    guard let first = descriptors.first else { return }
    let names = strings.map { DiskRecord.text($0) }
    func path(_ index: Int) -> String {
      names[index].hasPrefix("/") ? names[index] : "\(descriptors[index].path)/\(names[index])"
    }
    switch call {
    case "openat":
      guard let opened = descriptors.last else { return }
      if line.contains("O_CREAT"), files[opened.path] == nil {
        actions.append(.make(file: file(opened.path), path: opened.path, isFolder: false))
      }
      if line.contains("O_RDWR"), files[opened.path] == nil {
        actions.append(.find(file: file(opened.path), path: opened.path))
      }
      open[opened.number] = files[opened.path]
    case "write":
      if let file = open[first.number] {
        actions.append(.write(file: file, bytes: strings[0], at: nil))
      }
    case "pwrite64":
      let place = line.firstMatch(of: #/, (\d+)\) += /#).flatMap { Int($0.1) }
      if let file = open[first.number], let place {
        actions.append(.write(file: file, bytes: strings[0], at: place))
      }
    case "fsync", "fdatasync":
      if let file = open[first.number] { actions.append(.synchronizeFile(file)) }
      if call == "fsync" { actions.append(.synchronizeFolder(first.path)) }
    case "mkdirat": make(path(0))
    case "unlinkat": drop(path(0))
    case "renameat": rename(path(0), to: path(1))
    default: break
    }
  }

  private mutating func make(_ path: String) {
    actions.append(.make(file: file(path), path: path, isFolder: true))
  }

  private mutating func drop(_ path: String) {
    files[path] = nil
    actions.append(.drop(path: path))
  }

  private mutating func rename(_ path: String, to newPath: String) {
    let moved = file(path)
    files[path] = nil
    files[newPath] = moved
    actions += [.name(file: moved, path: newPath), .drop(path: path)]
  }

  /// `mkdir` names no descriptor, and so has to be told apart.
  mutating func makeFirst(_ path: String) {
    count += 1
    files[path] = count
    actions.insert(.make(file: count, path: path, isFolder: true), at: 0)
  }

  private static func decode(_ text: String) -> [UInt8] {
    guard text.hasPrefix("\\x") else { return Array(text.utf8) }
    return text.split(separator: "\\x").compactMap { UInt8($0, radix: 16) }
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

/// What may be on a disk after the power failed, as ALICE does it (Pillai and others, OSDI 2014), with less trust
/// in file systems than any of those in use deserves: whatever was not fsynced may be there or not, each action
/// for itself, in any order; a rename may have given the new name and kept the old one, or only taken the
/// old one away; contents may be missing, cut off, or zeros.
struct Replay {
  let record: DiskRecord

  /// Calls `body` with each set of actions that the disk may hold when the power fails after the first
  /// `count` actions.
  func forEachOutcome(after count: Int, _ body: ([DiskAction]) throws -> Void) rethrows {
    let past = Array(record.actions[..<count])
    let open = past.indices.filter { !isCertain($0, in: past) && isChange(past[$0]) }
    for choice in 0..<(1 << open.count) {
      let lost = Set(open.enumerated().filter { choice & (1 << $0.offset) != 0 }.map(\.element))
      let kept = past.indices.filter { !lost.contains($0) && isChange(past[$0]) }
      try body(kept.map { past[$0] })
      for torn in kept where open.contains(torn) {
        guard case .write(let file, let bytes, let place) = past[torn] else { continue }
        for half in [Array(bytes.prefix(bytes.count / 2)), bytes.map { _ in 0 }] {
          try body(kept.map { $0 == torn ? .write(file: file, bytes: half, at: place) : past[$0] })
        }
      }
    }
  }

  private func isChange(_ action: DiskAction) -> Bool {
    switch action {
    case .synchronizeFile, .synchronizeFolder: false
    default: true
    }
  }

  /// Whether an action was fsynced later.
  private func isCertain(_ index: Int, in past: [DiskAction]) -> Bool {
    if case .find = past[index] { return true }
    return past[index...].contains { later in
      switch (past[index], later) {
      case (.write(let file, _, _), .synchronizeFile(let synchronized)): file == synchronized
      case (let action, .synchronizeFolder(let folder)): action.folder == folder
      default: false
      }
    }
  }

  /// Does what the disk holds, in a folder that is as it was before.
  ///
  /// - Parameter move: where a path of the record is now.
  static func apply(_ actions: [DiskAction], move: (String) -> String) {
    var contents: [Int: [UInt8]] = [:]
    var folders: Set<Int> = []
    for action in actions {
      switch action {
      case .find(let file, let path):
        contents[file] = (try? Data(contentsOf: URL(filePath: move(path)))).map { Array($0) }
      case .write(let file, let bytes, let place): write(bytes, at: place, to: &contents[file])
      case .make(let file, _, true): folders.insert(file)
      default: break
      }
    }
    for action in actions {
      switch action {
      case .make(let file, let path, _), .name(let file, let path), .find(let file, let path):
        if folders.contains(file) {
          mkdir(move(path), 0o755)
        } else {
          unlink(move(path))
          try? Data(contents[file] ?? []).write(to: URL(filePath: move(path)))
        }
      case .drop(let path): unlink(move(path))
      default: break
      }
    }
  }

  private static func write(_ bytes: [UInt8], at place: Int?, to contents: inout [UInt8]?) {
    var all = contents ?? []
    let start = place ?? all.count
    if all.count < start + bytes.count {
      all += [UInt8](repeating: 0, count: start + bytes.count - all.count)
    }
    all.replaceSubrange(start..<(start + bytes.count), with: bytes)
    contents = all
  }
}
