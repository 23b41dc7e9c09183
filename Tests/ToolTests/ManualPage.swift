import Foundation
import TestSupport

/// A page in mdoc(7) beside the source of a tool, as far as these tests read it.
struct ManualPage {
  /// What stands under a heading, by lines.
  struct Section {
    let title: String
    let isSub: Bool
    var lines: [String] = []

    /// The options that are described, such as "--limit SECONDS".
    var options: [String] {
      lines.filter { $0.hasPrefix(".It Fl ") }.map { ManualPage.words(of: $0.dropFirst(4), "") }
    }
  }

  static let sources = checkout.appending(path: "Sources")

  /// All pages, as "beat/beat.1".
  static let all: [String] = {
    let folders = (try? FileManager.default.contentsOfDirectory(atPath: sources.path)) ?? []
    return folders.sorted().flatMap { folder in
      let path = sources.appending(path: folder).path
      let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
      return files.sorted().filter { $0.hasPrefix("\(folder).") && $0.last?.isNumber == true }
        .map { "\(folder)/\($0)" }
    }
  }()

  let tool: String
  let text: String
  private(set) var sections: [Section] = []

  init(_ path: String) throws {
    tool = String(path.prefix { $0 != "/" })
    text = try String(contentsOf: ManualPage.sources.appending(path: path), encoding: .utf8)
    for line in text.split(separator: "\n").map(String.init) {
      if line.hasPrefix(".Sh ") || line.hasPrefix(".Ss ") {
        let isSub = line.hasPrefix(".Ss ")
        sections.append(Section(title: String(line.dropFirst(4)), isSub: isSub))
      } else if !sections.isEmpty {
        sections[sections.count - 1].lines.append(line)
      }
    }
  }

  func section(_ title: String) -> Section? { sections.first { $0.title == title } }

  /// The sections below one.
  func sections(below title: String) -> [Section] {
    guard let start = sections.firstIndex(where: { $0.title == title }) else { return [] }
    return Array(sections[(start + 1)...].prefix { $0.isSub })
  }

  /// The options of all sections but those below "WORDS".
  var options: [String] {
    let words = sections(below: "WORDS").map { $0.title }
    return sections.filter { !words.contains($0.title) }.flatMap { $0.options }
  }

  /// The usage lines in SYNOPSIS, as --help has them.
  var usage: [String] {
    var calls: [String] = []
    for line in section("SYNOPSIS")?.lines ?? [] {
      if line.hasPrefix(".Nm") {
        calls.append(tool)
      } else {
        calls[calls.count - 1] += " " + ManualPage.words(of: line.dropFirst(), tool)
      }
    }
    return calls.map { $0.replacing(" ...", with: "...") }
  }

  /// The usage lines of a word.
  func usage(in word: Section) -> [String] {
    word.lines.filter { $0.hasPrefix(".D1 ") }.map { ManualPage.words(of: $0.dropFirst(4), tool) }
  }

  /// What the macros of a line make of it.
  private static func words(of line: Substring, _ name: String) -> String {
    var words: [String] = []
    var isFlag = false
    var closing = ""
    for token in line.split(separator: " ").map(String.init) {
      switch token {
      case "Nm": words.append(name)
      case "Op":
        words.append("[")
        closing += " ]"
      case "Oo": words.append("[")
      case "Oc": words.append("]")
      case "Ar", "Cm": isFlag = false
      case "Fl": isFlag = true
      default:
        words.append(isFlag ? "-\(token)" : token)
        isFlag = false
      }
    }
    return (words.joined(separator: " ") + closing).replacing("[ ", with: "[")
      .replacing(" ]", with: "]").replacing(" ...", with: "...")
  }
}
