import Foundation
import TestSupport
import Testing

/// The examples do what they say, as they stand.
@Suite struct ExampleTests {
  @Test func `the server beats until a request hangs`() async throws {
    try await World.withHearts("web") { world in
      let server = world.process([World.example("server")])
      let (requests, answers) = (Pipe(), Pipe())
      server.standardInput = requests
      server.standardOutput = answers
      try server.run()
      defer { server.end() }
      #expect(await world.waitsForBeat(of: "web"))
      try requests.fileHandleForWriting.write(contentsOf: Data("hello\n".utf8))
      let answer = answers.fileHandleForReading.availableData
      #expect(String(decoding: answer, as: UTF8.self) == "answer to hello\n")
      try requests.fileHandleForWriting.write(contentsOf: Data("hang\n".utf8))
      try await Task.sleep(for: .milliseconds(500))
      world.rewind("web")
      try await Task.sleep(for: .milliseconds(2500))
      #expect(!world.hasBeaten("web"))
    }
  }

  @Test func `the hourly job beats after a report, and not after a failure`() async throws {
    try await World.withHearts("report") { world in
      let job = world.process([World.example("hourly-job"), "1"])
      let output = Pipe()
      job.standardOutput = output
      try job.run()
      defer { job.end() }
      let reader = output.fileHandleForReading
      #expect(line(of: reader) == "report 0\n")
      #expect(await world.waitsForBeat(of: "report"))
      world.rewind("report")
      #expect(line(of: reader) == "failed 1\n")
      #expect(!world.hasBeaten("report"))
      #expect(line(of: reader) == "report 2\n")
      #expect(await world.waitsForBeat(of: "report"))
    }
  }

  /// The next line that is written: two may have been by now.
  private func line(of reader: FileHandle) -> String {
    var line = ""
    while !line.hasSuffix("\n"), let byte = reader.readData(ofLength: 1).first {
      line.unicodeScalars.append(Unicode.Scalar(byte))
    }
    return line
  }

  @Test(arguments: [(["4"], true), (["4", "2"], false)])
  func `the workers beat together`(arguments: [String], beats: Bool) async throws {
    try await World.withHearts("workers") { world in
      let process = world.process([World.example("worker-per-core")] + arguments)
      try process.run()
      defer { process.end() }
      #expect(await world.waitsForBeat(of: "workers", upTo: beats ? 20 : 1.5) == beats)
    }
  }

  // MARK: Other languages

  static let folder = checkout.appending(path: "Sources/Heart/Examples").path

  /// Builds an example, if that is needed, runs it for two rounds, and looks for the beat.
  private func expectBeat(_ build: [String], _ run: [String]) async throws {
    try await World.withHearts("web") { world in
      if !build.isEmpty { try #require(world.process(build).outcome().code == 0) }
      #expect(world.process(run + ["2"]).outcome().code == 0)
      #expect(world.hasBeaten("web"))
      unlink(world.beat("web"))
      #expect(world.process(run + ["1"]).outcome().code == 0, "a missing heart is no reason to end")
      #expect(!FileManager.default.fileExists(atPath: world.beat("web")))
    }
  }

  private static func needs(_ tool: String) -> ConditionTrait {
    .enabled(if: has(tool), "\(tool) is not on this machine")
  }

  @Test(needs("sh")) func `a shell script beats`() async throws {
    try await expectBeat([], ["sh", "\(Self.folder)/heart.sh"])
  }
  @Test(needs("cc")) func `a C program beats`() async throws {
    let flags = ["-Wall", "-Wextra", "-Werror", "-D_GNU_SOURCE", "-o", "heart"]
    try await expectBeat(["cc"] + flags + ["\(Self.folder)/heart.c"], ["./heart"])
  }
  @Test(needs("python3")) func `a Python program beats`() async throws {
    try await expectBeat([], ["python3", "\(Self.folder)/heart.py"])
  }
  @Test(needs("go")) func `a Go program beats`() async throws {
    try await expectBeat(
      ["go", "build", "-o", "heart", "\(Self.folder)/heart.go"], ["./heart"])
  }
  @Test(needs("rustc")) func `a Rust program beats`() async throws {
    try await expectBeat(["rustc", "-o", "heart", "\(Self.folder)/heart.rs"], ["./heart"])
  }
  @Test(needs("node")) func `a Node program beats`() async throws {
    try await expectBeat([], ["node", "\(Self.folder)/heart.js"])
  }
  @Test(needs("java")) func `a Java program beats`() async throws {
    try await expectBeat([], ["java", "\(Self.folder)/Beat.java"])
  }
}
