import Dispatch
import LinuxCalls
import Rules
import TestSupport
import Testing

import struct Foundation.Data
import class Foundation.FileManager
import class Foundation.JSONSerialization

@testable import Watchdog

@Suite struct IncidentTests {
  private let report = Report(tool: "tool")

  /// A line as a program of somebody else reads it.
  private func members(_ line: some StringProtocol) -> [String: String]? {
    let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    return object?.compactMapValues { $0 as? String }
  }

  private func lines(_ world: World) -> [Substring] {
    (world.text("data/incidents.jsonl") ?? "").split(separator: "\n")
  }

  @Test func `a line says when, what, to what, by what, and why`() {
    let moment = Moment(realtime: .milliseconds(1_500), monotonic: .milliseconds(99_250))
    let incident = Incident(
      .solved(how: .byHand), Name("web"), by: "solve-problems", why: "by hand")
    #expect(
      incident.json(moment, boot: "0123abcd").text(depth: 0)
        == """
        {"time": "1970-01-01T00:00:01.500Z", "uptime": 99.250, "boot": "0123abcd", \
        "event": "solved", "how": "by-hand", "name": "web", "by": "solve-problems", "why": "by hand"}
        """)
  }

  @Test func `what concerns the whole box has no name`() throws {
    let json = Incident(.reboot(problem: nil), by: "a", why: "b").json(Moment.now(), boot: "").text(
      depth: 0)
    let members = try #require(self.members(json))
    #expect(members["name"] == nil)
    #expect(members["event"] == "reboot")
  }

  static let hostile = [
    "", "plain", "\"", "\\", "\\\"", "\"\\", "ends in a backslash\\",
    "a \"quoted\" word", "tab\tand\nline",
    "\u{0}\u{1}\u{1F}\u{7F}", "\u{1B}[31m", "ü €🐕", "\u{2028}\u{FEFF}\u{FFFD}",
    "}\n{\"event\": \"solved\"}",
    "\", \"why\": \"forged", String(repeating: "long ", count: 2000),
    String(decoding: [0xFF, 0xC3, 0x28, 0xE2, 0x82] as [UInt8], as: UTF8.self),
  ]

  @Test(arguments: hostile)
  func `a line is valid whatever is in it`(text: String) throws {
    let incident = Incident(.failed, Name("web"), by: text, why: text)
    let line = incident.json(Moment.now(), boot: "b").text(depth: 0)
    #expect(!line.utf8.contains(0x0A))
    let members = try #require(self.members(line))
    #expect(members["why"] == text)
    #expect(members["by"] == text)
    #expect(members["event"] == "failed")
  }

  @Test(arguments: hostile)
  func `our own reader reads what was written`(text: String) throws {
    let incident = Incident(.failed, Name("web"), by: text, why: "\(text).")
    let line = try #require(
      Incident.Line(Array(incident.json(Moment.now(), boot: "b").text(depth: 0).utf8)))
    #expect(line.member("by") == text)
    #expect(line.member("why") == "\(text).")
    #expect(line.member("name") == "web")
    #expect(line.member("nothing") == nil)
    #expect(line.member("uptime") == nil, "it is no text")
  }

  @Test(arguments: ["", "{", "{\"why\": \"", "{\"why\": \"torn", "{\"why\": \"torn\\", "\"why\": "])
  func `a torn value reads as none`(line: String) {
    #expect(Incident.Line(Array(line.utf8)) == nil)
  }

  @Test func `steps and attempts are read again`() throws {
    let now = Moment(realtime: .milliseconds(1_795_000_000_120), monotonic: .milliseconds(99_250))
    let incident = Incident(
      .solved(how: .started), Name("web"), by: "solve-problems", why: "w",
      instants: [(.noticed, .milliseconds(1_794_999_999_001)), (.beat, now.realtime)], attempt: 3)
    let line = try #require(
      Incident.Line(Array(incident.json(now, boot: "0123abcd").text(depth: 0).utf8)))
    #expect(line.time == now.realtime)
    #expect(line.uptime == now.monotonic)
    #expect(line.event == .solved(how: .started))
    #expect(line.name == Name("web"))
    #expect(line.boot == "0123abcd")
    #expect(line.date(.noticed) == .milliseconds(1_794_999_999_001))
    #expect(line.date(.beat) == now.realtime)
    #expect(line.date(.killed) == nil)
    #expect(line.attempt == 3)
  }

  /// Digits after the point are a fraction, and no number of milliseconds, however many there are.
  @Test(
    arguments: [
      ("99.250", 99_250), ("99.25", 99_250), ("99.000000001", 99_000), ("99.0010000000004", nil),
      ("99", nil), ("99.", nil), ("-1.000", nil), ("99999999999999.000", nil),
    ] as [(String, Int64?)])
  func `an uptime is read with its fraction`(text: String, milliseconds: Int64?) {
    let uptime = Incident.Line(Array("{\"uptime\": \(text)}".utf8))?.uptime
    #expect(uptime.map { $0.nanoseconds / 1_000_000 } == milliseconds)
  }

  @Test func `an event of another version reads as none`() {
    #expect(Incident.Line(Array("{\"event\": \"exploded\"}".utf8))?.event == nil)
    #expect(Incident.Line(Array("{\"event\": {\"a\": 1}}".utf8)) == nil, "nested")
  }

  @Test func `the history reads the earlier file too`() throws {
    try World.with { world in
      Incident(.noticed(reason: .noted), Name("web"), by: "a", why: "older").note(
        world.roots, report)
      world.carry()
      try FileManager.default.moveItem(
        atPath: world.roots.data + "/incidents.jsonl",
        toPath: world.roots.data + "/incidents.jsonl.1")
      Incident(.solved(how: .byHand), Name("web"), by: "a", why: "newer")
        .note(world.roots, report)
      world.carry()
      #expect(try Incident.history(world.roots).map { $0.why } == ["older", "newer"])
      #expect(try Incident.history(world.roots, where: { $0.why == "other" }).isEmpty)
    }
  }

  @Test func `incidents are appended, one line each`() throws {
    try World.with { world in
      Incident(.noticed(reason: .noted), Name("web"), by: "a", why: "first").note(
        world.roots, report)
      Incident(.reboot(problem: nil), by: "b", why: "second").note(world.roots, report)
      #expect(try Incident.lastLines(world.roots).isEmpty, "no tool waits for a disk")
      world.carry()
      let lines = try Incident.lastLines(world.roots)
      #expect(lines.map { $0.member("why") } == ["first", "second"])
      #expect(world.status("data/incidents.jsonl")?.permissions == 0o644)
    }
  }

  @Test func `without a file there are none`() throws {
    try World.with { world in
      #expect(try Incident.lastLines(world.roots).isEmpty)
      try world.makeFolder("data")
      #expect(try Incident.lastLines(world.roots).isEmpty)
      try world.makeFolder("data/incidents.jsonl")
      #expect(try Incident.lastLines(world.roots).isEmpty)
    }
  }

  /// The power failed, or the disk was full, in the middle of a line.
  @Test func `a torn last line is ended before the next`() throws {
    try World.with { world in
      Incident(.noticed(reason: .noted), by: "a", why: "whole").note(world.roots, report)
      world.carry()
      let whole = try #require(world.text("data/incidents.jsonl"))
      try world.write("\(whole){\"time\": \"2026-11-", to: "data/incidents.jsonl")
      #expect(try Incident.lastLines(world.roots).map { $0.member("why") } == ["whole"])
      Incident(.noticed(reason: .noted), by: "a", why: "next").note(world.roots, report)
      world.carry()
      #expect(try Incident.lastLines(world.roots).map { $0.member("why") } == ["whole", "next"])
      let lines = self.lines(world)
      #expect(lines.count == 3)
      #expect(lines.last.flatMap { members($0) }?["why"] == "next")
    }
  }

  @Test func `of a long file the last lines are read`() throws {
    try World.with { world in
      try world.makeFolder("data")
      let line = "{\"event\": \"failed\", \"why\": \"\(String(repeating: "x", count: 200))\"}\n"
      let last = "{\"event\": \"solved\", \"why\": \"at last\"}\n"
      try world.write(String(repeating: line, count: 2000) + last, to: "data/incidents.jsonl")
      let lines = try Incident.lastLines(world.roots)
      #expect(lines.last?.member("why") == "at last")
      #expect(lines.count > 200 && lines.count < 400)
      #expect(lines.allSatisfy { $0.member("event") != nil })
    }
  }

  @Test func `lines of many writers at once do not mix`() throws {
    try World.with { world in
      let roots = world.roots
      let filler = String(repeating: "\"x\\", count: 300)
      DispatchQueue.concurrentPerform(iterations: 8) { writer in
        for number in 0..<50 {
          Incident(.noticed(reason: .noted), by: "\(writer)", why: "\(number) \(filler)")
            .note(roots, Report(tool: "tool"))
        }
      }
      world.carry()
      let bytes = try roots.openData().read(Incident.file, atMost: 4 << 20)
      let lines = String(decoding: try #require(bytes), as: UTF8.self).split(separator: "\n")
      #expect(lines.count == 400)
      for writer in 0..<8 {
        let own = lines.compactMap { members($0) }.filter { $0["by"] == "\(writer)" }
        #expect(own.map { $0["why"] } == (0..<50).map { "\($0) \(filler)" })
      }
    }
  }

  /// A full or broken disk must neither keep a problem from being solved nor reboot the box.
  @Test func `where they cannot be written, that is said once, and nothing else happens`() throws {
    try World.with { world in
      try world.write("a file in place of the folder", to: "data")
      Incident(.noticed(reason: .noted), by: "a", why: "b").note(world.roots, report)
      let words = world.carry()
      #expect(words.hasPrefix("tool: unable to open \(world.roots.data): "))
      #expect(words.split(separator: "\n").count == 1, "once for all duties: \(words)")
      #expect(world.carry() == "", "told already")
      #expect(world.text("data") == "a file in place of the folder")
      try FileManager.default.removeItem(atPath: world.roots.data)
      world.carry()
      #expect(try Incident.lastLines(world.roots).map { $0.why } == ["b"], "the next clerk has it")
    }
  }

  @Test func `nothing is written through a link`() throws {
    try World.with { world in
      try world.makeFolder("data")
      try world.write("untouched", to: "victim")
      try world.symbolicLink("data/incidents.jsonl", to: "../victim")
      Incident(.noticed(reason: .noted), by: "a", why: "b").note(world.roots, report)
      world.carry()
      #expect(world.text("victim") == "untouched")
    }
  }

  @Test func `a directory that others can write is not written to`() throws {
    try World.with { world in
      try world.makeFolder("data", mode: 0o777)
      Incident(.noticed(reason: .noted), by: "a", why: "b").note(world.roots, report)
      world.carry()
      #expect(world.names(in: "data") == [])
    }
  }
}
