import CLinuxCalls

extension [UInt8] {
  /// Whether there is exactly this entry among those in its first `count` bytes, which end in a zero byte each.
  public func hasEntry(_ wanted: [UInt8], upTo count: Int) -> Bool {
    value(ofEntry: wanted, upTo: count)?.isEmpty ?? false
  }

  /// What follows this beginning of an entry, up to the zero byte that ends it; nil when no entry begins so.
  ///
  /// All environments of a box are searched for one: memmem(3) is many times as fast as a loop over entries, which are
  /// millions where somebody made all of them empty.
  public func value(ofEntry beginning: [UInt8], upTo count: Int) -> Self? {
    withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress, !beginning.isEmpty else { return nil }
      var start = 0
      while start < count,
        let found = clinux_find(base + start, count - start, beginning, beginning.count)
      {
        let place = base.distance(to: UnsafeRawPointer(found))
        start = place + 1
        guard place == 0 || bytes[place - 1] == 0 else { continue }
        let value = place + beginning.count
        let end = memchr(base + value, 0, count - value).map { base.distance(to: $0) } ?? count
        return Array(bytes[value..<end])
      }
      return nil
    }
  }
}
