import LinuxCalls

/// Evidence on its way from the process that reads it to the one that keeps it: sections of text, at most so many
/// bytes. What is read first is what tells most.
struct EvidenceText: ~Copyable {
  private let pipe: Int32
  private(set) var left: Int

  /// - Parameters:
  ///   - pipe: where it goes. When nobody reads there any more, the writer's time is over.
  ///   - limit: in bytes.
  init(to pipe: borrowing Descriptor, atMost limit: Int) {
    self.pipe = pipe.number
    left = limit
  }

  /// Begins a section.
  mutating func head(_ title: String) { line("[\(title)]") }

  /// Adds a line.
  mutating func line(_ text: String) { add(Array("\(text)\n".utf8)) }

  /// Adds bytes as they are, but for what no line of text has; and a newline where the last one is missing.
  mutating func add(_ bytes: [UInt8]) {
    if bytes.isEmpty { return }
    var clean = bytes.prefix(left).map { byte in
      byte == 0
        ? .newline
        : (byte < .space && byte != .newline && byte != 9) || byte == 0x7F
          ? UInt8(ascii: "?") : byte
    }
    if clean.last != .newline { clean.append(.newline) }
    left -= min(clean.count, left)
    if (try? FileOutput.write(clean, to: pipe)) == nil { ThisProcess.endNow() }
  }
}

/// Reads small files that a stuck kernel may not give: only processes that may be given up call this.
extension Folder {
  /// What a file of /proc or of a control group says; nothing when it says nothing.
  borrowing func evidence(_ name: String, atMost limit: Int = 4096) -> [UInt8] {
    (try? open(name, .read).readOn(atMost: limit)) ?? []
  }
}
