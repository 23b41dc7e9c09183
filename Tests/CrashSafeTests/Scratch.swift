import CrashSafe
import Foundation

/// Lets `body` use a new folder, by its path, and clears it away.
func withScratch<Value>(_ body: (String) throws -> Value) throws -> Value {
  let url = FileManager.default.temporaryDirectory
    .appending(path: "crash-safe-test-\(UUID().uuidString.prefix(8))")
  try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: url) }
  return try body(url.resolvingSymlinksInPath().path)
}

/// The names in a folder, none when there is no such folder.
func names(in folder: String) -> [String] {
  (try? FileManager.default.contentsOfDirectory(atPath: folder).sorted()) ?? []
}

/// A text's bytes.
func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// What something fails with; nil when it succeeds.
func failure(of body: () throws(StorageError) -> Void) -> StorageError.Reason? {
  do throws(StorageError) {
    try body()
    return nil
  } catch {
    return error.reason
  }
}
