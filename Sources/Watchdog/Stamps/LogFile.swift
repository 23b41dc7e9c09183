import Linux

/// The file that a program's words go to. A full or broken disk must not keep a program from being started:
/// where the file cannot be had, that is said and the words go nowhere.
enum LogFile {
  /// Opens it.
  ///
  /// - Returns: nil when the words go where ours go.
  static func open(_ output: RunStamped.Output, _ report: Report) -> Descriptor? {
    guard case .file(let path) = output else { return nil }
    do throws(Failure) {
      return try open(path)
    } catch {
      report.say(.warning, "\(error.sentence): what the program says is lost")
      return try? Descriptor.openNothing()
    }
  }

  private static func open(_ path: String) throws(Failure) -> Descriptor {
    guard let slash = path.utf8.lastIndex(of: 0x2F) else {
      let here = try attempt(to: "open .") { () throws(SystemError) in try Folder(path: ".") }
      return try openFile(path, in: here, path: path)
    }
    let folderPath = String(decoding: Array(path.utf8[..<slash]), as: UTF8.self)
    let name = String(decoding: Array(path.utf8[path.utf8.index(after: slash)...]), as: UTF8.self)
    let folder = try attempt(to: "open \(folderPath)") { () throws(SystemError) in
      try Folder.openOrMake(folderPath.utf8.isEmpty ? "/" : folderPath)
    }
    return try openFile(name, in: folder, path: path)
  }

  private static func openFile(
    _ name: String, in folder: borrowing Folder, path: String
  ) throws(Failure) -> Descriptor {
    try attempt(to: "open \(path)") { () throws(SystemError) in
      try folder.openToAppend(name, mode: 0o640)
    }
  }
}
