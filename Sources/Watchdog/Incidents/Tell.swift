import LinuxCalls
import Rules

/// `watchdog-chain tell`: gives new lines of incidents.jsonl to /etc/watchdog/tell, on its input.
///
/// How far it came is written down only after that ended with 0. So each line is told at least once, and in order, over
/// reboots, broken networks, and files that were moved away or cut off.
public struct Tell {
  private let roots: Roots

  /// The executable.
  public static let file = "tell"
  /// Whole lines of so many bytes at the most are told at once.
  static let most = 65_536

  /// Tells what happened in these folders.
  public init(_ roots: Roots) { self.roots = roots }

  /// Tells all that is new, as far as there is time for it. The first time there is nothing new yet.
  ///
  /// - Parameter isDry: says how much there is, and tells nothing.
  /// - Throws: when the executable did not take it: then it is told again with the next run.
  public func run(isDry: Bool) throws(Failure) -> ExitCode {
    let path = "\(roots.config)/\(Tell.file)"
    if (try? FileStatus.at(path)) == nil { return .success }
    try Trust.check(executable: path)
    let state = try StateFolder(roots, isDry: isDry)
    let lock = try state.open(.locks).lock(Tell.file)
    // One that hangs is not joined by another each minute.
    guard try lock.claim() else { return .success }
    let data = try roots.openData()
    guard var place = try FilePlace.read(in: data) else {
      if !isDry { try FilePlace.end(of: data).keep(in: data) }
      return .success
    }
    let deadline = Clock.monotonic + Settings.value(of: .tellTime, roots)
    while let batch = try place.next(in: data) {
      if isDry {
        Console.write("would tell \(batch.lines.count) lines\n")
        return .success
      }
      if !batch.lines.isEmpty { try tell(batch.lines, path, state, until: deadline) }
      place = batch.end
      try place.keep(in: data)
      if Clock.monotonic >= deadline { break }
    }
    _ = consume lock
    return .success
  }

  private func tell(
    _ lines: [[UInt8]], _ path: String, _ state: borrowing StateFolder, until deadline: Duration
  ) throws(Failure) {
    // A file, and no pipe: one that does not read holds nobody up.
    let name = "tell-lines"
    try attempt(to: "write \(state.path)/\(name)") { () throws(SystemError) in
      try state.folder.replace(
        name, lines.flatMap { $0 + [.newline] }, durably: false, permissions: 0o600)
    }
    let input = try attempt(to: "read \(state.path)/\(name)", state.folder.openToRead(name))
    let run = try BoundedRun(
      [path], as: .nothing(about: nil), roots, within: deadline - Clock.monotonic,
      input: input.number, endsGroup: false)
    try state.remove(name)
    if let failure = run.failureAndWords {
      throw Failure(
        .tryLater, "\(failure): \(lines.count) lines will be sent again in the next run")
    }
  }
}
