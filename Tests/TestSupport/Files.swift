import Foundation
import Testing

/// Lets `body` use a new folder, by its path, and clears it away.
package func withScratch<Value: ~Copyable>(_ body: (String) throws -> Value) throws -> Value {
  let world = try World([])
  defer { world.clear() }
  return try body(world.path)
}

/// Writes a file, whatever had that name.
package func write(_ bytes: some Sequence<UInt8>, to path: String) throws {
  try Data(Array(bytes)).write(to: URL(filePath: path))
}

/// Writes a file of text.
package func write(_ text: String, to path: String) throws { try write(text.utf8, to: path) }

/// What a file holds; nil when it cannot be read.
package func contents(of path: String) -> String? {
  FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
}

/// The names in a folder, in order; none when it cannot be read.
package func names(in folder: String) -> [String] {
  (try? FileManager.default.contentsOfDirectory(atPath: folder).sorted()) ?? []
}

/// A text's bytes.
package func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// Where all of this is checked out.
package let checkout = URL(filePath: #filePath).deletingLastPathComponent()
  .appending(path: "../..").standardized

/// What `body` fails with; nil when it succeeds. (The macro `#expect(throws:)` cannot look into values that cannot be
/// copied, and most of what fails here is a method of one.)
package func failure<Value: ~Copyable, Failure: Error>(
  of body: () throws(Failure) -> Value
) -> Failure? {
  do throws(Failure) {
    _ = try body()
    return nil
  } catch {
    return error
  }
}
