import Foundation
import Testing

/// Reads the sources: imports go down only, and no two folders know each other.
@Suite struct FloorTests {
  fileprivate static let sources = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Sources").standardized

  fileprivate static func files(in folder: String) -> [URL] {
    let all = FileManager.default.enumerator(
      at: sources.appending(path: folder), includingPropertiesForKeys: nil)
    return (all?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }
  }

  /// The code of a file, without comments and texts.
  fileprivate static func code(_ file: URL) throws -> String {
    try String(contentsOf: file, encoding: .utf8)
      .replacing(/"""[\s\S]*?"""/, with: "")
      .replacing(/(?m)\/\/.*$/, with: "")
      .replacing(/"(\\.|[^"\\])*"/, with: "")
  }

  /// What each target may import.
  @Test(arguments: [
    ("Rules", []), ("LinuxCalls", ["CLinuxCalls"]), ("Watchdog", ["LinuxCalls", "Rules"]),
    ("Overview", ["LinuxCalls", "Rules", "Watchdog"]),
    ("CrashSafe", ["CrashSafe", "FoundationEssentials", "LinuxCalls", "Synchronization"]),
    ("watchdog-chain", ["LinuxCalls", "Overview", "Rules", "Watchdog"]),
    ("beat", ["LinuxCalls", "Rules", "Watchdog"]),
    ("mark-problems", ["LinuxCalls", "Rules", "Watchdog"]),
    ("solve-problems", ["LinuxCalls", "Rules", "Watchdog"]),
    ("check-solutions", ["LinuxCalls", "Rules", "Watchdog"]),
    ("run-stamped", ["LinuxCalls", "Rules", "Watchdog"]),
    ("kill-stamped", ["LinuxCalls", "Rules", "Watchdog"]),
    ("each-second", ["LinuxCalls", "Rules", "Watchdog"]),
    ("kwatchdog-feeder", ["LinuxCalls", "Rules", "Watchdog"]),
  ])
  func `imports go down only`(target: String, may: [String]) throws {
    let files = Self.files(in: target).filter { !$0.path.contains("/Examples/") }
    #expect(!files.isEmpty)
    for file in files {
      let imports = try String(contentsOf: file, encoding: .utf8)
        .matches(of: /(?m)^\s*(?:@\w+ )*import (\w+)/).map { String($0.1) }
      #expect(Set(imports).isSubset(of: may), "\(file.path)")
    }
  }

  @Test func `an executable is a main of a screen`() throws {
    for file in Self.files(in: "").filter({ $0.lastPathComponent == "main.swift" }) {
      let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
      #expect(lines.count <= 40, "\(file.path)")
    }
  }

  @Test func `no file is longer than 300 lines`() throws {
    for file in Self.files(in: "") {
      let lines = try String(contentsOf: file, encoding: .utf8).split(
        separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count <= 301, "\(file.path)")
    }
  }

  /// A target whose folders each know only those before them.
  struct Floor: Sendable {
    let target: String
    /// The targets below it.
    let below: [String]
    let order: [String]

    private func folder(of file: URL) -> String {
      let path = file.deletingLastPathComponent().path
      return String(path.dropFirst(FloorTests.sources.appending(path: target).path.count + 1))
    }

    /// Its files, the place of the folder of each, and its code.
    func codes() throws -> [(file: URL, rank: Int, code: String)] {
      try FloorTests.files(in: target).map { file in
        let rank = try #require(order.firstIndex(of: folder(of: file)), "\(file.path)")
        return (file, rank, try FloorTests.code(file))
      }
    }
  }

  private static let floors = [
    // What is noted and known; then what each tool does.
    Floor(
      target: "Watchdog", below: ["LinuxCalls", "Rules"],
      order: [
        "Words", "Files", "Processes", "Time", "Chain", "Device", "Ladder", "Evidence",
        "Incidents", "Tool", "Hearts", "Stamps", "Problems", "Marking", "Climbing", "Solving",
        "Feeding", "Ticking",
      ]),
    // What is read, what happened, what is found, how that is shown.
    Floor(
      target: "Overview", below: ["LinuxCalls", "Rules", "Watchdog"],
      order: [
        "Box", "Box/Crontabs", "Box/Configuration", "Box/Examination", "Past", "Findings",
        "Findings/Configuration", "Findings/Examination", "Views", "Views/Fields",
        "Views/Explain", "Views/Report", "Views/Status", "Drill", "Commands",
      ]),
  ]

  @Test(arguments: floors)
  func `within a floor no folder knows one that comes after it`(floor: Floor) throws {
    var owners: [String: Int] = [:]
    let codes = try floor.codes()
    for (_, rank, code) in codes {
      for match in code.matches(
        of: /(?m)^(?:(?:package|public|final|indirect) )*(?:struct|enum|class|typealias) (\w+)/)
      {
        owners[String(match.1)] = rank
      }
    }
    #expect(owners.count > 60)
    for (file, rank, code) in codes {
      // Not by \b, to which A.b is one word; and what stands after a point is of another type.
      for word in Set(code.matches(of: /(?:^|[^.\w])([A-Z]\w+)/).map { String($0.1) }) {
        let owner = owners[word] ?? 0
        #expect(owner <= rank, "\(file.lastPathComponent) knows \(word) of \(floor.order[owner])")
      }
    }
  }

  /// What Swift's library calls so too.
  private static let elsewhere: Set<String> = [
    "contains", "drop", "offset", "prefix", "removeAll", "sort",
  ]

  @Test(arguments: floors)
  func `nor a member that a later one declares`(floor: Floor) throws {
    let declaration = /\b(?:func|var|let|case) (\w+)/
    var owners: [String: Int] = [:]
    for file in floor.below.flatMap(Self.files) {
      for match in try Self.code(file).matches(of: declaration) { owners[String(match.1)] = 0 }
    }
    let codes = try floor.codes()
    for (_, rank, code) in codes {
      for match in code.matches(of: declaration) {
        let name = String(match.1)
        owners[name] = min(owners[name] ?? rank, rank)
      }
    }
    for (file, rank, code) in codes {
      for match in code.matches(of: /\.([a-z]\w+)/) {
        let word = String(match.1)
        guard let owner = owners[word], owner > rank, !Self.elsewhere.contains(word) else {
          continue
        }
        Issue.record("\(file.lastPathComponent) knows \(word) of \(floor.order[owner])")
      }
    }
  }
}
