import Foundation
import TestSupport
import Testing

/// What operations cost in flushes: counted, never measured in time.
@Suite(.enabled(if: Exerciser.obstacle == nil, Exerciser.comment)) struct CostTests {
  /// A flush takes so long that the other writers count meanwhile, on any disk; a flush for each would be 1.0.
  @Test func `eight writers share their flushes`() throws {
    try withScratch { folder in
      let (writers, times) = (8, 20)
      let counting = "\(Exerciser.path) power \(folder) increment"
      #expect(TestSupport.run(["sh", "-c", counting]).output == "1\n")
      let log = "\(folder)/strace"
      let all = "seq \(writers) | xargs -P \(writers) -I_ \(counting) \(times)"
      let end = TestSupport.run([
        "strace", "-f", "-o", log, "-e", "trace=fsync,fdatasync", "-e", "signal=none",
        "-e", "inject=fdatasync:delay_enter=50000", "sh", "-c", all,
      ])
      let numbers = end.output.split(separator: "\n").compactMap { Int($0) }.sorted()
      #expect(numbers == Array(2...(writers * times + 1)))
      let count = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
        .count { $0.contains("sync(") }
      #expect(count > 0)
      #expect(Double(count) / Double(writers * times) <= 0.5, "\(count) flushes")
    }
  }

  /// The first flush of a batch has the file system write all of it, so the others find nothing left to do; one that
  /// comes after a change has the disk wait again. A batch of any size waits twice: for the values, and for their names.
  @Test func `a batch of sixteen waits for the disk as often as one value`() throws {
    #expect(try waits(values: 1) == 2)
    #expect(try waits(values: 16) == 2)
  }

  /// - Returns: how many flushes follow something else than a flush.
  private func waits(values: Int) throws -> Int {
    try withScratch { folder in
      let keys = (1...values).map { "key-\($0)" }
      let exerciser = Exerciser(
        folder: folder, durability: "power",
        operation: ["batch", keys[0], "value"] + keys.dropFirst())
      exerciser.run()
      let lines = try exerciser.trace("openat,write,unlinkat,renameat,fsync,fdatasync")
      let start = try #require(lines.firstIndex { $0.contains("/begin") })
      let isFlush = lines[start...].map { $0.hasPrefix("fsync(") || $0.hasPrefix("fdatasync(") }
      #expect(isFlush.count > 4 * values)
      return zip(isFlush, isFlush.dropFirst()).count { !$0 && $1 }
    }
  }
}
