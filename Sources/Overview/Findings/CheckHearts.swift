import Linux
import Rules
import Watchdog

/// hearts/ and chain/.
extension Check {
  // MARK: Hearts

  mutating func lookAtHearts() {
    guard let folder = try? Folder(path: path(of: "hearts")) else { return }
    let names = names(in: "hearts")
    // An array, for a dictionary takes libm, and small boxes have libc alone.
    var users: [(id: UInt32, exists: Bool)] = [(0, true)]
    for (name, kind) in names {
      let file = "hearts/\(name.text)"
      do throws(Heart.Unreadable) {
        let heart = try Heart.read(name, kind: kind, in: folder)
        hearts.append((name, heart))
        lookAtLimits(file, heart)
        let known = users.first { $0.id == heart.owner }?.exists
        let exists = known ?? (User("\(heart.owner)") != nil)
        if known == nil { users.append((heart.owner, exists)) }
        if !exists {
          remark(
            file,
            "it belongs to user \(heart.owner), who has no name on this box: only processes of that number beat for it, "
              + "as in a container; if that is not meant: chown USER \(path(of: file))")
        }
      } catch {
        complain(file, error.words)
      }
      if let status = try? folder.status(of: name.text) { lookAtMode(file, status) }
      lookAtLines(name, file, folder)
    }
    if names.isEmpty {
      remark(
        "hearts", "there is no heart, so nothing is watched: echo 30 >\(path(of: "hearts"))/NAME")
    }
  }

  private mutating func lookAtLimits(_ file: String, _ heart: Heart) {
    if heart.limit < .seconds(2) {
      complain(file, "a limit of 1 s is the time between two looks: write at least 2")
    } else if heart.startLimit < .seconds(2) {
      complain(file, "a start limit of 1 s is the time between two looks: write at least 2")
    }
  }

  /// Two numbers on two lines are read as the two limits, but more likely somebody added a line.
  private mutating func lookAtLines(_ name: Name, _ file: String, _ folder: borrowing Folder) {
    guard let bytes = try? folder.readFile(name.text, atMost: 1024) else { return }
    var numbers: [[Duration]] = []
    for line in bytes.split(separator: 0x0A) {
      if let values = try? Seconds.parse(Array(line)) { numbers.append(values) }
    }
    guard numbers.count == 2, numbers[0].count == 1, numbers[1].count == 1 else { return }
    let (first, second) = (numbers[0][0].wholeSeconds, numbers[1][0].wholeSeconds)
    complain(
      file,
      "it has two lines, and so \(second) is the limit for the first beat after a start: write \"\(first) "
        + "\(second)\" into one line if that is meant, else remove one of them")
  }

  // MARK: The chain

  /// A tool of a busy box may take so long to come to its turn.
  static var longestBusyMoment: Duration { .seconds(5) }

  /// Tools that touch no file in alive/, and would be a link that is never fresh.
  private static let silentTools = [
    "each-second", "kwatchdog-feeder", "beat", "run-stamped", "kill-stamped", "watchdog-chain",
  ]

  mutating func lookAtChain() {
    guard let folder = try? Folder(path: path(of: "chain")) else { return }
    let names = names(in: "chain")
    for (name, _) in names {
      let file = "chain/\(name.text)"
      var limit = Link.usualLimit
      do throws(Mistake) {
        limit = try Link.readLimit(of: name, in: folder)
        if limit <= Check.longestBusyMoment {
          complain(
            file,
            "\(limit.wholeSeconds) s is too short for a busy box: write more than "
              + "\(Check.longestBusyMoment.wholeSeconds)", about: .solving)
        }
      } catch {
        complain(file, error.sentence, about: .solving)
      }
      links.append((name, limit))
      if Check.silentTools.contains(where: { $0.isEqual(to: name.text) }) {
        complain(
          file,
          "\(name.text) never says that it is alive, so the device would never be fed: rm \(path(of: file))",
          about: .solving)
      }
      guard let status = try? folder.status(of: name.text) else { continue }
      if !trusts(status.owner) {
        complain(
          file,
          "it belongs to user \(status.owner), who can change it: chown root \(path(of: file))",
          about: .solving)
      }
      lookAtMode(file, status, about: .solving)
    }
    if names.isEmpty {
      complain(
        "chain",
        "it names no tool, so the device is never fed: echo 10 >\(path(of: "chain"))/mark-problems",
        about: .solving)
    }
  }

  // MARK: Starts that were seen

  /// How far back starts are looked for.
  private static let memory: Duration = .seconds(30 * 86_400)
  /// So many starts in a row without a beat are no accident.
  private static let manyStarts = 3

  mutating func lookAtStarts() {
    let since = Clock.realtime - Check.memory
    guard let lines = try? Incident.history(roots, since: since), !lines.isEmpty else { return }
    let seen = SeenStarts(of: hearts.map { $0.name }, in: lines)
    for (index, (name, heart)) in hearts.enumerated() {
      let limit = heart.startLimit
      let starts = seen.starts[index]
      if starts.longest > limit {
        // Rounded up: a limit of exactly what was seen is no limit.
        let needed = starts.longest.wholeSeconds + 1
        complain(
          "hearts/\(name.text)",
          "a start took \(starts.longest.inSeconds) s until the first beat, but \(limit.wholeSeconds) s are "
            + "allowed: write \"\(heart.limit.wholeSeconds) \(needed * 2)\"")
      } else if starts.inVain >= Check.manyStarts, starts.triedLimit >= limit {
        remark(
          "hearts/\(name.text)",
          "it was started \(starts.inVain) times in a row and has not beaten within \(limit.wholeSeconds) s: if it "
            + "needs longer, write a second number")
      }
    }
  }
}
