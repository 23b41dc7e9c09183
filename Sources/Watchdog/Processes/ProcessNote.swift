import Linux

/// What pids/NAME holds: as which process a program was last started.
public struct ProcessNote: Equatable, Sendable {
  /// Line 1: number and start time.
  public let process: ProcessIdentity
  /// Line 2: the stamp with which run-stamped started it. Others who start programs write one line.
  public let stamp: String?

  /// The largest pids/NAME that is read, in bytes.
  public static let largestFile = 128

  /// A note.
  public init(_ process: ProcessIdentity, stamp: String? = nil) {
    self.process = process
    self.stamp = stamp
  }

  /// Reads what `text` wrote, or a line of number and start time alone; nil when it is anything else.
  public init?(parsing bytes: [UInt8]) {
    let end = bytes.firstIndex(of: 0x0A) ?? bytes.endIndex
    guard let process = ProcessIdentity(parsing: Array(bytes[..<end])) else { return nil }
    let rest = Array(bytes[end...].dropFirst())
    guard let stamp = Stamp(parsing: rest) else {
      var scanner = Scanner(rest)
      _ = scanner.skipWhite()
      guard scanner.isAtEnd else { return nil }
      self.init(process)
      return
    }
    self.init(process, stamp: stamp.text)
  }

  /// Whether the program was started with this stamp.
  func isOf(_ stamp: Stamp) -> Bool { self.stamp?.isEqual(to: stamp.text) ?? false }

  var text: String { "\(process.text)\n\(stamp.map { "\($0)\n" } ?? "")" }

  /// Whether both say the same.
  public static func == (one: ProcessNote, other: ProcessNote) -> Bool {
    one.text.isEqual(to: other.text)
  }
}

extension Folder {
  /// Reads pids/NAME of this folder; nil when it is missing or says nothing that can be understood.
  public borrowing func readNote(of name: Name) throws(SystemError) -> ProcessNote? {
    try readFile(name.text, atMost: ProcessNote.largestFile).flatMap { ProcessNote(parsing: $0) }
  }
}
