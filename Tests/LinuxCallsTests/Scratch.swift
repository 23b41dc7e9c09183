import LinuxCalls
import TestSupport

/// Lets `body` use a new folder, by its path and open, and clears it away.
func withScratch<Value: ~Copyable>(
  _ body: (String, borrowing Folder) throws -> Value
) throws -> Value {
  try withScratch { (path: String) throws in try body(path, Folder(path: path)) }
}
