import LinuxCalls
import TestSupport
import Testing

@testable import Watchdog

@Suite struct StampedHeartTests {
  typealias Worth = StampedHeart.Worth

  static let cases: [(users: [UInt32], owner: UInt32, hasKey: Bool, Worth)] = [
    // Root's own processes nobody else can make.
    ([0, 0, 0, 0], 0, false, .proof), ([0, 0, 0, 0], 33, false, .proof),
    // What root starts may become anybody, but has to show the key.
    ([33, 33, 33, 33], 0, true, .proof), ([33, 33, 33, 33], 0, false, .claim),
    // A user's heart is his own.
    ([33, 33, 33, 33], 33, true, .proof), ([33, 33, 33, 33], 33, false, .claim),
    ([34, 34, 34, 34], 33, true, .nothing), ([34, 34, 34, 34], 33, false, .nothing),
    // A set-user-ID program that he started.
    ([33, 0, 0, 0], 33, true, .proof), ([34, 0, 0, 0], 33, true, .nothing),
    ([34, 0, 0, 0], 0, false, .claim),
  ]

  @Test(arguments: cases)
  func `a stamp proves only for the user whose program it is`(
    users: [UInt32], owner: UInt32, hasKey: Bool, worth: Worth
  ) {
    #expect(StampedHeart.worth(users: users, owner: owner, chain: 0, hasKey: hasKey) == worth)
  }

  @Test(arguments: [0, 33] as [UInt32])
  func `a program that becomes root for whoever starts it has to show the key`(owner: UInt32) {
    func worth(_ hasKey: Bool) -> Worth {
      StampedHeart.worth(
        users: [0, 0, 0, 0], owner: owner, chain: 0, hasKey: hasKey, isSetUser: true)
    }
    #expect(worth(false) == .claim && worth(true) == .proof)
  }

  @Test func `in a private world all processes of its user are proven`() {
    #expect(
      StampedHeart.worth(users: [1000, 1000], owner: 1000, chain: 1000, hasKey: false) == .proof)
  }

  @Test func `a word without a slash spares by name, one with a slash by path`() throws {
    let name = try #require(Name("web"))
    var heart = StampedHeart(name: name, isMeant: true, owner: 0)
    heart.spared = ["tmux", "/opt/x/conmon"].map { Array($0.utf8) }
    func spares(_ path: String) -> Bool { heart.spares(Array(path.utf8)) }
    #expect(spares("/usr/bin/tmux") && spares("/home/a/tmux") && spares("/opt/x/conmon"))
    #expect(!spares("/usr/bin/conmon") && !spares("/usr/bin/tmux2") && !spares("/usr/bin/xtmux"))
  }

  @Test func `a key is made once, and nobody else can look at it`() throws {
    try World.with { world in
      let name = try #require(Name("web"))
      let state = try StateFolder(world.roots)
      let key = Key.make(name, in: state)
      let same = Key.make(name, in: state)
      #expect(key?.utf8.count == 32 && same == key)
      #expect(world.names(in: "run/keys") == ["web"])
      world.setPermissions("run/keys", 0o755)
      let database = try #require(Name("db"))
      let other = Key.make(database, in: state)
      #expect(other != key)
      let folder = try state.folder.status(of: "keys").permissions
      let file = try state.folder.status(of: "keys/web").permissions
      #expect(folder == 0o700 && file == 0o600)
      try world.write("garbage", to: "run/keys/web")
      let again = Key.make(name, in: state)
      #expect(again?.utf8.count == 32 && again != key)
    }
  }

  @Test func `what is spared is read a line at a time`() throws {
    try World.with { world in
      let name = try #require(Name("web"))
      try world.put("# people\ntmux\n/usr/bin/conmon # podman\n\n", at: "etc/of/web/spare")
      let spared = try Settings(world.roots).read(.spare, for: name)
      #expect(spared == ["tmux", "/usr/bin/conmon"].map { Array($0.utf8) })
      try world.put("bin/tmux\n", at: "etc/of/web/spare")
      let failure = failure { () throws(Failure) in
        _ = try Settings(world.roots).read(.spare, for: name)
      }
      #expect(failure?.sentence.contains("is neither a name") == true)
    }
  }
}

@Suite struct StampedEntriesTests {
  private func entry(
    _ pid: Int32, parent: Int32, _ own: StampedProcess.Sign? = nil
  ) -> StampedEntry {
    var entry = StampedEntry(process: ListedProcess(pid: pid, mark: UInt64(pid)))
    let numbers = "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 \(pid)"
    entry.status = ProcessStatus(parsing: Array("\(pid) (x) S \(parent) \(numbers)".utf8))
    entry.own = own
    return entry
  }

  @Test func `what descends from a claim is only claimed, and what from a program is proven`() {
    var entries = StampedEntries()
    entries.add([
      entry(1, parent: 0), entry(10, parent: 1, .note), entry(11, parent: 10),
      entry(12, parent: 11, .claim), entry(13, parent: 12), entry(20, parent: 1, .claim),
      entry(21, parent: 20), entry(30, parent: 1),
    ])
    entries.inherit()
    #expect(
      entries.all.map { $0.sign } == [
        nil, .note, .descent, .descent, .descent, .claim, .claim, nil,
      ])
  }

  @Test func `what belongs to others ends a line of descent, and so does a helper`() {
    var entries = StampedEntries()
    var others = entry(11, parent: 10)
    others.isOthers = true
    entries.add([entry(10, parent: 1, .note), others, entry(12, parent: 11), entry(13, parent: 10)])
    entries.add([entry(14, parent: 13)])
    entries.inherit()
    #expect(entries.all.map { $0.sign } == [.note, nil, nil, .descent, .descent])
    let found = entries.takeOut { $0.process.pid == 13 }
    entries.inherit()
    #expect(found && entries.all.map { $0.sign } == [.note, nil, nil, nil, nil])
  }

  @Test func `a line of descent as long as an account can make it is no burden`() {
    var entries = StampedEntries()
    let count: Int32 = 20_000
    // All begun at the same tick, and numbered against their descent.
    entries.add(
      (1...count).map { pid in
        var made = entry(pid, parent: pid + 1, pid == count ? .note : nil)
        made.status = made.status.flatMap { status in
          ProcessStatus(
            parsing: Array(
              "\(pid) (x) S \(status.parent) 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 5".utf8))
        }
        return made
      })
    #expect(Patience.seconds { entries.inherit() } < 2)
    #expect(entries.all.allSatisfy { $0.sign != nil })
  }
}
