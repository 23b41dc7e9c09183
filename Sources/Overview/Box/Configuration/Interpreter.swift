import LinuxCalls
import Watchdog

/// What the kernel makes of the first bytes of an executable (execve(2)).
enum Interpreter {
  /// A program of its own.
  case program
  /// Nothing at all.
  case empty
  /// Text without a line that says what runs it.
  case none
  /// Text of which the first two bytes are no #!, although they were meant to be.
  case hidden
  /// The line ends in CR LF.
  case carriageReturn
  /// The line does not end within what the kernel reads.
  case tooLong
  /// The path, and the words that follow it.
  case line(path: String, words: [String])

  /// As much as the kernel reads: BINPRM_BUF_SIZE.
  static let most = 256

  /// What it is by its first bytes, as many as `most`.
  init(of bytes: [UInt8]) {
    let line = bytes.dropFirst(2).firstLine
    if bytes.isEmpty {
      self = .empty
    } else if bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46]) {
      self = .program
    } else if !bytes.starts(with: "#!".utf8) {
      let meant = bytes.drop { $0.isBlank || $0 == .newline }
      // A byte order mark, as some editors write it.
      let marked = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : meant
      self = marked.starts(with: "#!".utf8) ? .hidden : .none
    } else if line.count + 2 == bytes.count, bytes.count >= Interpreter.most {
      self = .tooLong
    } else if line.last == 0x0D {
      self = .carriageReturn
    } else {
      let words = line.split { $0.isBlank }.map { $0.text }
      self = .line(path: words.first ?? "", words: Array(words.dropFirst()))
    }
  }

  /// Whether nothing says what runs it.
  var isNone: Bool { if case .none = self { true } else { false } }

  /// What is wrong with it, and the cure; nil when nothing is.
  ///
  /// - Parameters:
  ///   - file: the executable, for the cure.
  ///   - folders: PATH, as what runs it has it.
  func mistake(in file: String, searching folders: String) -> String? {
    switch self {
    case .program, .none: return nil
    case .empty: return "it is empty: write into it what is to be run"
    case .hidden:
      return "something stands before its #!, which must be its first two bytes: remove that"
    case .carriageReturn:
      return
        "its lines end in CR LF, and no interpreter has a CR in its name: sed -i 's/\\r$//' \(file)"
    case .tooLong:
      return "its first line is longer than the kernel reads (\(Interpreter.most) bytes)"
    case .line(let path, let words):
      guard path.utf8.first == .slash else {
        return
          "its first line names \"\(path.printable)\", which is no path: write one that starts with /"
      }
      if let mistake = Interpreter.mistake(ofProgram: path) { return mistake }
      guard path.lastPathPart.isEqual(to: "env"),
        let wanted = words.first(where: { !Interpreter.isForEnv($0) }),
        !wanted.utf8.contains(.slash), Outside(root: "").find(wanted, in: folders) == nil
      else { return nil }
      return
        "there is no \(wanted.printable) in \(folders): install it, or write its path into the first line"
    }
  }

  /// Options and variables of env.
  private static func isForEnv(_ word: String) -> Bool {
    word.utf8.first == UInt8(ascii: "-") || word.utf8.contains(UInt8(ascii: "="))
  }

  private static func mistake(ofProgram path: String) -> String? {
    do throws(SystemError) {
      let status = try FileStatus.following(path)
      if status.kind == .file, status.permissions & 0o111 != 0 { return nil }
      return "its interpreter \(path.printable) is not executable"
    } catch {
      if error == .accessDenied { return nil }
      return "its interpreter \(path.printable): \(error.reason): install it, or write another one"
    }
  }
}
