import CLinux

/// A name that nobody else ever made or will make: 32 hexadecimal digits of getrandom(2).
public func randomName() throws(SystemError) -> String {
  var bytes = [UInt8](repeating: 0, count: 16)
  _ = try check { getrandom(&bytes, bytes.count, 0) }
  return hexadecimal(bytes)
}

/// Bytes as hexadecimal digits, two each.
public func hexadecimal(_ bytes: [UInt8]) -> String {
  let digits = Array("0123456789abcdef".utf8)
  var text: [UInt8] = []
  for byte in bytes { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
  return String(decoding: text, as: UTF8.self)
}

/// A number that nobody can foretell (getrandom(2)).
public func randomNumber() throws(SystemError) -> UInt64 {
  var number: UInt64 = 0
  _ = try check { getrandom(&number, 8, 0) }
  return number
}
