import LinuxCalls
import Watchdog

/// What happened to a heart, in the order of time, made of the incidents.
struct Story {
  /// One thing that happened.
  struct Entry {
    /// CLOCK_REALTIME, as good as the clock was then.
    let date: Duration
    /// What, for programs: an event of incidents.jsonl or a step of one.
    let what: String
    /// What, for people.
    let words: String
    /// Whether it happened to the whole box.
    let isOfBox: Bool
  }

  private(set) var entries: [Entry] = []

  /// Whether a line may be part of it.
  static func has(_ line: Incident.Line, of name: Name) -> Bool {
    line.name == name || line.name == nil || line.event?.heldHeart == name
  }

  /// Reads the lines that are about this heart, or the whole box since its first one.
  init(of name: Name, _ lines: [Incident.Line]) {
    var isBegun = false
    for line in lines {
      if line.name == name {
        isBegun = true
        add(line)
      } else if line.name == nil, let event = line.event {
        let isHeld = event.heldHeart == name
        guard isHeld || event.heldHeart == nil && isBegun else { continue }
        append(line.time, "\(event.kind.name)", line.words, isOfBox: !isHeld)
      }
    }
    // A line is written when something is over, and tells what was before. Equal dates keep their order.
    let sorted = entries.enumerated().sorted {
      ($0.element.date, $0.offset) < ($1.element.date, $1.offset)
    }
    entries = []
    for (_, entry) in sorted {
      // The same beat may be the last one of two problems.
      let sameDate = entries.reversed().prefix { $0.date == entry.date }
      if !sameDate.contains(where: { $0.what.isEqual(to: entry.what) }) { entries.append(entry) }
    }
  }

  private mutating func add(_ line: Incident.Line) {
    let attempt = line.attempt.map { " (attempt \($0))" } ?? ""
    let steps: [(Incident.Milestone, String)] = [
      // How it reads depends on what it led to.
      (.since, Story.sinceWords(line.event)), (.deadline, "it should have beaten by now"),
      (.began, "solve-problems began to solve it\(attempt)"),
      (.asked, "its processes were asked to end (TERM)"),
      (.killed, "those that were left were killed (KILL)"),
      (.started, "its program was started"),
      (.beat, "first beat of the new program"),
    ]
    for (step, words) in steps {
      if let date = line.date(step) { append(date, "\(step.name)", words) }
    }
    if let event = line.event { append(line.time, "\(event.kind.name)", line.words) }
  }

  private mutating func append(
    _ date: Duration, _ what: String, _ words: String, isOfBox: Bool = false
  ) {
    entries.append(Entry(date: date, what: what, words: words, isOfBox: isOfBox))
  }

  private static func sinceWords(_ event: Incident.Event?) -> String {
    switch event {
    case .noticed(.firstBeat): "it was started, or its heart was made; no beat since"
    case .noticed(.unknown): "last sign of life"
    default: "last beat"
    }
  }
}
