import LinuxCalls
import Rules
import Watchdog

/// hearts/ and chain/.
enum HeartRules {
  static let all: [Rule<Configuration>] = [
    Rule("limits", limits), Rule("two lines", lines), Rule("users", users), Rule("owners", owners),
    Rule("hearts", none), Rule("links", links), Rule("starts", starts), Rule("margins", margins),
  ]

  @Findings private static func none(_ all: Configuration) -> [Finding] {
    if let folder = all.folder("hearts"), folder.status != nil, folder.files.isEmpty {
      all.note(
        "hearts", "there is no heart, so nothing is watched",
        cure: "echo 30 >\(all.roots.path(of: "hearts"))/NAME")
    }
  }

  private static func limits(_ all: Configuration) -> [Finding] {
    all.hearts.compactMap { one in
      let isShort = one.heart.limit < .seconds(2)
      guard isShort || one.heart.startLimit < .seconds(2) else { return nil }
      return all.wrong(
        one.file, "a \(isShort ? "" : "start ")limit of 1 s is the time between two looks",
        cure: "write at least 2")
    }
  }

  /// Two numbers on two lines are read as the two limits, but more likely somebody added a line.
  private static func lines(_ all: Configuration) -> [Finding] {
    all.twoLines.map {
      all.wrong(
        $0.file,
        "it has two lines, and so \($0.second) is the limit for the first beat after a start",
        cure:
          "write \"\($0.first) \($0.second)\" into one line if that is meant, else remove one of them"
      )
    }
  }

  private static func users(_ all: Configuration) -> [Finding] {
    all.hearts.filter { !$0.hasUser }.map {
      all.note(
        $0.file,
        "user \($0.user), which has no name on this box, beats for it: only processes with that number can, as in a "
          + "container; if that is not meant",
        cure: "echo USER >\(all.roots.path(of: "of/\($0.name.text)/user"))")
    }
  }

  /// Whose hearts/NAME is can write any limits into it, and so have itself restarted or never looked after. Where
  /// of/NAME/user names the same user the administrator said that he may.
  private static func owners(_ all: Configuration) -> [Finding] {
    all.hearts.compactMap { one in
      let owner = one.heart.owner
      let own = all.roots.path(of: "of/\(one.name.text)")
      if all.trusts(owner), one.named == nil {
        let user = all.roots.user(of: one.name)
        if all.trusts(user) { return nil }
        return all.wrong(
          one.file,
          "it belongs to root now, and user \(user), who had it before, beats for it until the next boot",
          cure: "mkdir -p \(own) && echo \(user) >\(own)/user", solving: true)
      }
      if all.trusts(owner) || one.named == owner { return nil }
      let file = all.roots.path(of: one.file)
      guard let named = one.named else {
        return all.note(
          one.file, "it belongs to user \(owner), who can set its limits as well as beat",
          cure: "mkdir -p \(own) && echo \(owner) >\(own)/user && chown root \(file)")
      }
      return all.wrong(
        one.file, "it belongs to user \(owner), who can set its limits; user \(named) beats for it",
        cure: "chown root \(file)", solving: true)
    }
  }

  /// What was nearly too late may be so some day without being ill.
  private static func margins(_ all: Configuration) -> [Finding] {
    all.close.filter { $0.day.share >= CloseCall.tight }.map {
      all.note(
        $0.file, $0.words,
        cure: $0.subject == .hearts
          ? "if it was well then, a larger limit, or more beats while it works"
          : "see what kept the box so busy (report)")
    }
  }

  // MARK: The chain

  /// A tool of a busy box may take so long to come to its turn.
  private static let busyMoment: Int64 = 5

  @Findings private static func links(_ all: Configuration) -> [Finding] {
    if let folder = all.folder("chain"), folder.status != nil, folder.files.isEmpty {
      all.wrong(
        "chain", "it names no tool, so the device is never fed",
        cure: "echo 10 >\(all.roots.path(of: "chain"))/mark-problems", solving: true)
    }
    for (tool, limit) in all.links {
      let file = "chain/\(tool.text)"
      if limit <= .seconds(busyMoment) {
        all.wrong(
          file, "\(limit.wholeSeconds) s is too short for a busy box",
          cure: "write more than \(busyMoment)", solving: true)
      }
      // It touches no file in alive/.
      if Tools.all.has(tool.text), !Tools.ticked.has(tool.text) {
        all.wrong(
          file, "\(tool.text) never says that it is alive, so the device would never be fed",
          cure: "rm \(all.roots.path(of: file))", solving: true)
      }
    }
  }

  // MARK: Starts that were seen

  /// So many starts in a row without a beat are no accident.
  private static let manyStarts = 3

  private static func starts(_ all: Configuration) -> [Finding] {
    all.hearts.compactMap { one in
      let limit = one.heart.startLimit
      let (starts, seconds) = (one.starts, limit.wholeSeconds)
      if starts.longest > limit {
        // Rounded up: a limit of exactly what was seen is no limit.
        let needed = starts.longest.wholeSeconds + 1
        return all.wrong(
          one.file,
          "a start took \(starts.longest.inSeconds) s until the first beat, but \(seconds) s are allowed",
          cure: "write \"\(one.heart.limit.wholeSeconds) \(needed * 2)\"")
      }
      guard starts.inVain >= manyStarts, starts.triedLimit >= limit else { return nil }
      return all.note(
        one.file,
        "it was started \(starts.inVain) times in a row and has not beaten within \(seconds) s",
        cure: "if it needs longer, write a second number")
    }
  }
}
