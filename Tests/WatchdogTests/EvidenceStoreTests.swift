import Foundation
import LinuxCalls
import TestSupport
import Testing

@testable import Watchdog

/// How evidence comes to the disk, and how much of it stays.
@Suite struct EvidenceStoreTests {
  private func withState(_ body: (World, borrowing StateFolder) throws -> Void) throws {
    try World.with { world in
      try world.makeFolder("run")
      try world.makeFolder("data")
      try body(world, StateFolder(world.roots))
    }
  }

  private func fill(_ folder: String, _ names: [String], _ world: World) throws {
    try world.makeFolder(folder)
    for name in names { try world.write("old\n", to: "\(folder)/\(name)") }
  }

  @Test func `names of hearts may have dashes, and what is no evidence is none`() {
    let file = EvidenceStore.File(bytes("web-1-20261126T091200Z"))
    #expect(file?.subject == "web-1" && file?.date == "2026-11-26T09:12:00Z")
    for name in [
      "web", "-20261126T091200Z", ".web-20261126T091200Z", "web20261126T091200Z",
      "a/b-20261126T091200Z",
    ] {
      #expect(EvidenceStore.File(bytes(name)) == nil, "\(name)")
    }
  }

  @Test func `it is carried to the disk whole, and only its owner may read it`() throws {
    try withState { world, state in
      try EvidenceStore.keep("web", bytes("something\n"), in: state)
      let name = try #require(names(in: world.path(of: "run/evidence")).first)
      #expect(EvidenceStore.files(world.roots, of: "web").map { $0.name } == [name])
      try EvidenceStore.carry(world.roots, state)
      #expect(names(in: world.path(of: "run/evidence")) == [])
      #expect(names(in: world.path(of: "data/evidence")) == [name])
      #expect(world.text("data/evidence/\(name)") == "something\n")
      #expect(world.status("data/evidence/\(name)")?.permissions == 0o640)
      #expect(EvidenceStore.files(world.roots, of: "web").count == 1)
    }
  }

  @Test func `where the disk takes nothing it waits in memory, and is read there`() throws {
    try withState { world, state in
      try world.write("in the way\n", to: "data/evidence")
      try EvidenceStore.keep("web", bytes("something\n"), in: state)
      #expect(failure { try EvidenceStore.carry(world.roots, state) } != nil)
      let file = try #require(EvidenceStore.files(world.roots, of: "web").last)
      #expect(EvidenceStore.read(file, world.roots) == bytes("something\n"))
    }
  }

  @Test func `the last five of a name stay, and the new one even when the clock was set back`()
    throws
  {
    try withState { world, state in
      // All of these are of a day to come.
      let old = (1...6).map { "web-2099010\($0)T000000Z" }
      try fill("data/evidence", old + ["db-20990101T000000Z"], world)
      try EvidenceStore.keep("web", bytes("new\n"), in: state)
      try EvidenceStore.carry(world.roots, state)
      let left = EvidenceStore.files(world.roots, of: "web").map { $0.name }
      #expect(left.count == 5 && left.suffix(4) == old.suffix(4))
      #expect(EvidenceStore.files(world.roots, of: "db").count == 1)
    }
  }

  @Test func `a disk that never answers does not fill the memory`() throws {
    try withState { world, state in
      try fill("run/evidence", (10..<40).map { "n\($0)-20200101T000000Z" }, world)
      try EvidenceStore.keep("web", bytes("new\n"), in: state)
      let left = EvidenceStore.files(world.roots)
      #expect(left.count == 20 && left.contains { $0.subject == "web" })
    }
  }

  // MARK: pstore

  private func keepPstore(_ world: World) throws {
    try Pstore.keep(
      in: StateFolder(world.roots), from: world.path(of: "pstore"),
      archive: world.path(of: "archive"),
      roots: world.roots)
  }

  @Test func `what the kernel left is copied once in a boot, and only when it is new`() throws {
    try withState { world, state in
      try world.makeFolder("pstore")
      try keepPstore(world)
      #expect(EvidenceStore.files(world.roots, of: "pstore").isEmpty)

      try FileManager.default.removeItem(atPath: world.path(of: "run/pstore-read"))
      try world.write("panic\n", to: "pstore/dmesg-ramoops-0")
      try world.write("leaving the box", to: "pstore/pmsg-ramoops-0")
      try keepPstore(world)
      let file = try #require(EvidenceStore.files(world.roots, of: "pstore").last)
      #expect(
        EvidenceStore.read(file, world.roots).text
          == "[dmesg-ramoops-0]\npanic\n[pmsg-ramoops-0]\nleaving the box\n")

      // Of the same boot, and of the next, after a power failure that left the same.
      try EvidenceStore.carry(world.roots, state)
      try keepPstore(world)
      try FileManager.default.removeItem(atPath: world.path(of: "run/pstore-read"))
      try keepPstore(world)
      #expect(EvidenceStore.files(world.roots, of: "pstore") == [file])
      #expect(world.names(in: "run/evidence").isEmpty)
    }
  }

  /// systemd-pstore(8) takes the records away before anybody else sees them.
  @Test func `what systemd has moved away in this boot is copied, too`() throws {
    try withState { world, state in
      try world.makeFolder("pstore")
      try world.makeFolder("archive/17/001")
      try world.write("panic\n", to: "archive/17/001/dmesg.txt")
      try keepPstore(world)
      let file = try #require(EvidenceStore.files(world.roots, of: "pstore").last)
      #expect(EvidenceStore.read(file, world.roots).text == "[dmesg.txt]\npanic\n")
    }
  }
}
