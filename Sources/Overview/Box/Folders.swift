import LinuxCalls
import Watchdog

// How folders are looked into. What is missing, or cannot be read, is empty.

extension Roots {
  /// A part of the state folder; nil where it is missing or nobody may look.
  func folder(_ part: StateFolder.Part) -> Folder? {
    guard let state = try? StateFolder.toLookAt(self) else { return nil }
    return try? state.openIfThere(part)
  }

  /// The names of hearts, programs and the like in a part of the state folder, in order.
  func names(in part: StateFolder.Part) -> [Name] {
    (folder(part)?.names() ?? []).compactMap { Name($0) }
  }

  /// Those in a folder of the configuration.
  func names(in folder: String) -> [Name] {
    ((try? Folder(path: path(of: folder)))?.names() ?? []).compactMap { Name($0) }
  }
}

extension Folder {
  /// The names in it, in order, as far as they are text.
  borrowing func names() -> [String] {
    var names: [String] = []
    try? forEachEntry(onSystemError: { $0 }) { entry throws(SystemError) in
      names.append(entry.bytes.text)
    }
    return names.sorted { $0.precedes($1) }
  }
}

extension Folder? {
  borrowing func status(of name: String) -> FileStatus? {
    try? self?.status(of: name)
  }

  borrowing func note(of name: Name) -> ProcessNote? {
    try? self?.readNote(of: name)
  }
}
