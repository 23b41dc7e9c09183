import LinuxCalls
import Rules

/// What pids/NAME holds: as which process a program was last started.
public struct ProcessNote: Equatable, Sendable {
  /// Line 1: number and start time.
  public let process: ProcessIdentity
  /// Line 2: the stamp with which run-stamped started it. Others that start programs write one line.
  let stamp: String?
  /// Line 3: the namespaces in which these numbers mean something (`ProcessSpace`); nil when that was not noted, and
  /// then ours are meant.
  public let space: String?

  /// The largest pids/NAME that is read, in bytes.
  public static let largestFile = 256

  /// A note.
  public init(_ process: ProcessIdentity, stamp: String? = nil, space: String? = nil) {
    self.process = process
    self.stamp = stamp
    self.space = space
  }

  /// Reads what `text` wrote, or a line of number and start time alone; nil when it is anything else.
  public init?(parsing bytes: [UInt8]) {
    let lines = bytes.lines.filter { !$0.allSatisfy { $0 == .space } }
    guard let first = lines.first, lines.count <= 3,
      let process = ProcessIdentity(parsing: first)
    else { return nil }
    if lines.count == 1 {
      self.init(process)
      return
    }
    guard let stamp = Stamp(parsing: lines[1]) else { return nil }
    let space = lines.count > 2 ? printable(lines[2]) : nil
    self.init(process, stamp: stamp.text, space: space)
  }

  /// Whether the program was started with this stamp.
  func isOf(_ stamp: Stamp) -> Bool { self.stamp?.isEqual(to: stamp.text) ?? false }

  /// Whether its numbers mean something else than they do in `own`.
  private func isOfOtherSpace(than own: String) -> Bool {
    space.map { !$0.isEqual(to: own) } ?? false
  }

  /// Whether its process runs. That one of another space has ended cannot be seen from here.
  public func state(in table: inout LazyProcessTable) throws(SystemError) -> Trouble.Process {
    guard try table.isGone(process) else { return .runs }
    return isOfOtherSpace(than: ProcessSpace.own()) ? .unknown : .gone
  }

  var text: String {
    "\(process.text)\n\(stamp.map { "\($0)\n" } ?? "")\(space.map { "\($0)\n" } ?? "")"
  }

  /// Whether both say the same.
  public static func == (one: ProcessNote, other: ProcessNote) -> Bool {
    one.text.isEqual(to: other.text)
  }
}

/// The namespaces of process numbers and of times since boot, in which a process is told by its number and start time
/// (pid_namespaces(7), time_namespaces(7)).
public enum ProcessSpace {
  /// Ours: "pid:[4026531836] time:[4026531834]".
  public static func own() -> String {
    guard let folder = try? Folder(path: "/proc/self/ns") else { return "-" }
    let pid = (try? folder.linkTarget(of: "pid")) ?? []
    let time = (try? folder.linkTarget(of: "time")) ?? []
    return "\(printable(pid)) \(printable(time))"
  }
}

extension Folder {
  /// Reads pids/NAME of this folder; nil when it is missing or says nothing that can be understood.
  public borrowing func readNote(of name: Name) throws(SystemError) -> ProcessNote? {
    try readFile(name.text, atMost: ProcessNote.largestFile).flatMap { ProcessNote(parsing: $0) }
  }
}
