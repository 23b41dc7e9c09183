import LinuxCalls
import Watchdog

/// What lies round the chain on this box: files of others, as they are or as a test has made them.
struct Outside {
  /// Where /etc, /sys and so on are; empty for the box's own.
  let root: String

  /// Where a file is.
  func path(_ path: String) -> String { root + path }

  /// What a file holds, as far as a megabyte; nil when there is none that can be read.
  func contents(_ path: String) -> [UInt8]? {
    try? Descriptor.contents(of: self.path(path), atMost: 1 << 20)
  }

  /// The number in a file of one; nil when there is none.
  func number(_ path: String) -> Int64? {
    var scanner = Scanner(contents(path) ?? [])
    let isNegative = scanner.skip(UInt8(ascii: "-"))
    return scanner.number().map { Int64(clamping: $0) * (isNegative ? -1 : 1) }
  }

  /// Whether there is anything of that name, or what a link of that name leads to.
  func exists(_ path: String) -> Bool { status(path) != nil }

  /// What is there; links are followed.
  func status(_ path: String) -> FileStatus? {
    try? FileStatus.following(self.path(path))
  }

  /// The names in a folder, in order; none when it cannot be read.
  func names(in folder: String) -> [String] {
    (try? Folder(path: path(folder)))?.names() ?? []
  }

  /// Where a program is that is called by its name, in the folders of a PATH.
  func find(_ name: String, in path: String) -> String? {
    path.utf8.pieces(between: UInt8(ascii: ":")).map { self.path("\($0.text)/\(name)") }.first {
      $0.utf8.first == .slash && $0.isExecutable
    }
  }

  /// Whether one of the lines that are no comments has this word in it.
  func isSaid(_ word: String, in path: String) -> Bool {
    let word = Array(word.utf8)
    return (contents(path) ?? []).lines.contains { line in
      guard line.first != UInt8(ascii: "#"), line.count >= word.count else { return false }
      return (0...(line.count - word.count)).contains {
        line.dropFirst($0).starts(with: word)
      }
    }
  }
}

extension String {
  /// Whether that is the path of a file that somebody may execute; links are followed.
  var isExecutable: Bool {
    guard let status = try? FileStatus.following(self) else { return false }
    return status.kind == .file && status.permissions & 0o111 != 0
  }
}
