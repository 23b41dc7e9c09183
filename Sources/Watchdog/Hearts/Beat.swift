import Linux

/// What stands at beats/NAME.
public enum Beat: Equatable, Sendable {
  /// The heart beat then, CLOCK_REALTIME.
  case at(Duration)
  /// It has not beaten since its file was made.
  case never
  /// There is no file.
  case missing
  /// The file belongs to this user, who does not own the heart.
  case foreign(owner: UInt32)
  /// Something that is no file has taken its place.
  case noFile(FileStatus.Kind)

  /// Judges what is there.
  ///
  /// - Parameters:
  ///   - status: of beats/NAME; nil when it is missing.
  ///   - owner: whose heart it is.
  public init(_ status: FileStatus?, owner: UInt32) {
    guard let status else {
      self = .missing
      return
    }
    if status.kind != .file {
      self = .noFile(status.kind)
    } else if status.owner != owner {
      self = .foreign(owner: status.owner)
    } else {
      self = status.modified == Beat.neverDate ? .never : .at(status.modified)
    }
  }

  /// When it last beat, or nil when it never did, as far as anybody may say.
  public var date: Duration? {
    if case .at(let date) = self { return date }
    return nil
  }

  /// Whether the file has to be made (again).
  public var needsFile: Bool {
    switch self {
    case .at, .never: false
    case .missing, .foreign, .noFile: true
    }
  }

  /// 1970: the date of a heart that has never beaten.
  static let neverDate: Duration = .zero

  /// A beat file is empty. One larger than this fills the memory of the box, and is complained of.
  static let largestFile: Int64 = 4096
}
