import Linux

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
    case .tried(let how), .solved(let how): Members.word("how", how.word)
    case .recovered(let how): Members.word("how", how.word)
    case .restart(let problem, let ran): Members.name("problem", problem) + [("ran", .bool(ran))]
    case .reboot(let problem): Members.name("problem", problem)
    case .calledOff(let problem): Members.name("problem", problem)
    case .stoodDown(let problem): Members.name("problem", problem)
    case .rested(let how): Members.word("how", how.word)
    case .held(let heart, let holding): Members.name("heart", heart) + holding.members
    case .notFed(let tools): Members.names("tools", tools)
    case .failed, .rebootTest, .resumed, .fedAgain, .note: []
    }
  }

  private static func detailed(_ kind: Kind, _ line: Incident.Line) -> Incident.Event {
    switch kind {
    case .noticed: .noticed(reason: Incident.Reason(members: line))
    case .tried: .tried(how: Members.choice("how", line, Incident.Remedy.known) ?? .unknown)
    case .solved: .solved(how: Members.choice("how", line, Incident.Remedy.known) ?? .unknown)
    case .recovered:
      .recovered(how: Members.choice("how", line, Incident.Recovery.known) ?? .unknown)
    case .restart:
      .restart(problem: Members.name("problem", line), ran: line.truth("ran") ?? true)
    case .reboot: .reboot(problem: Members.name("problem", line))
    case .calledOff: .calledOff(problem: Members.name("problem", line))
    case .stoodDown: .stoodDown(problem: Members.name("problem", line))
    case .rested: .rested(how: Members.choice("how", line, Incident.Rest.known) ?? .unknown)
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

extension Incident.Remedy {
  fileprivate static let known: [(word: StaticString, value: Incident.Remedy)] = [
    ("started", .started), ("solution", .solution), ("by-hand", .byHand),
  ]

  fileprivate var word: StaticString? { Incident.Remedy.known.first { $0.value == self }?.word }
}

extension Incident.Recovery {
  fileprivate static let known: [(word: StaticString, value: Incident.Recovery)] = [
    ("beats", .beats), ("elsewhere", .elsewhere), ("heart-gone", .heartGone),
    ("ran-calm", .ranCalm),
  ]

  fileprivate var word: StaticString? { Incident.Recovery.known.first { $0.value == self }?.word }
}

extension Incident.Rest {
  fileprivate static let known: [(word: StaticString, value: Incident.Rest)] = [
    ("proven", .proven), ("window", .window),
  ]

  fileprivate var word: StaticString? { Incident.Rest.known.first { $0.value == self }?.word }
}

/// The kinds of details that several events have. What is not known is left out.
private enum Members {
  static func word(
    _ member: StaticString, _ word: StaticString?
  ) -> [(name: StaticString, value: JSON)] {
    word.map { [(member, .string("\($0)"))] } ?? []
  }

  static func choice<Value>(
    _ member: StaticString, _ line: Incident.Line, _ known: [(word: StaticString, value: Value)]
  ) -> Value? {
    guard let text = line.member(member) else { return nil }
    return known.first { "\($0.word)".isEqual(to: text) }?.value
  }

  static func name(
    _ member: StaticString, _ name: Name?
  ) -> [(name: StaticString, value: JSON)] {
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
