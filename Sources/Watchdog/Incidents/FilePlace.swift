import LinuxCalls

/// How far a file was read that grows. By how many bytes stood before, and by the last of them, the file is known again,
/// whatever logrotate calls it meanwhile; one that was cut off (copytruncate) is another.
public struct FilePlace: Equatable, Sendable {
  /// So many bytes of that file were read.
  public let offset: Int64
  /// The checksum of the last of them.
  private let sum: UInt64

  private static let known: Int64 = 256

  /// The beginning.
  public static var beginning: FilePlace { FilePlace(offset: 0, sum: Checksum().value) }
  /// A place that no file has.
  static var nowhere: FilePlace { FilePlace(offset: .max, sum: 0) }

  private init(offset: Int64, sum: UInt64) {
    self.offset = offset
    self.sum = sum
  }

  /// The place at an offset of a file.
  public init(_ offset: Int64, in file: borrowing Descriptor) throws(SystemError) {
    let count = min(FilePlace.known, offset)
    let bytes = try file.bytes(atMost: Int(count), from: offset - count)
    self.init(offset: offset, sum: Checksum(of: bytes).value)
  }

  /// Whether a file has it.
  public func isIn(_ name: String, _ data: borrowing Folder) throws(SystemError) -> Bool {
    let file = try data.openToRead(name)
    guard try file.status().size >= offset else { return false }
    return try FilePlace(offset, in: file) == self
  }

  /// As it is kept.
  public var text: String { "\(offset) \(Hexadecimal.digits(of: sum).text)" }

  /// Reads what `text` says; nil when it is anything else.
  public init?(_ text: some Collection<UInt8>) {
    var fields = FieldReader(Array(text))
    guard let offset = fields.number(Int64.self), offset >= 0,
      let sum = fields.word().flatMap({ Checksum.read($0) }), fields.isAtEnd
    else { return nil }
    self.init(offset: offset, sum: sum)
  }
}
