import LinuxCalls
import Watchdog

/// The story of one heart, and how it is now.
struct Explain {
  private static let most = 30

  fileprivate let name: Name
  fileprivate let box: Box
  private let story: Story
  fileprivate let entries: [Story.Entry]
  private let isAll: Bool

  init(_ name: Name, _ roots: Roots, isAll: Bool) throws(Failure) {
    self.name = name
    self.isAll = isAll
    box = try Box(roots)
    story = Story(of: name, try Incident.history(roots) { Story.has($0, of: name) })
    entries = isAll ? story.entries : Array(story.entries.suffix(Explain.most))
    if !roots.has("hearts", name), problem == nil, story.entries.isEmpty {
      throw Failure(
        .noInput,
        "there is no heart \(name.text), and nothing is known of one: ls \(roots.config)/hearts")
    }
  }

  fileprivate var heart: HeartState? { box.hearts.first { $0.name == name } }
  fileprivate var problem: ProblemState? { box.problems.first { $0.name == name } }

  // MARK: For people

  func text(_ style: Style) -> String {
    var page = Page(style: style)
    page.write("\(name.text): \(verdict)", isBad ? .bad : .good)
    page.head("what happened (UTC)")
    if entries.isEmpty { page.write("  nothing is recorded of it") }
    let left = story.entries.count - entries.count
    if left > 0 { page.write("  \(left) entries before these: --all") }
    var day = ""
    for (index, entry) in entries.enumerated() {
      let date = Array(entry.date.date.utf8)
      let ownDay = date.prefix(10).text
      if !ownDay.isEqual(to: day) { page.write("  \(ownDay)") }
      day = ownDay
      let time = date[11..<22].text
      let gap = index == 0 ? nil : entry.date - entries[index - 1].date
      page.writeColumns(
        "  \(time) \((gap.map { "+\($0.short)" } ?? "").paddedLeft(to: 8))  ",
        "\(entry.isOfBox ? "the box: " : "")\(entry.words)", Explain.paint(entry))
    }
    page.head("now")
    for line in present { page.write("  \(line)") }
    if let kept = KeptEvidence(of: name.text, box.roots) {
      page.head("what it did before it was last ended")
      for line in kept.lines { page.writeColumns("  ", line) }
    }
    let words = lastWords
    if !words.isEmpty {
      page.head("last words in \(box.roots.log(of: name).printable)")
      for line in words { page.cut("  \(line)") }
    }
    return page.text
  }

  private static func paint(_ entry: Story.Entry) -> Paint {
    switch Incident.Event.Kind(named: entry.what.utf8) {
    case .noticed, .failed, .restart, .reboot, .stoodDown, .notFed: .bad
    case .solved, .recovered: .good
    default: .plain
    }
  }

  fileprivate var isBad: Bool {
    problem != nil || heart.map { $0.isLate || $0.isGone || $0.mistake != nil } ?? true
  }

  /// In one sentence.
  fileprivate var verdict: String {
    if let problem {
      return "has had a problem for \(problem.age.short): \(problem.problem.reason)"
    }
    guard let heart else {
      return box.roots.has("hearts", name) ? "nothing watches it" : "has no heart any more"
    }
    if heart.isPassedOver, let words = heart.mistakeWords { return words }
    if heart.isLate { return "late: no beat for \(heart.age.short)" }
    if heart.isGone { return "its process is gone" }
    guard heart.beaten != nil else { return "well, and has not beaten yet" }
    return "well: it beat \(heart.age.short) ago"
  }

  /// How it is now, and what comes next.
  private var present: [String] {
    var lines: [String] = []
    if let heart, !heart.isPassedOver {
      let beat = heart.beaten.map { "last beat \($0.utc)" } ?? "it has never beaten"
      lines.append("\(beat); silent for \(heart.age.short), with a limit of \(heart.limit.asLimit)")
      lines.append(processWords(heart))
      if let words = heart.mistakeWords { lines.append("hearts/\(heart.name.text): \(words)") }
    }
    if let problem {
      lines.append("noticed \(problem.noticed.utc) by \(problem.problem.detector)")
      lines.append(problem.nextWords)
    }
    for objection in box.objections { lines.append("this box: \(objection.what)") }
    return lines
  }

  private func processWords(_ heart: HeartState) -> String {
    guard let process = heart.process else {
      return "its process is not noted (run-stamped would do that)"
    }
    if heart.isGone { return "its process \(process.pid) is gone" }
    guard heart.isRunning else {
      return "its process \(process.pid) cannot be seen from here, so only its beats count"
    }
    let status = (try? ProcessTable().status(of: process.pid)) ?? nil
    let state = status.map { ", \($0.stateWords)" } ?? ""
    return "process \(process.pid), for \(process.age.short)\(state)"
  }

  /// The end of what its program wrote.
  fileprivate var lastWords: [String] {
    let path = box.roots.log(of: name)
    guard let bytes = try? Folder(path: "/").openToRead(path).readEnd(atMost: 4096) else {
      return []
    }
    return bytes.lines.suffix(5).map { printable($0) }
  }
}

extension Field<Explain> {
  /// For programs: dates as in RFC 3339, times in seconds.
  static var ofStory: [Field<Explain>] {
    [
      Field(json: "version") { _ in .number(1) },
      Field(json: "name") { .text($0.name.text) },
      Field(json: "verdict") { .text($0.verdict) },
      Field(json: "well") { .flag(!$0.isBad) },
      Field(json: "timeline") { .json(Field<Story.Entry>.ofEntry.json(ofAll: $0.entries)) },
      Field(json: "heart") { $0.heart.map { .json($0.json) } },
      Field(json: "problem") {
        $0.problem.map { .json(Field<ProblemState>.ofProblem.json(of: $0)) }
      },
      Field(json: "evidence") {
        KeptEvidence(of: $0.name.text, $0.box.roots).map {
          .json(Field<KeptEvidence>.ofEvidence.json(of: $0))
        }
      },
      Field(json: "last-words") { .json(.array($0.lastWords.map { .string($0) })) },
    ]
  }
}

extension Field<Story.Entry> {
  fileprivate static var ofEntry: [Field<Story.Entry>] {
    [
      Field(json: "date") { .date($0.date) },
      Field(json: "what") { .text($0.what) },
      Field(json: "words") { .text($0.words) },
      Field(json: "box") { .flag($0.isOfBox) },
    ]
  }
}

extension Field<KeptEvidence> {
  fileprivate static var ofEvidence: [Field<KeptEvidence>] {
    [
      Field(json: "file") { .text($0.path) },
      Field(json: "date") { .text($0.file.date) },
      Field(json: "tells") { .json(.array($0.sentences.map { .string($0) })) },
    ]
  }
}

extension ProcessStatus {
  /// What it is doing, for people (proc_pid_stat(5)).
  fileprivate var stateWords: String {
    switch state {
    case UInt8(ascii: "R"): "running"
    case UInt8(ascii: "S"), UInt8(ascii: "I"): "sleeping"
    case UInt8(ascii: "D"): "in an uninterruptible wait, on a disk for example"
    case UInt8(ascii: "T"): "stopped by a signal: kill -CONT \(identity.pid) lets it go on"
    case UInt8(ascii: "t"): "stopped by a debugger"
    case UInt8(ascii: "Z"): "its first thread has ended"
    default: "state \(printable([state]))"
    }
  }
}
