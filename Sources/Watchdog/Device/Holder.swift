import LinuxCalls

/// Who holds the watchdog device open: only one can.
public struct Holder: Sendable {
  /// The process.
  public let pid: Int32
  /// By which of its descriptors.
  let descriptor: Int32
  /// The name of its executable, without the folder.
  public let program: String

  /// Every process of root, or of our user, that holds `device`: no other may open one. (More than one holds it while
  /// feeders hand it over: the same open file then.) A look through all of /proc, by a copy of this process, for what
  /// others have open may be on a file server that does not answer.
  public static func all(of device: DeviceNumber) throws(Failure) -> [Holder] {
    try attempt(to: "look through /proc") { () throws(SystemError) in
      let table = try ProcessTable()
      let numbers = WatchdogDevice.numbers(of: device)
      let pids = try pids(in: table)
      var probe = try Probe(pids.count)
      for _ in 0..<mostTries {
        let place = try probe.run(patience: patience, hiding: Stamp.variables) { index in
          guard isOurs(pids[index], table) else { return 0 }
          return table.descriptor(of: pids[index], forAnyOf: numbers).map { UInt32($0) + 1 } ?? 0
        }
        guard let place else { break }
        probe[place] = 0
      }
      var holders: [Holder] = []
      for index in pids.indices {
        guard let found = probe[index], found > 0 else { continue }
        let program = program(of: pids[index], in: table)
        holders.append(Holder(pid: pids[index], descriptor: Int32(found) - 1, program: program))
      }
      return holders
    }
  }

  private static let mostTries = 5
  private static let patience: Duration = .milliseconds(100)

  /// The feeders that hold `device`. Of all other processes no descriptor is looked at: an account can have a million of
  /// them, and a hand-over must not wait for that.
  ///
  /// - Parameter noted: the one that is known to have held it; if it holds it still, nobody else is looked for.
  static func feeders(
    of device: DeviceNumber, noted: ProcessIdentity? = nil
  ) throws(Failure) -> [Holder] {
    try attempt(to: "look through /proc") { () throws(SystemError) in
      let table = try ProcessTable()
      let numbers = WatchdogDevice.numbers(of: device)
      if let noted, try !table.isGone(noted), let holder = feeder(noted.pid, of: numbers, table) {
        return [holder]
      }
      return try pids(in: table).compactMap { feeder($0, of: numbers, table) }
    }
  }

  /// Whether another feeder is there that cannot take over what we hold, because the kernel gives nobody a descriptor of
  /// another process (Yama's ptrace_scope 3; see `OpenDevice.takeOver`). It is seen by its own.
  static func isAnyOutOfReach() throws(Failure) -> Bool {
    try attempt(to: "look through /proc") { () throws(SystemError) in
      let table = try ProcessTable()
      return try pids(in: table).contains { pid in
        Tool.feeder.isNamed(program(of: pid, in: table)) && isOurs(pid, table) && isOutOfReach(pid)
      }
    }
  }

  private static func isOutOfReach(_ pid: Int32) -> Bool {
    do throws(SystemError) {
      _ = try ProcessDescriptor(pid: pid).takeOver(descriptor: 0)
      return false
    } catch {
      return error == .notPermitted || error == .accessDenied || error == .noSuchCall
    }
  }

  private static func feeder(
    _ pid: Int32, of numbers: [DeviceNumber], _ table: borrowing ProcessTable
  ) -> Holder? {
    let program = program(of: pid, in: table)
    guard pid != ThisProcess.pid, Tool.feeder.isNamed(program), isOurs(pid, table),
      let descriptor = table.descriptor(of: pid, forAnyOf: numbers)
    else { return nil }
    return Holder(pid: pid, descriptor: descriptor, program: program)
  }

  /// All but this one.
  static func pids(in table: borrowing ProcessTable) throws(SystemError) -> [Int32] {
    var pids: [Int32] = []
    try table.forEachProcess { (pid) throws(SystemError) in
      if pid != ThisProcess.pid { pids.append(pid) }
    }
    return pids
  }

  /// Whether it runs as root, or as our user: any user can give a program the name of ours.
  static func isOurs(_ pid: Int32, _ table: borrowing ProcessTable) -> Bool {
    let users = table.users(of: pid)
    return !users.isEmpty && users.allSatisfy { $0 == 0 || $0 == ThisProcess.user }
  }

  /// Whether it is a feeder as we are, this version or one that was replaced meanwhile.
  public var isFeeder: Bool { Tool.feeder.isNamed(program) }

  /// "held by systemd (process 1): write RuntimeWatchdogSec=off …": who it is and what to do.
  public var words: String {
    let cure = Rival.named(program).map { "\($0.cure)" } ?? "only one program can: stop it"
    return "held by \(program.printable) (process \(pid)): \(cure)"
  }

  /// The name of its executable, without the folder; empty where nobody may look at it.
  static func program(of pid: Int32, in table: borrowing ProcessTable) -> String {
    (table.executable(of: pid) ?? []).text.lastPathPart
  }
}
