import LinuxCalls

/// What stands in the file of a counter: its last three numbers, each with a checksum, in blocks of the disk of their own;
/// and in a fourth block how far it is on the disk.
///
/// `cat` shows all of them; the largest is the counter's. Each is a line of 38 bytes: the number, with blanks before it, and
/// 16 hexadecimal digits; between them are zero bytes. A write that the power cuts off spoils one block at most. Neither
/// the number that the disk has nor the one that is being flushed is written over: so whatever is spoilt, one that was
/// returned, or a later one, stands.
struct CounterSlots {
  /// The numbers; nil is what is torn, or was never written.
  private(set) var numbers: [UInt64?]
  /// The newest number that is known to be on the disk; nil when nobody knows, as after a boot.
  var kept: UInt64?
  /// The number that was newest when a flush was begun last.
  var going: UInt64?
  /// The number in a file that holds nothing but one and a newline, as a person may write it, or in one of an earlier
  /// version, of two blocks: such a file is replaced before it is counted in.
  var outgrown: UInt64?

  /// Far enough for each to have a physical sector of its own.
  private static let distance = 4096
  private static let count = 3
  private static let width = 20
  static let lineLength = width + 1 + Checksum.length + 1
  private static let places = (0..<count).map { Int64($0 * distance) }
  /// Where `kept` is, and `going` behind it.
  static let placeOfMarks = Int64(count * distance)
  /// The last digits of `kept`, which others change when they have flushed: where those wait that want to know.
  static let placeToWait = placeOfMarks + Int64(width - 4)
  static let size = Int(placeOfMarks) + 2 * lineLength

  /// Reads a file's first `size` bytes.
  ///
  /// - Parameter proof: of this file in this boot; marks that were made with another one say nothing. Empty where there is
  ///   none to be had.
  init(_ bytes: [UInt8], proof: [UInt8]) {
    numbers = Self.places.map { Self.number(in: bytes, at: Int($0)) }
    readMarks(bytes, proof)
    if bytes.count <= Self.width + 1, bytes.last == .newline {
      outgrown = UInt64(digits: Array(bytes.dropLast()))
    } else if bytes.count < Self.size {
      outgrown = newest
    }
  }

  private mutating func readMarks(_ bytes: [UInt8], _ proof: [UInt8]) {
    guard !proof.isEmpty else { return }
    let kept = Self.number(in: bytes, at: Int(Self.placeOfMarks), proof)
    let going = Self.number(in: bytes, at: Int(Self.placeOfMarks) + Self.lineLength, proof)
    guard let kept, let going, numbers.contains(kept) else { return }
    (self.kept, self.going) = (kept, going)
  }

  /// How far it is on the disk, by the first line of the marks, and 0 where that says nothing; with what stands at
  /// `placeToWait`.
  static func kept(in line: [UInt8], _ proof: [UInt8]) -> (kept: UInt64, digits: [UInt8]) {
    let kept = proof.isEmpty ? nil : number(in: line, at: 0, proof)
    return (kept ?? 0, Array(line.prefix(width).suffix(4)))
  }

  /// How far it has counted; nil when nobody here wrote this.
  var newest: UInt64? { numbers.compactMap { $0 }.max() }

  /// Whether all are there.
  var isWhole: Bool { !numbers.contains(nil) }

  /// Whether some are there, and in `other` the same ones were.
  func lacksTheSame(as other: CounterSlots) -> Bool {
    newest != nil && numbers.map { $0 == nil } == other.numbers.map { $0 == nil }
  }

  /// Takes note that the next number goes over the oldest that is neither on the disk for certain nor being flushed.
  ///
  /// - Returns: where that is.
  mutating func write(_ number: UInt64) -> Int64 {
    let spared = [kept, going].map { mark in mark.flatMap { numbers.firstIndex(of: $0) } }
    let free = numbers.indices.filter { !spared.contains($0) }
    let oldest = free.min { (numbers[$0] ?? 0, $0) < (numbers[$1] ?? 0, $1) } ?? 0
    numbers[oldest] = number
    return Self.places[oldest]
  }

  /// Where the newest number is, that of this line.
  var placeOfNewest: Int64 { Self.places[newest.flatMap { numbers.firstIndex(of: $0) } ?? 0] }

  /// The two lines of the marks.
  func marks(_ proof: [UInt8]) -> [UInt8] {
    [kept, going].flatMap { CounterSlots.line($0 ?? 0, proof) }
  }

  /// The line of a number.
  static func line(_ number: UInt64, _ proof: [UInt8] = []) -> [UInt8] {
    var line = [UInt8](repeating: .space, count: lineLength)
    var (rest, place) = (number, width)
    repeat {
      place -= 1
      line[place] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
    } while rest > 0
    var checksum = Checksum(of: line[..<width])
    for byte in proof { checksum.add(byte) }
    line.replaceSubrange((width + 1)..<(lineLength - 1), with: checksum.digits)
    line[lineLength - 1] = .newline
    return line
  }

  /// A whole file.
  static func file(_ number: UInt64) -> [UInt8] {
    let line = line(number)
    let block = line + [UInt8](repeating: 0, count: distance - line.count)
    return Array([[UInt8]](repeating: block, count: count).joined())
      + [UInt8](repeating: 0, count: 2 * lineLength)
  }

  /// The number of a line that begins there; nil when it is torn.
  static func number(in bytes: [UInt8], at start: Int, _ proof: [UInt8] = []) -> UInt64? {
    guard bytes.count >= start + lineLength else { return nil }
    let line = bytes[start..<(start + lineLength)]
    var number: UInt64 = 0
    for digit in line.prefix(width) where digit.isDigit {
      number = number &* 10 &+ UInt64(digit - UInt8(ascii: "0"))
    }
    return line.elementsEqual(CounterSlots.line(number, proof)) ? number : nil
  }
}
