import LinuxCalls
import Rules

/// /var/lib/watchdog/left: the last line of this boot by which the box was left to its device, or by which that was
/// taken back; without an event while there is none. So the next boot knows why it came, however much was noted
/// after that. `left-before` is that of the boot before.
public enum LeftBehind {
  static let file = "left"
  static let fileBefore = "left-before"
  private static let largest = 65_536

  /// What the boot before this one left.
  ///
  /// - Returns: a line without an event when it left nothing; nil when nobody wrote that down.
  public static func read(_ roots: Roots) throws(Failure) -> Incident.Line? {
    guard let data = try roots.dataIfThere() else { return nil }
    // Before the first clerk of this boot the file is still that of the boot before.
    let left = try line(file, data)
    if let left, !left.line.boot.isEqual(to: Boot.name()) { return left.line }
    return try line(fileBefore, data)?.line
  }

  /// Goes on with what was written down, and writes what that changes.
  ///
  /// - Parameters:
  ///   - lines: of incidents, without their newlines, in the order of time. The same may come twice.
  ///   - boot: this one.
  static func keep(_ lines: [[UInt8]], of boot: String, in data: borrowing Folder) throws(Failure) {
    let last = try line(file, data)
    var state = Fold(current: last)
    for bytes in lines {
      guard let line = Incident.Line(bytes) else { continue }
      state.add(bytes, line, isOfThisBoot: line.boot.isEqual(to: boot))
    }
    state.begin(boot)
    // In this order: killed in between, the next clerk does both again.
    if let before = state.before { try data.keep(fileBefore, "\(before.text)\n", soon: true) }
    guard let current = state.current?.bytes, current != last?.bytes else { return }
    try data.keep(file, "\(current.text)\n", soon: true)
  }

  private static func line(
    _ name: String, _ data: borrowing Folder
  ) throws(Failure) -> (bytes: [UInt8], line: Incident.Line)? {
    guard let bytes = try data.read(name, atMost: largest) else { return nil }
    let line = bytes.firstLine
    return Incident.Line(line).map { (line, $0) }
  }

  /// How the files come about, a line after the other.
  private struct Fold {
    var current: (bytes: [UInt8], line: Incident.Line)?
    var before: [UInt8]?

    /// - Parameter isOfThisBoot: a line of an earlier one, in a state folder that survived, changes nothing any more.
    mutating func add(_ bytes: [UInt8], _ line: Incident.Line, isOfThisBoot: Bool) {
      if !isOfThisBoot, current.map({ !$0.line.boot.isEqual(to: line.boot) }) ?? true { return }
      if isOfThisBoot { begin(line.boot) }
      switch line.kind {
      case .reboot, .rebootTest, .fedAgain, .resumed, .calledOff: current = (bytes, line)
      case .notFed:
        // That nobody feeds any more follows from the reason that is there already.
        switch current?.line.kind {
        case .reboot, .rebootTest: return
        default: current = (bytes, line)
        }
      default: return
      }
    }

    /// Begins anew, unless what is there is of this boot.
    mutating func begin(_ boot: String) {
      if let current {
        if current.line.boot.isEqual(to: boot) { return }
        before = current.bytes
      }
      let stamp = JSON.object(Incident.stamp(Moment.now(), boot: boot)).text(depth: 0)
      let bytes = Array(stamp.utf8)
      current = Incident.Line(bytes).map { (bytes, $0) }
    }
  }
}
