import Foundation
import TestSupport
import Testing

/// The examples do what they say, as they stand.
@Suite struct ExampleTests {
  private func run(_ name: String, _ words: String...) -> String {
    let example = builtFolder.appending(path: "crash-safe-example-\(name)").path
    let outcome = TestSupport.run([example] + words)
    #expect(outcome.code == 0)
    return outcome.output
  }

  @Test func `the counter goes on from run to run`() throws {
    try withScratch { (folder) throws in
      #expect(run("counter", folder, "2") == "invoice 1\ninvoice 2\n")
      #expect(run("counter", folder) == "invoice 3\n")
      let complaint = "unable to open \(folder)/no/such: No such file or directory\n"
      #expect(run("counter", "\(folder)/no/such") == complaint)
    }
  }

  @Test func `the store keeps what was set`() throws {
    try withScratch { (folder) throws in
      let path = "\(folder)/sessions"
      #expect(run("key-value-store", path) == "alice bob carol visits, visit 1\n")
      #expect(run("key-value-store", path) == "alice bob carol visits, visit 2\n")
    }
  }

  @Test func `the cache says what the master says`() throws {
    try withScratch { (folder) throws in
      #expect(run("cache", folder, "alice", "one") == "alice is one\n")
      #expect(run("cache", folder, "alice", "two") == "alice is two\n")
      #expect(run("key-value-store", "\(folder)/users").hasPrefix("alice bob"))
    }
  }
}
