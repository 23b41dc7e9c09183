import LinuxCalls
import Rules
import Watchdog

/// A heart and how it is.
struct HeartState {
  let name: Name
  /// What is wrong with its file.
  var mistake: String?
  /// Whether nothing was read of its file before it had a mistake: then the rest is unknown, and nobody watches it.
  var isPassedOver = false
  /// Since its last beat, or since it should have begun to beat, as far as anybody watched.
  var age: Duration = .zero
  /// How old a beat may become; or the first beat, while that is awaited.
  var limit: Duration = .zero
  var isLate = false
  /// Whether its beat is dated in the future, and so does not count.
  var isFuture = false
  /// When it beat last, CLOCK_REALTIME; nil when it never did, or somebody else's beat does not count.
  var beaten: Duration?
  /// When its program was started, CLOCK_REALTIME; nil when nobody noted that.
  var started: Duration?
  /// As which process its program was started last.
  var process: ProcessIdentity?
  /// Whether that process is there.
  var processState = Trouble.Process.notNoted
  /// How close it came to its limit today, in time; nil when it kept to the first half of it.
  var closest: Margin.Day?
  /// How often a problem of it was solved within a day.
  var solvedToday = 0

  /// For how long its program has been running; nil when it is not, or when that is not known.
  var uptime: Duration? { isRunning ? process?.age : nil }

  var isRunning: Bool { processState == .runs }
  /// Whether its noted process has ended.
  var isGone: Bool { processState == .gone }

  /// What is wrong with its file, and what comes of it; nil where nothing is.
  var mistakeWords: String? {
    mistake.map { "\(isPassedOver ? "passed over" : "its limit of before counts"): \($0)" }
  }

  /// How much of its limit is used up, in thousandths.
  var used: Int64 { (age.nanoseconds / 1000) / max(limit.wholeMilliseconds, 1) }

  /// The same, but what is wrong comes first.
  var urgency: Int64 {
    if mistake != nil { return .max }
    return isGone ? .max - 1 : used
  }
}

extension HeartState {
  init(_ name: Name, _ found: HeartLook.Found, start: Duration?) {
    self.init(
      name: name, age: found.condition.age, limit: found.condition.limit,
      isLate: found.condition.isLate, isFuture: found.condition.isFuture, beaten: found.beat.date,
      started: start)
  }
}

extension Box {
  /// The hearts, the most urgent first. The ages are those that mark-problems goes by: nobody is late for time in
  /// which it did not watch.
  func lookAtHearts(_ state: borrowing StateFolder) throws(Failure) -> [HeartState] {
    var hearts: [HeartState] = []
    guard try state.openIfThere(.beats) != nil else { return [] }
    let peek = try VigilPeek(of: Tool.markProblems.name, in: state, at: now)
    var finder = try HeartLook(peek.look, peek.memories(of: Awaited.self), in: state, roots)
    let starts = try state.openIfThere(.starts)
    let (margins, today) = (peek.margins, Margin.day(of: now.realtime))
    let pids = try state.openIfThere(.pids)
    let folder = try roots.configFolder("hearts")
    var table = LazyProcessTable()
    try folder.forEachEntry(onSystemError: { Failure.unable(to: "read hearts", $0) }) {
      entry throws(Failure) in
      guard let name = Name(entry.bytes) else { return }
      let heart: Heart
      var mistake: String?
      do throws(Heart.Unreadable) {
        heart = try Heart.read(name, kind: entry.kind, in: folder)
      } catch {
        guard let known = roots.knownHeart(name) else {
          return hearts.append(HeartState(name: name, mistake: error.words, isPassedOver: true))
        }
        heart = known
        mistake = error.words
      }
      var line = HeartState(
        name, try finder.find(name, heart, in: state),
        start: starts.status(of: name.text)?.modified)
      line.mistake = mistake
      line.closest = margins[name]?.days.first { $0.day == today }
      if let note = pids.note(of: name) {
        line.process = note.process
        line.processState = (try? note.state(in: &table)) ?? .unknown
      }
      hearts.append(line)
    }
    countSolved(&hearts)
    hearts.sort { $0.urgency > $1.urgency }
    return hearts
  }

  private func countSolved(_ hearts: inout [HeartState]) {
    let day: Duration = .seconds(86_400)
    for line in incidents where line.kind == .solved && now.realtime - line.time <= day {
      guard let name = line.name, let index = hearts.firstIndex(where: { $0.name == name }) else {
        continue
      }
      hearts[index].solvedToday += 1
    }
  }
}

extension Heart.Unreadable {
  /// For people.
  var words: String {
    switch self {
    case .notThere: "it is gone"
    case .mistake(let mistake, _): mistake.sentence
    case .failed(let error): error.reason
    }
  }
}
