import LinuxCalls

/// What is known of a heart where its processes are looked for.
struct StampedHeart: Sendable {
  let name: Name
  /// Whether its processes are looked for, and not only told from those that are.
  let isMeant: Bool
  /// Its secret; nil where there is none, or none that may be read.
  var key: [UInt8]?
  /// Whose it is: the user that beats, or the user of the chain where there is none.
  var owner: UInt32
  /// The process that pids/NAME notes with the stamp.
  var noted: ProcessIdentity?
  /// The executables that are left alive with all that they started: names, or paths.
  var spared: [[UInt8]] = []

  /// What the environment of a process is worth that has the stamp and this heart's name in it.
  enum Worth: Equatable, Sendable {
    /// It runs as a user whose business the heart is not, and which could have got it unasked.
    case nothing
    /// Anybody could have written it.
    case claim
    /// Only root, or a program of this heart, could have written it.
    case proof
  }

  /// - Parameters:
  ///   - users: the users that the process runs as.
  ///   - owner: whose heart it is.
  ///   - chain: the user that runs the chain.
  ///   - hasKey: whether the heart's secret stands beside the stamp.
  ///   - isSetUser: whether its program is a set-user-ID one.
  static func worth(
    users: [UInt32], owner: UInt32, chain: UInt32, hasKey: Bool, isSetUser: Bool = false
  ) -> Worth {
    // Nobody else can start such a process, except by a program that becomes root for whoever starts it, with an
    // environment that he has chosen.
    if !isSetUser, users.allSatisfy({ $0 == 0 || $0 == chain }) { return .proof }
    let isAnybodys = owner == 0 || owner == chain
    // What root starts may become anybody; what a user starts, only himself or root.
    if !isAnybodys, !users.allSatisfy({ $0 == 0 || $0 == chain || $0 == owner }) {
      return .nothing
    }
    return hasKey ? .proof : .claim
  }

  /// Whether an executable is one of those that are left alive: a word without a slash is its name, one with a slash
  /// its path.
  func spares(_ executable: [UInt8]) -> Bool {
    spared.contains { word in
      word.contains(.slash)
        ? word == executable
        : executable.split(separator: .slash).last.map { $0.elementsEqual(word) } ?? false
    }
  }

  /// All hearts of which anything was started in this boot, and the one that is looked for.
  ///
  /// - Parameters:
  ///   - heart: whose processes are looked for; nil for those of all.
  ///   - leaving: hearts that are left out of these.
  static func all(
    lookingFor heart: Name?, leaving: [Name], _ roots: Roots, _ stamp: Stamp,
    _ state: borrowing StateFolder
  ) throws(Failure) -> [StampedHeart] {
    let pids = try PartThere(try state.openIfThere(.pids))
    let keys = try PartThere(try? state.openIfThere(.keys))
    var names = leaving + keys.names + pids.names
    if let heart { names.append(heart) }
    names.sort { $0.text.utf8.lexicographicallyPrecedes($1.text.utf8) }
    var hearts: [StampedHeart] = []
    for name in names where hearts.last.map({ $0.name != name }) ?? true {
      let isMeant = heart.map { $0 == name } ?? !leaving.contains(name)
      var one = StampedHeart(name: name, isMeant: isMeant, owner: roots.user(of: name))
      switch keys.folder {
      case .some(let keys): one.key = Key.read(name, in: keys)
      case .none: break
      }
      switch pids.folder {
      case .some(let pids): one.noted = try note(of: one, in: pids, stamp)
      case .none: break
      }
      if isMeant { one.spared = try spared(by: name, roots) }
      hearts.append(one)
    }
    return hearts
  }

  /// What is wrong with it `check` tells, and nothing is spared. Where the box did not let it be read nothing is ended:
  /// it may name what must live.
  static func spared(by name: Name, _ roots: Roots) throws(Failure) -> [[UInt8]] {
    do throws(Failure) { return try Settings(roots).read(.spare, for: name) } catch {
      if error.isOfBox { throw error }
      return []
    }
  }

  private static func note(
    of heart: StampedHeart, in pids: borrowing Folder, _ stamp: Stamp
  ) throws(Failure) -> ProcessIdentity? {
    let name = heart.name
    do throws(SystemError) {
      guard let note = try pids.readNote(of: name), note.isOf(stamp) else { return nil }
      return note.process
    } catch {
      // What is wrong with the note of another heart must not keep this one from being ended.
      if heart.isMeant { throw Failure.unable(to: "read pids/\(name.text)", error) }
      return nil
    }
  }
}

/// A part of the state folder that may be missing, and the names in it.
private struct PartThere: ~Copyable {
  let folder: Folder?
  var names: [Name] = []

  init(_ folder: consuming Folder?) throws(Failure) {
    guard let opened = folder else {
      self.folder = nil
      return
    }
    var names: [Name] = []
    try opened.forEachName { (name) throws(Failure) in names.append(name) }
    self.names = names
    self.folder = consume opened
  }
}
