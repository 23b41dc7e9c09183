import LinuxCalls

/// The part of a whole, in units of which the whole has so many, cut off: for times in milliseconds the product does
/// not fit into 64 bits, and the library's division of 128 bits is a function of libgcc, which no other tool needs.
///
/// - Parameters:
///   - part: at most `whole`.
///   - whole: more than 0, less than 2^62.
func proportion(of part: UInt64, in whole: UInt64, units: UInt64) -> UInt64 {
  var (quotient, rest) = (0, 0) as (UInt64, UInt64)
  for bit in (0..<(UInt64.bitWidth - units.leadingZeroBitCount)).reversed() {
    quotient *= 2
    rest = rest * 2 + (units >> UInt64(bit) & 1) * part
    while rest >= whole {
      rest -= whole
      quotient += 1
    }
  }
  return quotient
}

extension Duration {
  /// A part of it. The library's operator divides 128 bits.
  static func / (time: Duration, count: Int) -> Duration {
    .nanoseconds(time.nanoseconds / Int64(count))
  }
}
