import LinuxCalls
import Rules

/// known/NAME: what was last read of hearts/NAME. A heart that cannot be read, because its disk fails or somebody holds
/// a lease on it, goes on with that; and so does one that was emptied or mistyped, until that is put right: it is its
/// administrator who errs, and its program may hang meanwhile.
struct KnownHearts: ~Copyable {
  private let folder: Folder

  init(in state: borrowing StateFolder) throws(Failure) { folder = try state.open(.known) }

  /// Notes a heart that was given lately. Where that fails there is nothing to go on with, and no more. Who had it before
  /// root is kept: his program may beat on.
  borrowing func note(_ name: Name, _ heart: Heart, with drafts: borrowing Drafts) {
    let isRoots = heart.owner == 0 || heart.owner == ThisProcess.user
    let owner = (isRoots ? read(name)?.owner : nil) ?? heart.owner
    let text = "\(heart.limit.field) \(heart.startLimit.field) \(owner) \(heart.given.field)\n"
    try? drafts.keep(name.text, in: folder, text, isVital: false)
  }

  /// Forgets the hearts that are gone: one that is given later is another one.
  borrowing func forgetGone(_ hearts: borrowing Folder) throws(Failure) {
    var gone: [Name] = []
    try folder.reopened().forEachName { name throws(Failure) in
      do throws(SystemError) {
        if try hearts.statusIfThere(of: name.text) == nil { gone.append(name) }
      } catch {
        // Whether it is there cannot be told.
      }
    }
    for name in gone { try? folder.removeIfThere(name.text) }
  }

  /// What was noted; nil when nothing was.
  borrowing func read(_ name: Name) -> Heart? { KnownHearts.read(name, in: folder) }

  fileprivate static func read(_ name: Name, in folder: borrowing Folder) -> Heart? {
    guard let bytes = try? folder.read(name.text, atMost: 256) else { return nil }
    var fields = FieldReader(bytes.firstLine)
    guard let limit = fields.time(), let startLimit = fields.time(),
      let owner = fields.number(UInt32.self), let given = fields.time(), fields.isAtEnd
    else { return nil }
    return Heart(limit: limit, startLimit: startLimit, owner: owner, given: given)
  }
}

extension Roots {
  /// What was last read of a heart in this boot; nil when nothing was. Whose it was before root's is in it.
  public func knownHeart(_ name: Name) -> Heart? {
    guard let folder = try? Folder(path: path(of: .known)) else { return nil }
    return KnownHearts.read(name, in: folder)
  }

  /// The heart that counts: what its file says or, where that cannot be understood or read, what was last read of it.
  func heartThatCounts(_ name: Name) -> Heart? {
    do throws(Heart.Unreadable) { return try heart(name) } catch {
      if case .notThere = error { return nil }
      return knownHeart(name)
    }
  }
}
