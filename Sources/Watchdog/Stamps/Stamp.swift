import Linux

/// The mark of everything that was started for this chain since boot: a UUID in the environment, which what a
/// program starts inherits.
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
  public static let heartVariable = "WATCHDOG_HEART"

  private static let file = "stamp"

  /// Reads the stamp of this boot, which is made when there is none.
  ///
  /// - Parameters:
  ///   - keep: whether it is written down when there is none; those who only look do not.
  ///   - tool: who asks.
  public init(in state: borrowing StateFolder, keep: Bool, tool: StaticString) throws(Failure) {
    let kept = try attempt(to: "read \(state.path)/\(Stamp.file)") { () throws(SystemError) in
      try state.folder.readFile(Stamp.file, atMost: 64)
    }
    if let kept, let stamp = Stamp(parsing: kept) {
      self = stamp
      return
    }
    self = Stamp(ofFolder: state.path)
    if !keep { return }
    let drafts = try Drafts(of: tool, in: state)
    let text = text
    try attempt(to: "write \(state.path)/\(Stamp.file)") { () throws(SystemError) in
      try drafts.replace(Stamp.file, in: state.folder, Drafts.Contents("\(text)\n"))
    }
  }

  /// The stamp that a state folder has, be it there or not.
  init(ofFolder path: String) {
    self.init(boot: Boot.identity(), folder: path, namespace: Stamp.namespace())
  }

  /// Reads a UUID and nothing else; nil when it is anything else.
  public init?(parsing bytes: [UInt8]) {
    let line = bytes.prefix { $0 != 0x0A }
    guard line.count == 36, bytes.count <= 37 else { return nil }
    for (index, byte) in line.enumerated() {
      let isDash = index == 8 || index == 13 || index == 18 || index == 23
      switch byte {
      case 0x2D where isDash: break
      case 0x30...0x39 where !isDash, 0x61...0x66 where !isDash: break
      default: return nil
      }
    }
    text = String(decoding: line, as: UTF8.self)
  }

  /// The stamp of a boot, a state folder and a namespace of process numbers: a UUID of version 8 (RFC 9562).
  init(boot: [UInt8], folder: String, namespace: [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    let source = boot + [0] + Array(folder.utf8) + [0] + namespace
    // FNV-1a, twice, from two beginnings. It has to tell worlds apart, not to keep a secret.
    let halves = [0xCBF2_9CE4_8422_2325, 0x9AE1_6A3B_2F90_404F].map { (begin: UInt64) in
      source.reduce(begin) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
    var text: [UInt8] = []
    for index in 0..<32 {
      if index == 8 || index == 12 || index == 16 || index == 20 { text.append(0x2D) }
      let digit = Int((halves[index / 16] >> UInt64(60 - index % 16 * 4)) & 15)
      text.append(digits[index == 12 ? 8 : index == 16 ? 8 | digit & 3 : digit])
    }
    self.text = String(decoding: text, as: UTF8.self)
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
    let parts = own.path.utf8.split(separator: 0x2F)
    guard let end = parts.firstIndex(where: { $0.elementsEqual(folder.utf8) }) else { return own }
    let path = parts[..<end].map { "/" + String(decoding: Array($0), as: UTF8.self) }.joined()
    return ControlGroup(path: path.utf8.isEmpty ? "/" : path)
  }

  /// The heart that a control group of this stamp is for, and that group, of which the given one is a part;
  /// nil for all other groups.
  func owner(of group: ControlGroup) -> (heart: Name, group: ControlGroup)? {
    let parts = group.path.utf8.split(separator: 0x2F)
    guard let place = parts.firstIndex(where: { $0.elementsEqual(folder.utf8) }),
      place + 1 < parts.endIndex, let heart = Name(parts[place + 1])
    else { return nil }
    let path = parts[...(place + 1)].map { "/" + String(decoding: Array($0), as: UTF8.self) }
    return (heart, ControlGroup(path: path.joined()))
  }

  /// The name of the control group that holds those of the hearts.
  var folder: String { "watchdog-\(text)" }
}
