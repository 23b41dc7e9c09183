import LinuxCalls
import Rules

extension Margin: Remembered {
  /// For each day its number, the age and the limit.
  public var fields: String {
    days.map { "\($0.day) \($0.age.field) \($0.limit.field)" }.joined(separator: " ")
  }

  /// Reads what `fields` wrote; nil when it is anything else.
  public init?(parsing bytes: [UInt8]) {
    var fields = FieldReader(bytes)
    self.init()
    repeat {
      guard let day = fields.number(), (0..<10_000_000).contains(day), let age = fields.time(),
        let limit = fields.time()
      else { return nil }
      add(Day(day: Int64(day), age: age, limit: limit))
    } while !fields.isAtEnd
  }
}

/// How close hearts, links of the chain or the device came to their limits, as a watching tool notes it: in lines of
/// vigils/TOOL that begin with a dot, for it reads and writes that anyhow. A clerk carries them to the disk.
public struct Margins: Sendable {
  private var memories: Memories<Margin>

  /// Days that stay in vigils/TOOL, so that one that ended a moment ago is carried to the disk yet.
  private static let waiting: Int64 = 3

  /// Whose margins there are, and the name of the file in /var/lib/watchdog.
  public enum Subject: Literal, CaseIterable, Sendable {
    /// Those of hearts, noted by mark-problems.
    case hearts = "margins-hearts"
    /// Those of the links of the chain, and of the device, noted by kwatchdog-feeder.
    case chain = "margins-chain"

    fileprivate var tool: StaticString {
      self == .hearts ? Tool.markProblems.name : Tool.feeder.name
    }
  }

  /// What a device goes by among the links.
  public static let device = Name(literal: "device")

  /// Reads the lines of vigils/TOOL that begin with a dot.
  init(parsing lines: [UInt8]) { memories = Memories(parsing: lines, marked: true) }

  /// What is noted: the names are in their order.
  public var all: [(name: Name, margin: Margin)] { memories.all }

  /// What is noted of a name.
  public subscript(_ name: Name) -> Margin? { memories[name] }

  /// Notes an age, when it is close to its limit.
  mutating func note(_ name: Name, _ age: Duration, limit: Duration, at now: Moment) {
    guard Margin.isClose(age, to: limit) else { return }
    let today = Margin.day(of: now.realtime)
    add(name, Margin([.init(day: today, age: age, limit: limit)]), within: Margins.waiting, today)
  }

  /// Forgets what a clerk had the time to carry.
  ///
  /// - Returns: whether a day is over that is to be carried.
  mutating func endDay(_ look: Look) -> Bool {
    let today = Margin.day(of: look.now.realtime)
    if memories.isEmpty || Margin.day(of: look.now.realtime - look.counted) == today {
      return false
    }
    for (name, _) in all { add(name, Margin(), within: Margins.waiting, today) }
    return true
  }

  private mutating func add(_ name: Name, _ seen: Margin, within most: Int64, _ today: Int64) {
    var margin = memories[name] ?? Margin()
    for day in seen.days { margin.add(day) }
    margin.keep(within: most, of: today)
    memories[name] = margin.days.isEmpty ? nil : margin
  }

  /// The lines for vigils/TOOL.
  var text: String { memories.text(mark: ".") }

  // MARK: For people, and on the disk

  /// What is noted in vigils/TOOL alone: of the last days.
  static func waiting(
    _ subject: Subject, in state: borrowing StateFolder
  ) throws(Failure) -> Margins {
    try VigilPeek(of: subject.tool, in: state, at: Moment.now()).margins
  }

  /// What is noted here and on the disk.
  public static func read(_ subject: Subject, _ roots: Roots) throws(Failure) -> Margins {
    let bytes = try roots.dataIfThere()?.readEnd(of: "\(subject.name)", atMost: largest) ?? []
    var margins = Margins(Memories(parsing: bytes))
    guard let state = try StateFolder.toLookAt(roots) else { return margins }
    let today = Margin.day(of: Clock.realtime)
    for (name, margin) in try waiting(subject, in: state).all {
      margins.add(name, margin, within: Margin.most, today)
    }
    return margins
  }

  private static let largest = 16 << 20

  private init(_ memories: Memories<Margin>) { self.memories = memories }

  /// Carries to the disk what is new. That may be there half a minute later: a box can do without.
  static func carry(_ roots: Roots, _ state: borrowing StateFolder) throws(Failure) {
    for subject in Subject.allCases where try !waiting(subject, in: state).all.isEmpty {
      let data = try roots.openData()
      let text = try read(subject, roots).memories.text(mark: "")
      let before = try data.readEnd(of: "\(subject.name)", atMost: largest)
      if !before.elementsEqual(text.utf8) { try data.keep("\(subject.name)", text, soon: true) }
    }
  }
}
