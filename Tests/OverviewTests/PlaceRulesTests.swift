import Foundation
import Rules
import Testing

@testable import LinuxCalls
@testable import Overview
@testable import Watchdog

extension FileSystem {
  /// One with room.
  static func made(
    inMemory: Bool = false, readOnly: Bool = false, room: UInt64? = 1 << 30, files: UInt64? = 9999
  ) -> FileSystem {
    FileSystem(
      kind: 0, isInMemory: inMemory, isReadOnly: readOnly, room: room, filesLeft: files)
  }
}

/// What doctor says of /run, /tmp and /var.
@Suite struct PlaceRulesTests {
  enum Place: String { case state, temporary = "/tmp", data }

  /// What is said of a place that is on this file system; nil for one that is missing.
  private func found(_ place: Place, _ system: FileSystem?, mode: mode_t = 0o1777) throws -> Finding
  {
    let examination = Made.examination {
      let status = system.map { _ in Made.status(S_IFDIR | mode) }
      let made = Examination.Place(path: "/place", status: status, system: system)
      switch place {
      case .state: $0.state = made
      case .temporary: $0.temporary = made
      case .data: $0.data = made
      }
    }
    let all = ExaminationRules.findings(in: examination)
    return try #require(all.first { "\($0.id)" == place.rawValue })
  }

  @Test func `the state belongs into memory, and the data onto a disk`() throws {
    #expect(
      try found(.state, .made(inMemory: true)).line == "/place: in memory, with room: 1024 MB left")
    #expect(try found(.data, .made()).line == "/place: on a disk, with room: 1024 MB left")
    let state = try found(.state, .made())
    #expect(state.severity == .warning && state.line.contains("a reboot does not clear it"))
    let data = try found(.data, .made(inMemory: true))
    #expect(data.severity == .warning && data.line.contains("no reboot is counted"))
  }

  @Test func `what is missing is told`() throws {
    #expect(try found(.state, nil).line == "/place is missing: no tool has run since boot")
    #expect(try found(.data, nil).line.hasSuffix("no reason survives: mkdir /place"))
    #expect(try found(.temporary, nil).severity == .critical)
  }

  @Test func `everybody has to be able to write to the temporary directory`() throws {
    #expect(try found(.temporary, .made()).severity == .fine)
    #expect(try found(.temporary, .made(), mode: 0o755).cure == "chmod 1777 /place")
  }

  static let full: [(system: FileSystem, words: String)] = [
    (.made(inMemory: true, readOnly: true), "its file system is read-only"),
    (.made(inMemory: true, room: (1 << 20) - 1), "/place has 1023 kB left"),
    (.made(inMemory: true, files: 199), "/place has room for 199 more files"),
  ]

  @Test(arguments: full.indices)
  func `where nothing can be written no tool is alive`(index: Int) throws {
    let finding = try found(.state, Self.full[index].system)
    #expect(finding.severity == .critical && finding.line.contains(Self.full[index].words))
  }

  private func lines(_ change: (inout Examination) -> Void) -> [String] {
    ExaminationRules.findings(in: Made.examination(change)).told.map { $0.line }
  }

  @Test func `what others can fill is told`() {
    let state = lines {
      $0.state = .init(
        path: "/s", status: Made.status(S_IFDIR | 0o755), system: .made(inMemory: true),
        sharedWith: "/dev/shm")
    }
    #expect(state.contains { $0.contains("/s is on the file system of /dev/shm, which everybody") })
    let beats = lines {
      $0.beats = .init(path: "/run/watchdog/beats", sharedWith: "/run/watchdog")
      $0.configuration?.hearts[0].named = 33
    }
    #expect(beats.contains { $0.contains("user 33, who beats for web, can fill") })
    let ownBeats = lines { $0.beats = .init(path: "/b", sharedWith: "/run/watchdog") }
    #expect(!ownBeats.contains { $0.contains("who beats for") }, "all hearts are root's")
    func temporary(_ system: FileSystem, sharedWith: String? = nil) -> [String] {
      lines {
        $0.temporary = .init(
          path: "/t", status: Made.status(S_IFDIR | 0o1777), system: system, sharedWith: sharedWith)
      }
    }
    #expect(
      temporary(.made(), sharedWith: "/d").contains {
        $0.contains("everybody can fill /t, which is on the file system of /d")
      })
    for endless in [FileSystem.made(inMemory: true, room: nil), .made(inMemory: true, files: nil)] {
      #expect(temporary(endless).contains { $0.contains("the memory of the box by /t") })
    }
    #expect(!temporary(.made(inMemory: true)).contains { $0.contains("can fill") })
  }

  @Test func `the least that is enough is enough, and so is a file system without a limit`() throws
  {
    let least = FileSystem.made(inMemory: true, room: 1 << 20, files: 200)
    #expect(try found(.state, least).severity == .fine)
    let endless = FileSystem.made(inMemory: true, room: nil, files: nil)
    #expect(try found(.state, endless).line == "/place: in memory, with room")
  }
}

/// Whether a reboot test may begin.
@Suite struct RebootTestRulesTests {
  private func objections(
    _ box: Box = Made.box(), holders: [Holder] = [Holder.feeder], isRoot: Bool = true,
    isStarted: Bool = true, state: FileSystem? = .made(inMemory: true), data: FileSystem? = .made(),
    isUnderWay: Bool = false
  ) -> [String] {
    RebootTestRules.objections(
      .init(
        box: box, holders: holders, isRoot: isRoot, isStarted: isStarted, state: state, data: data,
        isUnderWay: isUnderWay)
    ).map { $0.words(at: noon.realtime) }
  }

  @Test func `on a box that is well it may begin`() { #expect(objections() == []) }

  @Test func `each obstacle is named`() {
    let daemon = Holder(pid: 9, descriptor: 3, program: "watchdog")
    let cases: [(found: [String], words: String)] = [
      (objections(isRoot: false), "only root can begin one"),
      (objections(holders: [daemon]), "held by watchdog (process 9)"),
      (objections(holders: []), "no kwatchdog-feeder is seen"),
      (objections(Made.box { $0.links.removeLast() }), "check-solutions is no link of the chain"),
      (objections(state: .made()), "the box would be rebooted again and again"),
      (objections(data: .made(inMemory: true)), "so the result would be lost"),
      (objections(data: .made(readOnly: true)), "so the result would be lost"),
      (objections(isStarted: false), "the chain may not come back with the box"),
      (objections(isUnderWay: true), "end that one first"),
      (
        objections(Made.box { $0.device = Made.device(state: nil) }),
        "does not say that it is armed"
      ),
    ]
    for (found, words) in cases {
      #expect(found.last?.contains(words) == true, "\(words): \(found)")
    }
  }

  @Test func `what keeps a box from being guarded does so here, and of the problems the first`() {
    let box = Made.box {
      $0.problems = [Made.problem("ill"), Made.problem("worse")]
      $0.staleness = ["mark-problems is old"]
    }
    #expect(
      objections(box) == [
        "mark-problems is old",
        "problem web, for 12.0 s: ill: it is only marked: nothing here can mend it (programs/web or solutions/web would)",
      ])
  }
}

extension Holder {
  fileprivate static let feeder = Holder(pid: 7, descriptor: 3, program: Tool.feeder.text)
}
