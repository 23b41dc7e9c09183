import LinuxCalls

extension Incident {
  /// A line of the file, as it was written by this version or another.
  public struct Line: Sendable {
    /// Where the name and the value of a member begin: of what nobody asks for no copy is made.
    private typealias Member = (name: UInt32, value: UInt32)

    private let bytes: [UInt8]
    private let members: [Member]

    /// Reads a line; nil when it is no JSON object of texts and numbers, for example because it is torn.
    public init?(_ bytes: [UInt8]) {
      var reader = Reader(bytes: bytes)
      guard let members = reader.object() else { return nil }
      self.bytes = bytes
      self.members = members
    }

    /// The value of a member that is text; nil when there is none.
    public func member(_ name: StaticString) -> String? {
      guard var reader = find(name) else { return nil }
      return reader.text()?.text
    }

    /// When a step of it was, CLOCK_REALTIME; nil where it does not say.
    public func date(_ milestone: Milestone) -> Duration? { date(of: milestone.name) }

    /// When it was written, CLOCK_REALTIME: as good as the clock was then.
    public var time: Duration { date(of: "time") ?? .zero }

    private func date(of member: StaticString) -> Duration? {
      self.member(member).flatMap { Duration(date: $0) }
    }

    /// Since boot; nil when it does not say.
    public var uptime: Duration? {
      guard let word = word("uptime") else { return nil }
      var scanner = Scanner(word)
      guard let seconds = scanner.number(), seconds < 1 << 40, scanner.skip(.dot),
        let fraction = scanner.fraction(), scanner.isAtEnd
      else { return nil }
      return .seconds(Int64(seconds)) + fraction
    }

    /// In which boot; see `Boot.name`.
    public var boot: String { member("boot") ?? "" }

    /// What happened; nil for an event of another version.
    public var event: Event? { Event(members: self) }

    /// Which kind of event it is; nil for one of another version.
    public var kind: Event.Kind? { member("event").flatMap { Event.Kind(named: $0.utf8) } }

    /// To which heart; nil for the whole box.
    public var name: Name? { member("name").flatMap { Name($0) } }

    /// Who did or noticed it.
    public var by: String { member("by") ?? "" }

    /// Why, or how.
    public var why: String { member("why") ?? "" }

    /// The how manieth attempt in a row it was; nil where there are none.
    public var attempt: Int? { number("attempt") }

    /// The value of a member that is a whole number from 0 on; nil when there is none.
    public func number(_ name: StaticString) -> Int? {
      word(name).flatMap { UInt64(digits: $0) }.map { Int(clamping: $0) }
    }

    /// The value of a member that is true or false; nil when there is none.
    func truth(_ name: StaticString) -> Bool? {
      guard let word = word(name) else { return nil }
      if word.elementsEqual("true".utf8) { return true }
      return word.elementsEqual("false".utf8) ? false : nil
    }

    /// Whether a member says that it has no value.
    func isNull(_ name: StaticString) -> Bool {
      word(name)?.elementsEqual("null".utf8) ?? false
    }

    /// The value of a member that is no text.
    private func word(_ name: StaticString) -> [UInt8]? {
      guard var reader = find(name) else { return nil }
      return reader.word()
    }

    /// A reader that stands at the value of a member.
    private func find(_ name: StaticString) -> Reader? {
      let wanted = "\"\(name)\""
      let member = members.first { bytes[Int($0.name)...].starts(with: wanted.utf8) }
      return member.map { Reader(bytes: bytes, position: Int($0.value)) }
    }

    /// Reads the part of JSON (RFC 8259) that these lines have: one object whose values are text, numbers and
    /// words. What is nested is none of ours.
    private struct Reader {
      let bytes: [UInt8]
      var position = 0

      mutating func object() -> [Member]? {
        skipBlanks()
        guard skip(UInt8(ascii: "{")) else { return nil }
        var members: [Member] = []
        skipBlanks()
        while !skip(UInt8(ascii: "}")) {
          if !members.isEmpty, !skip(UInt8(ascii: ",")) { return nil }
          skipBlanks()
          let name = UInt32(clamping: position)
          guard text() != nil else { return nil }
          skipBlanks()
          guard skip(UInt8(ascii: ":")) else { return nil }
          skipBlanks()
          let value = UInt32(clamping: position)
          let isText = position < bytes.count && bytes[position] == UInt8(ascii: "\"")
          guard (isText ? text() : word()) != nil else { return nil }
          members.append((name, value))
          skipBlanks()
        }
        skipBlanks()
        return position == bytes.count ? members : nil
      }

      private mutating func skip(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
      }

      private mutating func skipBlanks() {
        while position < bytes.count, bytes[position].isBlank { position += 1 }
      }

      /// A number, true, false or null.
      mutating func word() -> [UInt8]? {
        let start = position
        while position < bytes.count, !",}{[]\" \t".utf8.contains(bytes[position]) { position += 1 }
        return position > start ? Array(bytes[start..<position]) : nil
      }

      mutating func text() -> [UInt8]? {
        guard skip(UInt8(ascii: "\"")) else { return nil }
        var text: [UInt8] = []
        while position < bytes.count {
          let byte = bytes[position]
          position += 1
          switch byte {
          case UInt8(ascii: "\""): return text
          case UInt8(ascii: "\\"):
            guard let escaped = escape() else { return nil }
            text += escaped
          default: text.append(byte)
          }
        }
        return nil
      }

      private mutating func escape() -> [UInt8]? {
        guard position < bytes.count else { return nil }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), .slash: return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [.newline]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"):
          return unit().map { Array(UTF8.encode(Unicode.Scalar($0) ?? "\u{FFFD}") ?? .init()) }
        default: return nil
        }
      }

      /// Four hexadecimal digits. We write them for control characters only, so pairs of them are not joined.
      private mutating func unit() -> UInt16? {
        guard position + 4 <= bytes.count else { return nil }
        let capitals = UInt8(ascii: "A")...UInt8(ascii: "F")
        let digits = bytes[position..<position + 4].map {
          capitals.contains($0) ? $0 | 0x20 : $0
        }
        guard let value = Hexadecimal.value(of: digits) else { return nil }
        position += 4
        return UInt16(value)
      }
    }
  }
}
