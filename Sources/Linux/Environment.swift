import CLinux

extension [UInt8] {
  /// Whether there is exactly this entry among those in its first `count` bytes, which end in a zero byte each.
  /// All environments of a box are searched for one: memchr(3) is many times as fast as a loop.
  public func hasEntry(_ wanted: [UInt8], upTo count: Int) -> Bool {
    withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return false }
      var start = 0
      while start + wanted.count <= count {
        let entry = base + start
        let end = memchr(entry, 0, count - start).map { base.distance(to: $0) } ?? count
        if end - start == wanted.count, memcmp(entry, wanted, wanted.count) == 0 { return true }
        start = end + 1
      }
      return false
    }
  }
}
