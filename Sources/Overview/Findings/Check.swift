import Linux
import Rules
import Watchdog

/// `watchdog-chain check`: every mistake in the configuration and in what runs the tools, before it matters.
package struct Check {
  package static let command = Command(
    name: "watchdog-chain check",
    usage: ["[--root DIR]", "--fix [--dry-run]"],
    summary: """
      Names every mistake in /etc/watchdog and in the crontab, with the file and what to do about it, then what
      is no mistake but worth knowing, and how long it takes at the worst until the box is reset. Exits with
      78 when there is a mistake. Changes nothing without --fix, which does what cannot do harm: it takes from
      others the right to write, ends the last line of a crontab, and writes MAILTO="" for a bare MAILTO=.
      """,
    options: [
      .init("fix", "mend what can be mended safely, say so, and name what is left"),
      .init("root", value: "DIR", "look for crontabs, services and devices below DIR"),
      .init("dry-run", "with --fix: say what would be done, and do nothing"),
    ])

  let roots: Roots
  /// Below which folder the rest of the box is: crontabs, services, /sys; empty for the box itself.
  let outside: String
  /// Whether anything outside of the configuration belongs to it. Not where a configuration stands alone, as in a
  /// private world.
  let seesOutside: Bool
  /// Who is going to run the tools.
  let runner: UInt32
  var findings = Findings()
  var running = Running()
  /// What was said of a crontab and need not be said of its next line.
  var told: [String] = []
  /// The settings, or what holds where they are wrong.
  var numbers = Numbers()
  /// The links of the chain.
  var links: [(tool: Name, limit: Duration)] = []
  /// The hearts that can be understood.
  var hearts: [(name: Name, heart: Heart)] = []
  /// What counts for single names.
  var own: [OwnSettings] = []
  /// How far all ladders go where of/NAME says nothing; nil where nobody said so.
  var lastStep: Step?

  /// Prints what is wrong, after mending what is asked to be mended.
  package static func run(
    _ arguments: Arguments, _ report: Report
  ) throws(Failure) -> ExitCode {
    try arguments.expectNoOperands()
    var check = try Check(arguments)
    if arguments.has("fix") {
      let isDry = arguments.has("dry-run")
      let fixes = check.findings.mistakes.compactMap { $0.fix }
      for fix in fixes { fix.run(report, isDry: isDry) }
      // What was mended may have hidden something else.
      if !fixes.isEmpty, !isDry { check = try Check(arguments) }
    }
    Console.write(check.text)
    return check.findings.mistakes.isEmpty ? .success : .configuration
  }

  private init(_ arguments: Arguments) throws(Failure) {
    roots = Roots(arguments)
    let root = arguments.value(of: "root") ?? ""
    let isAbsolute = root.utf8.isEmpty || root.utf8.first == 0x2F
    outside = isAbsolute ? (root.isEqual(to: "/") ? "" : root) : "\(ThisProcess.folder)/\(root)"
    let isOfBox = roots.config.isEqual(to: "/etc/watchdog")
    seesOutside = isOfBox || arguments.has("root")
    runner = isOfBox && outside.utf8.isEmpty ? 0 : ThisProcess.user
    try look()
  }

  private mutating func look() throws(Failure) {
    lookAtFolders()
    try lookAtSettings()
    lookAtChain()
    lookAtHearts()
    try lookAtOwnSettings()
    if seesOutside { lookAtWhatRuns() }
    lookAtExecutables()
    lookAtSolving()
    lookAtStarts()
    lookAtDevice()
    if isMarkOnly { findings.forgive(.solving) }
    findings.sort()
  }

  /// Whether this box only marks problems: then nothing about the device or about solving matters. What runs the
  /// tools says so; where that cannot be seen, the chain does.
  var isMarkOnly: Bool {
    if running.isKnown { return !running.feeds && !running.solves }
    return !links.isEmpty && !links.contains { $0.tool.text.isEqual(to: "check-solutions") }
  }

  // MARK: Findings

  /// A mistake.
  ///
  /// - Parameters:
  ///   - file: in the configuration; empty for the folder itself.
  ///   - about: which part of the work it spoils.
  mutating func complain(
    _ file: String, _ sentence: String, about: Findings.Matter = .watching, fix: Fix? = nil
  ) {
    findings.mistakes.append(
      .init(file: path(of: file), sentence: sentence, matter: about, fix: fix))
  }

  /// Something worth knowing.
  mutating func remark(_ file: String, _ sentence: String) {
    findings.remarks.append(
      .init(file: path(of: file), sentence: sentence, matter: .watching, fix: nil))
  }

  func path(of file: String) -> String {
    if file.utf8.first == 0x2F { return file }
    return file.utf8.isEmpty ? roots.config : "\(roots.config)/\(file)"
  }

  /// Whether a file of this owner is as good as root's.
  func trusts(_ owner: UInt32) -> Bool { owner == 0 || owner == runner }

  // MARK: For people

  private var text: String {
    var text = ""
    for mistake in findings.mistakes { text += "\(mistake.file): \(mistake.sentence)\n" }
    for remark in findings.remarks { text += "note: \(remark.file): \(remark.sentence)\n" }
    let count = findings.mistakes.count
    let verdict =
      switch count {
      case 0: "no mistakes"
      case 1: "1 mistake"
      default: "\(count) mistakes"
      }
    text += "\(roots.config): \(verdict)\n"
    return text + worstCases.map { "\($0)\n" }.joined()
  }
}
