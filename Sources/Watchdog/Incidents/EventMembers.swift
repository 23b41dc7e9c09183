import LinuxCalls

// An event and the members of its line: the pair that must agree stands side by side, a case for a case.

extension Incident.Event {
  /// The members of a line that tell it.
  public var members: [(name: StaticString, value: JSON)] {
    [("event", .string("\(kind.name)"))] + details
  }

  /// Reads what `members` wrote. A line of an older version has no details: then they are unknown.
  ///
  /// - Returns: nil for an event that this version does not know.
  public init?(members line: Incident.Line) {
    guard let kind = line.kind else { return nil }
    self = Incident.Event.detailed(kind, line)
  }

  private var details: [(name: StaticString, value: JSON)] {
    switch self {
    case .noticed(let reason): reason.members
    case .tried(let how), .solved(let how): Members.word("how", how)
    case .recovered(let how): Members.word("how", how)
    case .restart(let problem, let ran): Members.name("problem", problem) + [("ran", .bool(ran))]
    case .reboot(let problem), .calledOff(let problem), .rolledBack(let problem),
      .stoodDown(let problem):
      Members.name("problem", problem)
    case .rested(let how): Members.word("how", how)
    case .held(let heart, let holding): Members.name("heart", heart) + holding.members
    case .notFed(let tools): Members.names("tools", tools)
    case .failed, .accepted, .rebootTest, .resumed, .fedAgain, .note: []
    }
  }

  private static func detailed(_ kind: Kind, _ line: Incident.Line) -> Incident.Event {
    switch kind {
    case .noticed: .noticed(reason: Incident.Reason(members: line))
    case .tried: .tried(how: Members.choice("how", line) ?? .unknown)
    case .solved: .solved(how: Members.choice("how", line) ?? .unknown)
    case .recovered:
      .recovered(how: Members.choice("how", line) ?? .unknown)
    case .restart:
      .restart(problem: Members.name("problem", line), ran: line.truth("ran") ?? true)
    case .reboot: .reboot(problem: Members.name("problem", line))
    case .calledOff: .calledOff(problem: Members.name("problem", line))
    case .accepted: .accepted
    case .rolledBack: .rolledBack(problem: Members.name("problem", line))
    case .stoodDown: .stoodDown(problem: Members.name("problem", line))
    case .rested: .rested(how: Members.choice("how", line) ?? .unknown)
    case .hold: .held(heart: Members.name("heart", line), Incident.Holding(members: line))
    case .notFed: .notFed(tools: Members.names("tools", line))
    case .failed: .failed
    case .rebootTest: .rebootTest
    case .resumed: .resumed
    case .fedAgain: .fedAgain
    case .note: .note
    }
  }
}

// MARK: Words of one event

extension Incident.Reason {
  fileprivate var members: [(name: StaticString, value: JSON)] {
    switch self {
    case .lastBeat(let limit):
      [("reason", .string("last-beat")), ("limit", .number("\(limit)"))]
    case .firstBeat(let limit):
      [("reason", .string("first-beat")), ("limit", .number("\(limit)"))]
    case .gone: [("reason", .string("gone"))]
    case .noted: [("reason", .string("noted"))]
    case .unknown: []
    }
  }

  fileprivate init(members line: Incident.Line) {
    let word = line.member("reason") ?? ""
    let limit = line.number("limit")
    if let limit, word.isEqual(to: "last-beat") {
      self = .lastBeat(limit: limit)
    } else if let limit, word.isEqual(to: "first-beat") {
      self = .firstBeat(limit: limit)
    } else if word.isEqual(to: "gone") {
      self = .gone
    } else if word.isEqual(to: "noted") {
      self = .noted
    } else {
      self = .unknown
    }
  }
}

extension Incident.Holding {
  fileprivate var members: [(name: StaticString, value: JSON)] {
    switch self {
    case .lasting(let seconds): [("seconds", .number("\(seconds)"))]
    case .ended: [("seconds", .null)]
    case .unknown: []
    }
  }

  fileprivate init(members line: Incident.Line) {
    if let seconds = line.number("seconds") {
      self = .lasting(seconds: seconds)
    } else {
      self = line.isNull("seconds") ? .ended : .unknown
    }
  }
}

/// The kinds of details that several events have. What is not known is left out.
private enum Members {
  /// What an older version did not write.
  static let unknown = "unknown"

  static func word<Value: Named>(
    _ member: StaticString, _ value: Value
  ) -> [(name: StaticString, value: JSON)] {
    "\(value.name)".isEqual(to: unknown) ? [] : [(member, .string("\(value.name)"))]
  }

  static func choice<Value: Named>(_ member: StaticString, _ line: Incident.Line) -> Value? {
    line.member(member).flatMap { Value(named: $0.utf8) }
  }

  static func name(_ member: StaticString, _ name: Name?) -> [(name: StaticString, value: JSON)] {
    name.map { [(member, .string($0.text))] } ?? []
  }

  static func name(_ member: StaticString, _ line: Incident.Line) -> Name? {
    line.member(member).flatMap { Name($0) }
  }

  /// Names in one text, with a space between them: no name has one, and a line stays flat.
  static func names(
    _ member: StaticString, _ names: [Name]
  ) -> [(name: StaticString, value: JSON)] {
    names.isEmpty
      ? [] : [(member, .string(names.map { $0.text }.joined(separator: " ")))]
  }

  static func names(_ member: StaticString, _ line: Incident.Line) -> [Name] {
    (line.member(member) ?? "").utf8.pieces(between: .space).compactMap { Name($0) }
  }
}
