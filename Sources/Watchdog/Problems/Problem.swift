import LinuxCalls
import Rules

/// A program that needs help: problems/NAME.
public struct Problem: Sendable {
  /// Who noticed it: line 1.
  public let detector: String
  /// What was noticed: line 2.
  public let reason: String
  /// The heart's last beat when that was noticed, CLOCK_REALTIME, and nil when it had never beaten: line 3. Nil where
  /// nobody said, as what other detectors write.
  public let beat: Duration??

  /// A problem. What would break the lines is written as `\xHH`.
  public init(detector: String, reason: String, beat: Duration?? = nil) {
    self.detector = detector.printable
    self.reason = reason.printable
    self.beat = beat
  }

  /// Reads problems/NAME. Lines that are missing are empty.
  public init(parsing bytes: [UInt8]) {
    let lines = bytes.pieces(between: .newline, keepsEmpty: true)
    // Somebody else may have written it: what was printable stays as it is, the rest becomes so.
    detector = printable(lines.line(0), atMost: Problem.largestFile)
    reason = printable(lines.line(1), atMost: Problem.largestFile)
    var fields = FieldReader(lines.line(2))
    let word = fields.word() ?? []
    beat = word.elementsEqual("beat".utf8) ? fields.timeOrNone() : nil
  }

  /// Who noticed it, for decisions.
  public var kind: Detector { Tool.markProblems.isNamed(detector) ? .heart : .other }

  /// Who noted a problem that detectors/NAME found.
  static func detector(_ name: Name) -> String { "detectors/\(name.text)" }

  /// Whether detectors/NAME noted it.
  func isOfDetector(_ name: Name) -> Bool {
    detector.isEqual(to: Problem.detector(name))
  }

  var text: String {
    "\(detector)\n\(reason)\n\(beat.map { "beat \($0.field)\n" } ?? "")"
  }

  /// The largest problems/NAME that is read, in bytes.
  static let largestFile = 1024
}

/// problems/, and how a problem comes into it: whole, once, and never touched again, so that its date is
/// when it was first noticed.
public struct Problems: ~Copyable {
  let folder: Folder

  /// Opens the folder.
  public init(in state: borrowing StateFolder) throws(Failure) {
    folder = try state.open(.problems)
  }

  /// Whether there is no problem at all.
  borrowing func areNone() throws(Failure) -> Bool {
    var areNone = true
    try folder.reopened().forEachName { _ throws(Failure) in areNone = false }
    return areNone
  }

  /// Whether there is a problem of this name.
  ///
  /// - Throws: when something that is no file has its place, so that none can be noted.
  public borrowing func has(_ name: Name) throws(Failure) -> Bool {
    let status = try folder.look(at: name.text)
    guard let status else { return false }
    if status.kind == .file { return true }
    throw Failure(
      .cannotCreate, "\(status.kind.words) has that name",
      unableTo: "make \(folder.path)/\(name.text)", cure: "remove it")
  }

  /// The problem of this name and when it was first noticed, CLOCK_REALTIME; nil when there is none.
  public borrowing func read(_ name: Name) throws(Failure) -> (problem: Problem, date: Duration)? {
    guard let date = try folder.look(at: name.text)?.modified,
      let bytes = try folder.read(name.text, atMost: Problem.largestFile)
    else { return nil }
    return (Problem(parsing: bytes), date)
  }

  /// Removes a problem that is over, after it was written down as an incident.
  ///
  /// - Parameter isDry: says that it would be removed, and does nothing.
  borrowing func close(
    _ name: Name, _ incident: Incident, _ roots: Roots, _ report: Report, isDry: Bool
  ) throws(Failure) {
    if isDry {
      Console.write("would remove problem \(name.text): \(incident.why)\n")
      return
    }
    try attempt(to: "remove \(folder.path)/\(name.text)") { () throws(SystemError) in
      // What may not be changed (chattr(1)) is not removed either, and would be over once more each second.
      _ = try unless(.noSuchFile, folder.open(name.text, [.write, .noFollow, .nonBlocking]))
    }
    incident.note(roots, report)
    try folder.clear(name.text)
    report.say(.notice, "problem \(name.text) is over: \(incident.why)")
  }

  /// Notes a problem, unless it is noted already.
  ///
  /// - Returns: whether it is new.
  public borrowing func note(
    _ problem: Problem, for name: Name, with drafts: borrowing Drafts
  ) throws(Failure) -> Bool {
    let isNew = try attempt(to: "make \(folder.path)/\(name.text)") { () throws(SystemError) in
      do throws(SystemError) {
        return try drafts.create(name.text, in: folder, Drafts.Contents(problem.text))
      } catch {
        guard error.isShortage else { throw error }
        // An empty file takes no room: that there is a problem matters more than the words. It takes a descriptor, though,
        // like one with words: where those ran out, that they did may be over.
        let text = error == .noSpace || error == .overQuota ? "" : problem.text
        return try drafts.create(name.text, in: folder, Drafts.Contents(text))
      }
    }
    if isNew { return true }
    return try !has(name)
  }

  /// Notes a problem that somebody or something else found, and that it did, unless it is noted already.
  borrowing func noteFound(
    _ problem: Problem, for name: Name, with drafts: borrowing Drafts, _ roots: Roots,
    _ report: Report
  ) throws(Failure) {
    guard try note(problem, for: name, with: drafts) else { return }
    Incident(.noticed(reason: .noted), name, by: problem.detector, why: problem.reason)
      .note(roots, report)
  }
}
