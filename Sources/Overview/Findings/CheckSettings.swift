import Linux
import Watchdog

/// The numbers that the tools go by.
struct Numbers {
  private var values: [(setting: Setting, value: Int64)] = []

  /// What holds for a setting, in its unit.
  subscript(_ setting: Setting) -> Int64 {
    given(setting) ?? setting.usual
  }

  /// What was said; nil where nothing was that can be understood.
  func given(_ setting: Setting) -> Int64? {
    values.first { Numbers.isSame($0.setting, setting) }?.value
  }

  mutating func set(_ setting: Setting, _ value: Duration) {
    values.append((setting, value.wholeSeconds))
  }

  private static func isSame(_ one: Setting, _ other: Setting) -> Bool {
    "\(one.name)".isEqual(to: "\(other.name)")
  }
}

/// The files of one value directly in /etc/watchdog.
extension Check {
  mutating func lookAtSettings() throws(Failure) {
    let settings = try Settings(roots)
    for setting in Setting.all {
      do throws(Failure) { numbers.set(setting, try settings.read(setting)) } catch {
        complain("\(setting.name)", withoutPath(error.sentence, "\(setting.name)"), about: .solving)
      }
    }
    lookAtWords(settings)
    do throws(Failure) { _ = try settings.device() } catch {
      complain("device", withoutPath(error.sentence, "device"), about: .solving)
    }
    let folder = try attempt(to: "open \(roots.config)") { () throws(SystemError) in
      try Folder(path: roots.config)
    }
    for (name, _) in names(in: "") {
      let file = name.text
      guard let status = try? folder.status(of: file) else { continue }
      let isSetting = Check.known.contains { $0.isEqual(to: file) }
      if isSetting {
        lookAtOwner(file, status)
        lookAtMode(file, status, about: .solving)
      } else if !Check.isOther(file) {
        complain(
          file,
          "no tool reads this: is the name misspelt?"
            + Check.suggestion(for: file, among: Check.all))
      }
    }
    lookForSecondDevice(folder)
  }

  mutating func lookAtOwner(_ file: String, _ status: FileStatus) {
    guard !trusts(status.owner) else { return }
    complain(
      file, "it belongs to user \(status.owner), who can change it: chown root \(path(of: file))",
      about: .solving)
  }

  private static var known: [String] { Setting.all.map { "\($0.name)" } + words + ["device"] }
  private static var all: [String] { known + folders + ["restart-system"] }

  private static func isOther(_ name: String) -> Bool {
    (folders + ["restart-system"]).contains { $0.isEqual(to: name) }
  }

  /// A name of ours that differs only in what is easily confused.
  static func suggestion(for name: String, among names: [String]) -> String {
    func plain(_ name: String) -> [UInt8] {
      name.utf8.filter { $0 != 0x2D && $0 != 0x5F }.map { $0 | 0x20 }
    }
    let wanted = plain(name)
    return names.first { plain($0) == wanted }.map { " Ours is called \($0)" } ?? ""
  }

  /// What Settings says begins with the file, as ours does.
  func withoutPath(_ sentence: String, _ file: String) -> String {
    let prefix = Array("\(path(of: file)): ".utf8)
    guard sentence.utf8.starts(with: prefix) else { return sentence }
    return String(decoding: Array(sentence.utf8.dropFirst(prefix.count)), as: UTF8.self)
  }

  /// The feeder reads the first line of the file device. A second one that is no comment was meant to count.
  private mutating func lookForSecondDevice(_ folder: borrowing Folder) {
    guard let bytes = try? folder.readFile("device", atMost: 4096) else { return }
    let second = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropFirst()
      .first { line in
        line.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }.map { $0 != 0x23 } ?? false
      }
    if let second {
      complain(
        "device",
        "only its first line counts, and not \"\(printable(Array(second)))\": remove one of them",
        about: .solving)
    }
  }
}
