import Linux

/// The file that a program's words go to. A full or broken disk must not keep a program from being started:
/// where the file cannot be had, that is said and the words go nowhere.
enum LogFile {
  /// Opens it.
  ///
  /// - Returns: nil when the words go where ours go.
  static func open(_ output: RunStamped.Destination, _ report: Report) -> Descriptor? {
    guard case .file(let path) = output else { return nil }
    do throws(Failure) {
      return try open(path)
    } catch {
      report.say(.warning, "\(error.sentence): what the program says is lost")
      return try? Descriptor.openNothing()
    }
  }

  private static func open(_ path: String) throws(Failure) -> Descriptor {
    let end = path.utf8.lastIndex(of: .slash)
    let place = end.map { $0 == path.utf8.startIndex ? "/" : path.utf8[..<$0].text } ?? "."
    let folder = try attempt(to: "open \(place)", Folder.openOrMake(place))
    return try attempt(
      to: "open \(path)", folder.openToAppend(path.lastPathPart, mode: 0o640))
  }
}
