import LinuxCalls

/// The mark of everything that was started for this chain since boot: a UUID in the environment, which what a
/// program starts inherits.
///
/// It is no secret, and so proves nothing by itself: any user can put it into an environment of its own. Beside it
/// stands the `Key` of the heart.
///
/// It is kept in the state folder as `stamp`. Where that was lost it comes out the same again, being made of
/// the boot, the folder's path and the namespace of process numbers: or else programs that run would be
/// forgotten, and started twice. Another world on this box, and a container on it, have another stamp.
public struct Stamp: Sendable {
  /// Like "7c9e6679-7425-80de-944b-e07fc1f90ae7".
  public let text: String

  /// The variable that holds it.
  public static let variable = "WATCHDOG_STAMP"
  /// The variable that says for which heart a process was started.
  static let heartVariable = "WATCHDOG_HEART"

  /// The variable that holds the heart's `Key`.
  static let keyVariable = "WATCHDOG_KEY"
  /// The variable that what a solution starts has in its environment in place of the stamp: it is not the program, but is
  /// ended when the solver was killed before its time.
  static let solverVariable = "WATCHDOG_SOLVER"

  /// All of these: by them a process counts as one of a heart, or of what mends it.
  static var variables: [String] { [variable, heartVariable, keyVariable, solverVariable] }

  private static let file = "stamp"

  /// Reads the stamp of this boot, which is made when there is none.
  ///
  /// - Parameters:
  ///   - keep: whether it is written down when there is none; those that only look do not.
  public init(in state: borrowing StateFolder, keep: Bool) throws(Failure) {
    if let stamp = try state.read(Stamp.file, atMost: 64).flatMap({ Stamp(parsing: $0) }) {
      self = stamp
      return
    }
    self = Stamp(ofFolder: state.path)
    if keep { try state.replace(Stamp.file, "\(text)\n") }
  }

  /// The stamp that a state folder has, be it there or not.
  init(ofFolder path: String) {
    self.init(boot: Boot.identity(), folder: path, namespace: Stamp.namespace())
  }

  /// Reads a UUID and nothing else; nil when it is anything else.
  public init?(parsing bytes: [UInt8]) {
    let line = bytes.firstLine
    guard line.count == 36, bytes.count <= 37 else { return nil }
    for (index, byte) in line.enumerated() {
      let isRight = Stamp.dashes.contains(index) ? byte == dash : Hexadecimal.number(byte) != nil
      if !isRight { return nil }
    }
    text = line.text
  }

  /// Where a UUID has its dashes.
  private static let dashes = [8, 13, 18, 23]

  /// The stamp of a boot, a state folder and a namespace of process numbers: a UUID of version 8 (RFC 9562).
  init(boot: [UInt8], folder: String, namespace: [UInt8]) {
    let source = boot + [0] + Array(folder.utf8) + [0] + namespace
    // Twice, from two beginnings.
    var (first, second) = (Checksum(), Checksum(from: 0x9AE1_6A3B_2F90_404F))
    for byte in source {
      first.add(byte)
      second.add(byte)
    }
    let variant = second.value & 0x3FFF_FFFF_FFFF_FFFF | 1 << 63
    var text = Hexadecimal.digits(of: first.value) + Hexadecimal.digits(of: variant)
    text[12] = UInt8(ascii: "8")
    for place in Stamp.dashes { text.insert(dash, at: place) }
    self.text = text.text
  }

  private static func namespace() -> [UInt8] {
    (try? Folder(path: "/proc/self/ns").linkTarget(of: "pid")) ?? []
  }

  /// The control group that holds what was started for a heart.
  func group(of heart: Name, in base: ControlGroup) -> ControlGroup {
    group(in: base).child(heart.text)
  }

  /// The control group that holds those of the hearts.
  func group(in base: ControlGroup) -> ControlGroup { base.child(folder) }

  /// Where groups of this stamp are made: outside of those that there are, for none may be in another one.
  func base(of own: ControlGroup) -> ControlGroup {
    let parts = own.path.pathParts
    guard let end = parts.firstIndex(where: { $0.isEqual(to: folder) }) else { return own }
    return ControlGroup(path: "/" + parts[..<end].joined(separator: "/"))
  }

  /// The group outside of those of a stamp, be it this chain's or another's; nil when the given one is in none.
  static func base(ofAny own: ControlGroup) -> ControlGroup? {
    let beginning = "watchdog-".utf8
    for part in own.path.pathParts where part.utf8.starts(with: beginning) {
      if let stamp = Stamp(parsing: Array(part.utf8.dropFirst(beginning.count))) {
        return stamp.base(of: own)
      }
    }
    return nil
  }

  /// The heart that a control group of this stamp is for, and that group, of which the given one is a part;
  /// nil for all other groups.
  func owner(of group: ControlGroup) -> (heart: Name, group: ControlGroup)? {
    let parts = group.path.pathParts
    guard let place = parts.firstIndex(where: { $0.isEqual(to: folder) }),
      place + 1 < parts.endIndex, let heart = Name(parts[place + 1])
    else { return nil }
    return (heart, ControlGroup(path: "/" + parts[...(place + 1)].joined(separator: "/")))
  }

  /// The name of the control group that holds those of the hearts.
  var folder: String { "watchdog-\(text)" }
}

private let dash = UInt8(ascii: "-")
