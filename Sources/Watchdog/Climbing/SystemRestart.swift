import LinuxCalls
import Rules

/// restart-system, which mends everything; see `LastRestart`.
public struct SystemRestart: ~Copyable {
  private let run: Run
  private let lock: FileLock

  /// Opens what is needed.
  init(_ run: Run) throws(Failure) {
    lock = try run.state.open(.locks).lock(LastRestart.file)
    self.run = run
  }

  /// Makes sure that it can be run and that nobody else could have written it.
  public static func check(_ roots: Roots) throws(Failure) {
    try Trust.check(executable: path(roots))
  }

  /// Makes sure that nobody climbed the ladder since `last` was read, and that nobody does so until this value is
  /// gone.
  ///
  /// - Returns: whether it is ours to do.
  public borrowing func claim(after last: LastRestart) throws(Failure) -> Bool {
    guard try lock.claim() else { return false }
    return try LastRestart.read(in: run.state).begun == last.begun
  }

  /// Starts it, in a session of its own.
  ///
  /// The new process notes itself before it becomes restart-system, and holds the lock until then: so at no
  /// instant can this tool be killed and leave a run that nobody knows of, or two.
  ///
  /// - Parameter entry: what is counted, by the new process: a restart that could not be started never was.
  borrowing func start(counting entry: Restarts.Entry) throws(Failure) {
    let path = SystemRestart.path(run.roots)
    let counts = try self.counts(with: entry)
    try attempt(to: "run \(path)") { () throws(SystemError) in
      let child = try Child([path], apart: .session) { () throws(SystemError) in
        try note("\(ProcessIdentity.own().text)\n", counts)
        Priority.restore()
        Belonging.nothing(about: nil).export(run.roots)
        ThisProcess.lookBesideFirst()
        // A daemon that it starts would keep cron's pipe open, and with it a process of cron, for as long as
        // it lives. A person at a terminal sees what it says.
        if !Console.isTerminal(.error) {
          try ThisProcess.sendOutput(to: Descriptor.openNothing())
        }
      }
      _ = consume child
    }
  }

  /// Remembers a run that could not be begun, as one that is over.
  borrowing func noteFailure(counting entry: Restarts.Entry) throws(Failure) {
    let counts = try self.counts(with: entry)
    try attempt(to: "note the run of restart-system", note("could not be run\n", counts))
  }

  private func note(_ text: String, _ counts: String) throws(SystemError) {
    try run.drafts.replace(Restarts.file, in: run.state.folder, Drafts.Contents(counts))
    try run.drafts.replace(LastRestart.file, in: run.state.folder, Drafts.Contents(text))
  }

  private func counts(with entry: Restarts.Entry) throws(Failure) -> String {
    let boot = try ThisBoot(run.roots, run.state, makes: true)
    var restarts = try Restarts.read(in: run.state, of: boot)
    // One that was noted and then could not be executed is noted once.
    restarts.entries.removeAll { $0.at == entry.at }
    restarts.entries.append(entry)
    return restarts.text
  }

  private static func path(_ roots: Roots) -> String { "\(roots.config)/\(LastRestart.file)" }
}
