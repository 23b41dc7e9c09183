import LinuxCalls

/// The file that a program's words go to. A full or broken disk must not keep a program from being started:
/// where the file cannot be had, that is said and the words go nowhere.
///
/// It is opened by a copy of this process: as the user it is for, where he could put a link in its place, and so that who
/// gets it cannot truncate it.
enum LogFile {
  private static let patience: Duration = .seconds(2)

  /// Opens it.
  ///
  /// - Parameter user: the user of the program; nil for ours.
  /// - Returns: nil when the words go where ours go.
  static func open(_ output: RunStamped.Destination, for user: User?, _ report: Report)
    -> Descriptor?
  {
    guard case .file(let path) = output else { return nil }
    do throws(Failure) {
      return try open(path, for: user)
    } catch {
      report.say(.warning, "\(error.sentence): its output is lost")
      return try? Descriptor.openNothing()
    }
  }

  private static func open(_ path: String, for user: User?) throws(Failure) -> Descriptor {
    let path = ThisProcess.absolute(path)
    let end = path.utf8.lastIndex(of: .slash)
    let place = end.map { $0 == path.utf8.startIndex ? "/" : path.utf8[..<$0].text } ?? "/"
    var reader: User?
    if ThisProcess.user == 0, try !isRoots(place) {
      guard let user, user.id != 0 else {
        throw Failure(
          .notPermitted, "others could put something else in its place",
          unableTo: "open \(path)", cure: "use a directory that only root can write to")
      }
      reader = user
    }
    let deadline = Clock.monotonic + patience
    return try attempt(
      to: "open \(path)",
      Descriptor.handedOver(untilMonotonic: deadline) { () throws(SystemError) in
        if let reader { try reader.become() }
        ThisProcess.giveUpTruncating()
        return try Folder.openOrMake(place).openToAppend(path.lastPathPart, mode: 0o640)
      })
  }

  /// Whether nobody but root can put something in the place of a file of this folder, or of the folder itself, which may
  /// have to be made. Where others may write, be it under their own names only, they can be there first.
  private static func isRoots(_ folder: String) throws(Failure) -> Bool {
    let status = try attempt(
      to: "look at \(folder)", unless(.noSuchFile, FileStatus.following(folder)))
    if status?.isWritableByOthers ?? false { return false }
    let parts = folder.pathParts
    let walked = status == nil ? "/" + parts.dropLast().joined(separator: "/") : folder
    return (try? Trust.check(folder: walked, as: 0)) != nil
  }
}
