import CLinuxCalls

/// Questions about others that may never be answered: to read the memory of a process can wait for a lock that it
/// holds, or for a file server of its own. They are asked by a copy of this process, which can be given up.
///
/// The answers are in memory that both share, so no call is made for any of them.
public struct Probe: ~Copyable {
  private let memory: UnsafeMutablePointer<UInt32>
  /// How many questions there are.
  public let count: Int
  /// Copies that were given up, and had not ended yet.
  private var killed: [Int32] = []

  /// Set in each answer, so that it is told from none.
  private static let answered: UInt32 = 1 << 31
  /// How long a pause is after which it is looked how far the copy has come.
  private static let pause: Duration = .milliseconds(10)

  /// How long a killed copy mostly takes to end.
  private static let shortPause: Duration = .milliseconds(1)
  /// One that waits for good may not even hear that it is killed: this process does not wait for it, and hands it over at
  /// its end.
  private static let mostPausesAtEnd = 30

  /// Makes room for the answers to so many questions.
  public init(_ count: Int) throws(SystemError) {
    let size = (count + 1) * MemoryLayout<UInt32>.stride
    guard let memory = clinux_share_memory(size) else { throw SystemError.last }
    self.memory = memory.bindMemory(to: UInt32.self, capacity: count + 1)
    self.count = count
  }

  deinit {
    munmap(memory, (count + 1) * MemoryLayout<UInt32>.stride)
    var left = killed
    for _ in 0..<Probe.mostPausesAtEnd where !left.isEmpty {
      sleep(untilMonotonic: Clock.monotonic + Probe.shortPause)
      left = Probe.collect(left)
    }
  }

  /// The answer to a question, below 2^31; nil as long as there is none. What is set is not asked any more.
  public subscript(index: Int) -> UInt32? {
    get { memory[index] & Probe.answered == 0 ? nil : memory[index] & ~Probe.answered }
    nonmutating set { memory[index] = newValue.map { $0 | Probe.answered } ?? 0 }
  }

  /// Asks what was not answered yet, in order.
  ///
  /// - Parameters:
  ///   - patience: how long the copy may wait for others, all in all. Where it could run and has no processor, or
  ///     works, that is no waiting.
  ///   - hidden: variables that nobody is to find in the environment of the copy.
  ///   - answer: gives the answer to a question, in the copy.
  /// - Returns: the question at which it was given up; nil when all are answered.
  public mutating func run(
    patience: Duration, hiding hidden: [String], _ answer: (Int) -> UInt32
  ) throws(SystemError) -> Int? {
    killed = Probe.collect(killed)
    let pid = try check { clinux_fork() }
    if pid == 0 {
      for name in hidden { ThisProcess.hide(name) }
      for index in 0..<count where self[index] == nil {
        memory[count] = UInt32(index)
        self[index] = answer(index)
      }
      _exit(0)
    }
    if watch(pid, patience) {
      // Somebody else may have killed it, or it died of the question.
      return firstUnanswered(from: 0)
    }
    kill(pid, SIGKILL)
    sleep(untilMonotonic: Clock.monotonic + Probe.shortPause)
    killed = Probe.collect(killed + [pid])
    return firstUnanswered(from: Int(memory[count]))
  }

  /// - Returns: those of these children that have not ended yet.
  private static func collect(_ pids: [Int32]) -> [Int32] {
    pids.filter { waitpid($0, nil, WNOHANG) == 0 }
  }

  private borrowing func firstUnanswered(from place: Int) -> Int? {
    (min(place, count)..<count).first { self[$0] == nil }
  }

  /// Waits for the end of the copy, and collects it.
  ///
  /// - Returns: whether it has ended.
  private borrowing func watch(_ pid: Int32, _ patience: Duration) -> Bool {
    let hold = try? ProcessDescriptor(pid: pid)
    var waited: Duration = .zero
    while waitpid(pid, nil, WNOHANG) == 0 {
      let step = Clock.monotonic + Probe.pause
      switch hold {
      case .some(let hold): if hold.waitForEnd(untilMonotonic: step) { continue }
      case .none: sleep(untilMonotonic: step)
      }
      if !isRunning(pid) { waited += Probe.pause }
      if waited >= patience { return false }
    }
    return true
  }

  private borrowing func isRunning(_ pid: Int32) -> Bool {
    let status = (try? ProcessTable().status(of: pid)) ?? nil
    return status?.state == UInt8(ascii: "R")
  }
}
