import CLinuxCalls

/// Places for objects that threads take and put back without waiting for each other: one that finds a place empty does
/// without. A child of this process (fork(2)) finds what was there, and its own from then on.
public struct Slots<Object: AnyObject>: @unchecked Sendable {
  private let places: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  /// How many there are.
  public let count: Int

  /// Places that are all empty.
  public init(_ count: Int) {
    self.count = count
    places = .allocate(capacity: count)
    places.initialize(repeating: nil, count: count)
  }

  /// Empties all of them and gives their memory back. Nobody may use them any more.
  public func free() {
    for number in 0..<count { _ = take(number) }
    places.deallocate()
  }

  /// What is there; nil when nothing is, or somebody has it. It is the caller's alone from now on.
  ///
  /// It is inlined, as `put`: a generic function of another module looks its types up each time.
  @inlinable public func take(_ number: Int) -> Object? {
    guard let object = exchange(number, nil) else { return nil }
    return Unmanaged<Object>.fromOpaque(object).takeRetainedValue()
  }

  /// Puts an object there, in the place of what is there.
  @inlinable public func put(_ number: Int, _ object: Object) {
    let before = exchange(number, Unmanaged.passRetained(object).toOpaque())
    if let before { Unmanaged<Object>.fromOpaque(before).release() }
  }

  @usableFromInline func exchange(
    _ number: Int, _ object: UnsafeMutableRawPointer?
  ) -> UnsafeMutableRawPointer? {
    clinux_exchange(places + number, object)
  }
}
