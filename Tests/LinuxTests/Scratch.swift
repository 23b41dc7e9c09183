import CLinux
import Linux
import Testing

/// Lets `body` use a new folder, by its path, and clears it away.
func withScratch<Value: ~Copyable>(
  _ body: (String, borrowing Folder) throws -> Value
) throws -> Value {
  let scratch = try TemporaryFolder(named: "linux-test", stays: false)
  defer { withExtendedLifetime(scratch) {} }
  return try body(scratch.path, Folder(path: scratch.path))
}

/// Writes a file, with the C library alone.
func write(_ text: String, to path: String) throws {
  let file = clinux_openat(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
  try #require(file >= 0)
  defer { close(file) }
  let bytes = Array(text.utf8)
  try #require(CLinux.write(file, bytes, bytes.count) == bytes.count)
}

/// What a file holds, read with the C library alone.
func contents(of path: String) -> String? {
  let file = clinux_openat(AT_FDCWD, path, O_RDONLY, 0)
  guard file >= 0 else { return nil }
  defer { close(file) }
  var buffer = [UInt8](repeating: 0, count: 65_536)
  let got = read(file, &buffer, buffer.count)
  return got < 0 ? nil : String(decoding: buffer[..<got], as: UTF8.self)
}

/// What `body` fails with; nil when it succeeds. (`#expect(throws:)` cannot look into values that cannot be
/// copied.)
func failure<Value: ~Copyable>(of body: () throws(SystemError) -> Value) -> SystemError? {
  do throws(SystemError) {
    _ = try body()
    return nil
  } catch {
    return error
  }
}
