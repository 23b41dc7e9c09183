import Linux

/// Who holds the watchdog device open: only one can.
public struct Holder: Sendable {
  /// The process.
  public let pid: Int32
  /// By which of its descriptors.
  let descriptor: Int32
  /// The name of its executable, without the folder.
  public let program: String

  /// Every process that holds `device`, as far as we may see. (More than one holds it while feeders hand it
  /// over: the same open file then.) A look through all of /proc.
  public static func all(of device: DeviceNumber) throws(Failure) -> [Holder] {
    try attempt(to: "look through /proc") { () throws(SystemError) in
      var holders: [Holder] = []
      let table = try ProcessTable()
      try table.forEachProcess { pid throws(SystemError) in
        guard pid != ThisProcess.pid,
          let descriptor = table.descriptor(of: pid, forDevice: device)
        else { return }
        holders.append(
          Holder(pid: pid, descriptor: descriptor, program: program(of: pid, in: table)))
      }
      return holders
    }
  }

  /// Whether it is a feeder as we are, this version or one that was replaced meanwhile.
  public var isFeeder: Bool { Tool.feeder.isNamed(program) }

  /// "held by systemd (process 1): write RuntimeWatchdogSec=off …": who it is and what to do.
  public var words: String {
    let cure = Rival.named(program).map { "\($0.cure)" } ?? "only one program can: stop it"
    return "held by \(program.printable) (process \(pid)): \(cure)"
  }

  private static func program(of pid: Int32, in table: borrowing ProcessTable) -> String {
    let deleted = Array(" (deleted)".utf8)
    var path = table.executable(of: pid) ?? []
    if path.suffix(deleted.count).elementsEqual(deleted) { path.removeLast(deleted.count) }
    return path.text.lastPathPart
  }
}
