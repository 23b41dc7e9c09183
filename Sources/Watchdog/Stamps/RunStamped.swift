import LinuxCalls
import Rules

/// What run-stamped does: makes this process, or a new one, the program of a heart. It is noted in starts/NAME
/// and pids/NAME, has the stamp in its environment, and is in a control group of its own where that can be.
public final class RunStamped {
  /// Where a program's words go.
  public enum Destination: Sendable {
    /// To the end of this file.
    case file(String)
    /// Where ours go.
    case kept
  }

  private let name: Name
  private let command: [String]
  private let roots: Roots
  private let drafts: Drafts
  private let starts: Folder
  private let pids: Folder
  private let lock: FileLock
  private let stamp: Stamp
  /// Nil where none can be kept: without one too a program is better started than not.
  private let key: String?
  /// What was noted when this was made ready.
  private let before: ProcessNote?
  private let user: User?
  private let output: Descriptor?
  private let keeps: Kept
  private let report: Report
  /// In MiB; 0 for no limit.
  private let memory: Int64

  /// What of ours is left to the program.
  public struct Kept: Sendable {
    /// Our input; it is /dev/null otherwise.
    public var input = false
    /// Our environment, folder and descriptors; it begins clean otherwise.
    public var environment = false

    /// Nothing.
    public init() {}
  }

  /// Gets everything ready that can fail.
  ///
  /// - Parameters:
  ///   - name: whose program it is.
  ///   - command: the program and its arguments; nil for /etc/watchdog/programs/NAME, which is run only when
  ///     nobody else could have written it.
  ///   - user: the user that it runs as; nil for ours.
  public init(
    _ name: Name, _ command: [String]?, user: User? = nil, output: Destination,
    keeps: Kept = Kept(),
    _ roots: Roots, _ report: Report
  ) throws(Failure) {
    try RunStamped.checkStreams(user, output, keeps)
    let path = "\(roots.config)/programs/\(name.text)"
    if command == nil { try Trust.check(executable: path) }
    let state = try StateFolder(roots)
    drafts = try Drafts(in: state)
    starts = try state.open(.starts)
    pids = try state.open(.pids)
    before = try attempt(to: "read pids/\(name.text)", pids.readNote(of: name))
    stamp = try Stamp(in: state, keep: true)
    key = Key.make(name, in: state)
    lock = try drafts.lock("\(name.text).start", in: state)
    self.name = name
    self.roots = roots
    self.command = RunStamped.placed(command ?? [path], keeps)
    self.user = user
    self.keeps = keeps
    self.report = report
    memory =
      Settings.value(of: .memory, for: name, roots) { error, usual in
        report.say(.warning, "\(error.sentence): using \(usual.wholeSeconds)")
      }.wholeSeconds
    self.output = LogFile.open(output, for: user, report)
  }

  /// A terminal in the hands of another user can be read by that user, and more.
  private static func checkStreams(
    _ user: User?, _ output: Destination, _ keeps: Kept
  ) throws(Failure) {
    guard let user, user.id != ThisProcess.user else { return }
    if case .kept = output, Console.isTerminal(.output) || Console.isTerminal(.error) {
      throw Failure(
        .usage, "--keep-output would give this terminal to user \(user.name): use --log FILE")
    }
    if keeps.input, Console.isTerminal(.input) {
      throw Failure(.usage, "--keep-input would give this terminal to user \(user.name)")
    }
  }

  /// The command, which is executed in another folder than ours.
  private static func placed(_ command: [String], _ keeps: Kept) -> [String] {
    let path = command[0].utf8
    if keeps.environment || !path.contains(.slash) { return command }
    return [ThisProcess.absolute(command[0])] + command.dropFirst()
  }

  /// Becomes the program.
  ///
  /// - Returns: why not; otherwise this does not return.
  public func become() -> Failure {
    // Why it does not run is for the process that started us to hear, and not for the program's log.
    let errors = try? ThisProcess.copyOfErrors()
    // The user may be another one below.
    let callerUser = ThisProcess.user
    do throws(SystemError) {
      if !keeps.input { try ThisProcess.readNothing() }
      try prepare(isApart: false)
      if let user, user.id != callerUser { ThisProcess.leaveSession() }
      if !keeps.environment { ThisProcess.keepDescriptorsToItself() }
      ThisProcess.resetSignals()
      try ThisProcess.execute(command)
    } catch {
      if let errors { try? ThisProcess.sendOutput(to: errors) }
      return failure(error)
    }
  }

