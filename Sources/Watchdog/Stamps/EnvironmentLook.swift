import LinuxCalls

/// Reads the environments of processes, of all users, and says what each shows. It is done by a copy of this process,
/// for the memory of a process may be locked, or lie on a file server that does not answer, by accident or because its
/// owner wants that: then that process is passed over, and soon all others of its user.
struct EnvironmentLook: ~Copyable {
  private let hearts: [StampedHeart]
  private let stampEntry: [UInt8]
  private let trusted: [UInt32]
  private var buffer = [UInt8](repeating: 0, count: EnvironmentLook.mostBytes)
  /// Those that were waited for in vain.
  private(set) var hung: [(pid: Int32, user: UInt32?)] = []
  private var patience = EnvironmentLook.patienceForAll
  private var asksThreads = false

  /// So much of an environment is looked at. The tools start programs with less than a kilobyte.
  private static let mostBytes = 65_536
  /// How long one question may take.
  private static let patience: Duration = .milliseconds(80)
  /// How long all questions to processes of others may take that wait for something.
  private static let patienceForAll: Duration = .milliseconds(240)

  /// What an environment shows.
  enum Shown: Equatable {
    /// It could not be read in time.
    case unread
    /// There is none: it is a part of the kernel, is dead, or is about to execute a program.
    case nothing
    /// No stamp of this chain.
    case others
    /// The stamp, for the heart with this number in the list, or for one that is not in it; and whether the heart's
    /// secret is there too.
    case stamp(heart: Int?, hasKey: Bool)

    fileprivate var code: UInt32 {
      switch self {
      case .unread: 0
      case .nothing: 1
      case .others: 2
      case .stamp(let heart, let hasKey): 4 | (hasKey ? 8 : 0) | UInt32((heart ?? -1) + 1) << 4
      }
    }

    fileprivate init(code: UInt32) {
      switch code {
      case 0: self = .unread
      case 1: self = .nothing
      case 2: self = .others
      default:
        self = .stamp(heart: code >> 4 == 0 ? nil : Int(code >> 4) - 1, hasKey: code & 8 != 0)
      }
    }
  }

  /// - Parameter hearts: those whose names and keys are looked for, in the order of their names.
  init(_ stamp: Stamp, _ hearts: [StampedHeart]) {
    self.hearts = hearts
    stampEntry = Array("\(Stamp.variable)=\(stamp.text)".utf8)
    trusted = [0, ThisProcess.user]
  }

  /// Forgets whose processes were waited for in vain: they may answer again.
  mutating func beginAnew() {
    hung = []
    patience = EnvironmentLook.patienceForAll
  }

  /// What the environments of these processes show.
  ///
  /// - Parameter asksThreads: looks at their other threads where the first has ended.
  mutating func look(
    at pids: [Int32], asksThreads: Bool, _ table: borrowing ProcessTable
  ) -> [Shown] {
    if pids.isEmpty { return [] }
    self.asksThreads = asksThreads
    guard var probe = try? Probe(pids.count) else { return pids.map { _ in .unread } }
    for index in pids.indices where hung.contains(where: { $0.pid == pids[index] }) {
      probe[index] = Shown.unread.code
    }
    while true {
      do throws(SystemError) {
        guard let place = try ask(&probe, pids, table) else { break }
        giveUp(at: place, probe, pids, table)
      } catch {
        // There is no other process to be had: those of root, which locks nobody out on purpose, are read by this one.
        for index in pids.indices where probe[index] == nil {
          let isSafe = isTrusted(table.users(of: pids[index]))
          probe[index] = (isSafe ? read(pids[index], table) : .unread).code
        }
      }
    }
    return pids.indices.map { probe[$0].map { Shown(code: $0) } ?? .unread }
  }

  private mutating func ask(
    _ probe: inout Probe, _ pids: [Int32], _ table: borrowing ProcessTable
  ) throws(SystemError) -> Int? {
    // The copy has memory of its own for what it reads.
    try probe.run(patience: EnvironmentLook.patience, hiding: Stamp.variables) {
      read(pids[$0], table).code
    }
  }

  /// Passes over what was waited for, and more of the same user's.
  private mutating func giveUp(
    at place: Int, _ probe: borrowing Probe, _ pids: [Int32], _ table: borrowing ProcessTable
  ) {
    let users = table.users(of: pids[place])
    let isOurs = isTrusted(users)
    hung.append((pids[place], isOurs ? nil : users.first))
    probe[place] = Shown.unread.code
    patience -= EnvironmentLook.patience
    let isEnough = patience <= .zero
    if isOurs, !isEnough { return }
    // So many of root's own hang only where nothing can be read.
    let isHopeless = patience <= .zero - EnvironmentLook.patienceForAll * 5
    for index in pids.indices where probe[index] == nil {
      let others = isHopeless ? users : table.users(of: pids[index])
      if isHopeless || (isEnough ? !isTrusted(others) : others == users) {
        probe[index] = Shown.unread.code
      }
    }
  }

  /// Whether only root, or our user, can have made the process what it is.
  private func isTrusted(_ users: [UInt32]) -> Bool {
    users.allSatisfy { user in trusted.contains(user) }
  }

  private mutating func read(_ pid: Int32, _ table: borrowing ProcessTable) -> Shown {
    var count = table.readEnvironment(of: pid, into: &buffer)
    if count == 0, asksThreads { count = table.readEnvironment(ofThreadsOf: pid, into: &buffer) }
    guard count > 0 else { return .nothing }
    // What is cut off is no entry.
    if count == buffer.count { count = (buffer.lastIndex(of: 0) ?? -1) + 1 }
    guard buffer.hasEntry(stampEntry, upTo: count) else { return .others }
    let name = buffer.value(ofEntry: Array("\(Stamp.heartVariable)=".utf8), upTo: count) ?? []
    guard let place = place(of: name) else { return .stamp(heart: nil, hasKey: false) }
    let key = buffer.value(ofEntry: Array("\(Stamp.keyVariable)=".utf8), upTo: count)
    return .stamp(heart: place, hasKey: key != nil && key == hearts[place].key)
  }

  private func place(of name: [UInt8]) -> Int? {
    let place = hearts.partitioningIndex(after: {
      $0.name.text.utf8.lexicographicallyPrecedes(name)
    })
    return place < hearts.count && hearts[place].name.text.utf8.elementsEqual(name) ? place : nil
  }
}
