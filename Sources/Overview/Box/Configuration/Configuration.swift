import LinuxCalls
import Rules
import Watchdog

/// /etc/watchdog, and what runs the tools on this box: all that files tell, read once.
struct Configuration {
  let roots: Roots
  /// Where the rest of the box is: crontabs, services, /sys.
  let around: Outside
  /// Whether anything outside of the configuration belongs to it. Not where a configuration stands alone, as in a
  /// private world.
  let seesOutside: Bool
  /// Who is going to run the tools.
  let runner: UInt32
  /// Whether root looks.
  var isRoot = true
  var folders: [ConfigFolder] = []
  /// What is wrong with what stands in a file of one value.
  var mistakes: [(file: String, sentence: String)] = []
  /// The settings, or what holds where they are wrong.
  var numbers = Numbers()
  /// How far all ladders go where of/NAME says nothing; nil where nobody said so.
  var lastStep: Step?
  /// What counts for single names.
  var own: [OwnSettings] = []
  /// The hearts that can be understood.
  var hearts: [ConfiguredHeart] = []
  /// The hearts with two numbers on two lines.
  var twoLines: [(file: String, first: Int64, second: Int64)] = []
  /// The names that stand for a daemon by which people or the tools come to the box, and which that is.
  var daemons: [(name: Name, daemon: String)] = []
  /// The files of sudo that hand on variables of ours, and by which word.
  var sudoers: [(file: String, word: String)] = []
  /// In how many days root's password or account expires for a cron that asks PAM; less than 0 when it has, nil when it
  /// never does, or no cron asks.
  var daysOfRoot: Int64?
  /// What came close to its limit of today, the closest first.
  var close: [CloseCall] = []
  /// The links of the chain.
  var links: [(tool: Name, limit: Duration)] = []
  /// The tools that were alive a moment ago.
  var alive: [Name] = []
  /// The problems that there are.
  var problems: [Name] = []
  var executables: [Executable] = []
  var devices: [ArmedDevice] = []
  var crontabs: [CrontabFile] = []
  var services = Services()
  /// What runs the tools, as far as that can be seen.
  var running = Running()

  /// Whether this box only marks problems: then nothing about the device or about solving matters. What runs the
  /// tools says so; where that cannot be seen, the chain does.
  var isMarkOnly: Bool {
    let runs = running.isKnown ? running.feeds || running.solves : nil
    let isLinked = links.isEmpty ? nil : isLinked(.checkSolutions)
    return Role(runs: runs, isLinked: isLinked, hasFed: false) == .onlyMarks
  }

  /// Whether problems stay until a person has solved them. The device may be fed all the same, by a chain that only
  /// marks.
  var solvesNothing: Bool { isMarkOnly || (running.isKnown && !running.solves) }

  /// Whether a tool is a link of the chain.
  func isLinked(_ tool: Tool) -> Bool { links.contains { tool.isNamed($0.tool) } }

  func folder(_ name: String) -> ConfigFolder? { folders.first { $0.name.isEqual(to: name) } }

  /// Whether a folder has something of this name.
  func has(_ folder: String, _ name: Name) -> Bool {
    self.folder(folder)?.has(name) ?? false
  }

  /// Whether a file of this owner is as good as root's.
  func trusts(_ owner: UInt32) -> Bool { owner == 0 || owner == runner }

  // MARK: What counts

  /// The value of a setting for a name: its own, else the box's.
  func number(_ setting: Setting, for name: Name) -> Int64 {
    own.first { $0.name == name }?.numbers.given(setting) ?? numbers[setting]
  }

  /// What the administrator said of how far a ladder goes; nil where nothing.
  func givenStep(for name: Name) -> Step? {
    own.first { $0.name == name }?.lastStep ?? lastStep
  }

  /// Who can mend a problem of this name.
  func means(for name: Name) -> Means {
    if has("solutions", name) { return .solution }
    return has("programs", name) ? .program : .none
  }

  /// How far the ladder of a heart's problem goes, once it has beaten.
  func reach(of name: Name) -> Step {
    Step.last(
      given: givenStep(for: name), detector: .heart, means: means(for: name), hasBeaten: true)
  }

  /// How long the device waits, in seconds.
  var deviceTimeout: Int64 {
    (seesOutside ? devices.compactMap { $0.timeoutInForce }.min() : nil) ?? numbers[.deviceTimeout]
  }
}

/// The numbers that the tools go by.
struct Numbers {
  private var values: [(setting: Setting, value: Int64)] = []

  /// What holds for a setting, in its unit.
  subscript(_ setting: Setting) -> Int64 { given(setting) ?? setting.usual }

  /// What was said; nil where nothing was that can be understood.
  func given(_ setting: Setting) -> Int64? {
    values.first { "\($0.setting.name)".isEqual(to: "\(setting.name)") }?.value
  }

  mutating func set(_ setting: Setting, _ value: Duration) {
    values.append((setting, value.wholeSeconds))
  }
}

/// What counts for one name alone, as of/NAME has it.
struct OwnSettings {
  let name: Name
  var numbers = Numbers()
  var lastStep: Step?
  /// The files that no tool reads, but the detector or solution of that name.
  var thresholds: [String] = []
}

/// A heart that can be understood.
struct ConfiguredHeart {
  let name: Name
  var heart: Heart
  /// Who beats, as of/NAME/user has it; nil where he does whose hearts/NAME is.
  var named: UInt32?
  /// Whether the user who beats has a name on this box.
  var hasUser = true
  /// How long its program took to start, as the history tells.
  var starts = SeenStarts.Starts()

  var file: String { "hearts/\(name.text)" }
  /// Who beats.
  var user: UInt32 { named ?? heart.owner }
}
