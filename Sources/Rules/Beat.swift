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
  case noFile
  /// It could not be looked at: whether it beat cannot be told.
  case unknown

  /// When it last beat, or nil when it never did, as far as anybody may say.
  public var date: Duration? {
    if case .at(let date) = self { return date }
    return nil
  }

  /// Whether the file has to be made (again).
  public var needsFile: Bool {
    switch self {
    case .at, .never, .unknown: false
    case .missing, .foreign, .noFile: true
    }
  }

  /// 1970: the date of a heart that has never beaten.
  public static let neverDate: Duration = .zero
}
