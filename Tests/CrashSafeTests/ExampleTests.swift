import Foundation
import Testing

/// The examples do what they say, as they stand.
@Suite struct ExampleTests {
  private func run(_ name: String, _ words: String...) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appending(path: "crash-safe-example-\(name)")
    process.arguments = words
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: output, as: UTF8.self)
  }

  @Test func theCounterGoesOnFromRunToRun() throws {
    try withScratch { (folder) throws in
      #expect(try run("counter", folder, "2") == "invoice 1\ninvoice 2\n")
      #expect(try run("counter", folder) == "invoice 3\n")
      let complaint = "unable to open \(folder)/no/such: No such file or directory\n"
      #expect(try run("counter", "\(folder)/no/such") == complaint)
    }
  }

  @Test func theStoreKeepsWhatWasSet() throws {
    try withScratch { (folder) throws in
      let path = "\(folder)/sessions"
      #expect(try run("key-value-store", path) == "alice bob carol visits, visit 1\n")
      #expect(try run("key-value-store", path) == "alice bob carol visits, visit 2\n")
    }
  }

  @Test func theCacheSaysWhatTheMasterSays() throws {
    try withScratch { (folder) throws in
      #expect(try run("cache", folder, "alice", "one") == "alice is one\n")
      #expect(try run("cache", folder, "alice", "two") == "alice is two\n")
      #expect(try run("key-value-store", "\(folder)/users").hasPrefix("alice bob"))
    }
  }
}