  /// Starts the program in a new process, in a session of its own.
  ///
  /// - Parameters:
  ///   - patience: how long to look whether it ends right after its start.
  ///   - isWell: asked meanwhile: whether there is nothing to wait for any more.
  /// - Returns: how it ended meanwhile; nil when it runs.
  /// - Throws: why it does not run.
  public func start(
    watchedFor patience: Duration, until isWell: () -> Bool = { false }
  ) throws(Failure) -> Child.End? {
    let child: Child
    do throws(SystemError) { child = try spawn() } catch { throw failure(error) }
    // It is noted, which keeps others away. It may be run-stamped, which waits for the lock.
    lock.giveBack()
    let end = Clock.monotonic + patience
    while Clock.monotonic < end, !isWell() {
      let step = min(Clock.monotonic + .milliseconds(50), end)
      if let how = child.wait(untilMonotonic: step) { return how }
    }
    return nil
  }

  private func spawn() throws(SystemError) -> Child {
    try Child(command, apart: .session) { () throws(SystemError) in try prepare(isApart: true) }
  }

  private func failure(_ error: SystemError) -> Failure {
    if error == .busy, let note = try? pids.readNote(of: name) {
      if note.process == (try? ProcessIdentity.own()) {
        return Failure(
          .usage, "this process is the program of \(name.text) already: leave --background out")
      }
      let isRunning = (try? ProcessTable().isGone(note.process)) == false
      return Failure(
        .tryLater,
        isRunning
          ? "it runs already, as process \(note.process.pid)"
          : "it was started at the same time by somebody else",
        unableTo: "start \(name.text)",
        cure: isRunning ? "kill-stamped \(name.text) ends it" : nil)
    }
    // A program is never missing a device: /proc is.
    let act = error == .noSuchDevice ? "read /proc" : "run \(command[0].printable)"
    return Failure.unable(to: act, error)
  }

  /// What the process does that becomes the program. Only one at a time does so for a heart, and only while
  /// the process that was noted before is gone: so nobody can start two.
  private func prepare(isApart: Bool) throws(SystemError) {
    try lock.wait()
    let process = try ProcessIdentity.own()
    let note = try pids.readNote(of: name)
    // Somebody was quicker. What was ended to make room for us is not what is there now.
    if note != before { throw SystemError.busy }
    if let note, note.stamp != nil, note.process != process,
      try !ProcessTable().isGone(note.process)
    {
      throw SystemError.busy
    }
    joinGroup(isApart: isApart)
    // Dated first: mark-problems, which sees the new process, must not hold it to the old start.
    try drafts.replace(name.text, in: starts, Drafts.Contents(""))
    let own = ProcessNote(process, stamp: stamp.text, space: ProcessSpace.own())
    try drafts.replace(name.text, in: pids, Drafts.Contents(own.text))
    if !keeps.environment { CleanStart.clear() }
    Belonging.program(of: name, stamp, key: key).export(roots)
    if !keeps.environment { try ThisProcess.go(to: "/") }
    switch output {
    case .some(let output): try ThisProcess.sendOutput(to: output)
    case .none: ThisProcess.openMissingOutput()
    }
    if let user { try user.become() }
  }

  /// Puts this process into a control group of its own. Where there is none to be had, environment and descent
  /// are proof enough for most.
  ///
  /// - Parameter isApart: outside of the group that we are in, which is cron's or a session's and has nothing to
  ///   do with the program. One that a supervisor starts stays in what that has given it, unless that is a user's: in
  ///   there it could make groups at will.
  private func joinGroup(isApart: Bool) {
    if !findGroup(isApart: isApart), memory > 0 {
      report.say(
        .warning,
        "the memory of \(name.text) cannot be limited, because it has no control group: detectors.available/leak can watch it"
      )
    }
  }

  /// - Returns: whether it is in a group that has the limit that it is to have.
  private func findGroup(isApart: Bool) -> Bool {
    guard let mount = ControlGroup.Mount.find(), let own = ControlGroup.own() else { return false }
    let root = ControlGroup(path: "/")
    let given = stamp.base(of: own)
    let isRoots = given.isOurs(on: mount)
    for base in isApart ? [root, given] : isRoots ? [given] : [root] {
      let group = stamp.group(of: name, in: base)
      // Twice: kill-stamped may have removed the empty folder that it goes into.
      for _ in 0..<2 where (try? group.join(from: mount, base: base)) != nil {
        let bytes = memory > 0 ? memory * LogLimit.mebibyte : nil
        return (try? group.limitMemory(to: bytes, on: mount, base: base)) != nil
      }
    }
    return false
  }
}
