/// What was looked for, or why it cannot be told: what could not be read is never taken for "no".
public enum Known<Value> {
  /// It is this.
  case known(Value)
  /// It could not be read, for this reason.
  case cannotTell(String)

  /// The value; nil when it cannot be told.
  public var value: Value? {
    if case .known(let value) = self { return value }
    return nil
  }
}

extension Known: Sendable where Value: Sendable {}
