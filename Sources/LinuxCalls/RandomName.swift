import CLinuxCalls

/// A name that nobody else ever made or will make: 32 hexadecimal digits of getrandom(2).
public func randomName() throws(SystemError) -> String {
  try [randomNumber(), randomNumber()].flatMap { Hexadecimal.digits(of: $0) }.text
}

/// A number that nobody can foretell (getrandom(2)).
public func randomNumber() throws(SystemError) -> UInt64 {
  var number: UInt64 = 0
  _ = try check { getrandom(&number, 8, 0) }
  return number
}
