import LinuxCalls
import Watchdog

/// The files of one value.
enum SettingRules {
  static let all: [Rule<Configuration>] = [
    Rule("values", values), Rule("unread", unread), Rule("of", own),
  ]

  /// What can stand in of/NAME.
  private static var knownOfNames: [String] {
    Setting.all.filter { $0.isPerHeart }.map { "\($0.name)" }
      + Settings.words.map { "\($0.name)" } + [Configuration.evidence]
  }

  /// What stands in them.
  private static func values(_ all: Configuration) -> [Finding] {
    all.mistakes.map {
      all.wrong($0.file, $0.sentence, solving: !$0.file.utf8.starts(with: "hearts/".utf8))
    }
  }

  /// What no tool reads.
  private static func unread(_ all: Configuration) -> [Finding] {
    let names =
      Configuration.files + ConfigFolder.known + ["restart-system"] + Configuration.executables
    return (all.folder("")?.files ?? []).filter { !names.has($0.name.text) }.map {
      all.wrong(
        $0.path,
        "no tool reads this: is the name misspelt?\(suggestion(for: $0.name.text, among: names))")
    }
  }

  /// A name of ours that differs only in what is easily confused.
  private static func suggestion(for name: String, among names: [String]) -> String {
    func plain(_ name: String) -> [UInt8] {
      name.utf8.filter { !"-_".utf8.contains($0) }.map { $0 | 0x20 }
    }
    let wanted = plain(name)
    return names.first { plain($0) == wanted }.map { " Ours is called \($0)" } ?? ""
  }

  /// What counts for one name alone.
  @Findings private static func own(_ all: Configuration) -> [Finding] {
    for folder in all.folders where folder.name.utf8.starts(with: "of/".utf8) {
      let own = all.own.first { "of/\($0.name.text)".isEqual(to: folder.name) }
      for file in folder.files where !(knownOfNames + (own?.thresholds ?? [])).has(file.name.text) {
        unknown(file, all)
      }
    }
    for one in all.own where !isKnown(one.name, all) {
      all.wrong(
        "of/\(one.name.text)",
        "there is no heart, program, solution, detector or problem \(one.name.text): is the name misspelt? If it is no longer "
          + "needed", cure: "rm -r \(all.roots.path(of: "of/\(one.name.text)"))", solving: true)
    }
  }

  private static func unknown(_ file: ConfigFile, _ all: Configuration) -> Finding {
    let names = knownOfNames
    let what =
      Configuration.files.has(file.name.text)
      ? "\(file.name.text) counts for the whole box only, so no tool reads this"
      : "no tool reads this: is the name misspelt?\(suggestion(for: file.name.text, among: names))"
    return all.wrong(
      file.path, what, cure: "of/NAME can hold \(names.joined(separator: ", "))", solving: true)
  }

  /// Whether anything here is called so.
  private static func isKnown(_ name: Name, _ all: Configuration) -> Bool {
    ["hearts", "programs", "solutions", "detectors"].contains { all.has($0, name) }
      || all.problems.contains(name) || Configuration.executables.has(name.text)
  }
}
