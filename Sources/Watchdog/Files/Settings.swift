import LinuxCalls

/// A file of one value directly in /etc/watchdog that is a number.
public struct Setting: Sendable {
  /// The file's name.
  public let name: StaticString
  /// What holds when there is no file, or none that can be understood.
  public let usual: Int64
  /// The smallest number that makes sense.
  public let least: Int64
  /// Whether it is a time, in seconds; else it counts something.
  var isTime = true
  /// Whether of/NAME may have one of its own.
  public var isPerHeart = false
  /// What it is for.
  public let meaning: StaticString

  /// How long a problem may stay unsolved.
  public static let solveWithin = Setting(
    name: "solve-within", usual: 30, least: 1, isPerHeart: true,
    meaning: "seconds that a problem may stay unsolved before restart-system is run")
  /// How long restart-system may take.
  public static let restartWithin = Setting(
    name: "restart-within", usual: 60, least: 1,
    meaning: "seconds that restart-system may take before it is killed and run again")
  /// What the device is set to. Cron starts a feeder each minute, so with less than that, and a second or two for
  /// its start, a box on which both feeders are killed is rebooted before the next one comes.
  public static let deviceTimeout = Setting(
    name: "device-timeout", usual: 75, least: 5,
    meaning: "seconds without food after which the device reboots the box")
  /// What the device is set to early in the boot.
  public static let bootTimeout = Setting(
    name: "boot-timeout", usual: 900, least: 30,
    meaning: "seconds that a boot may take until the chain is alive")
  /// What the device is set to when the box shuts down.
  public static let shutdownTimeout = Setting(
    name: "shutdown-timeout", usual: 600, least: 5,
    meaning: "seconds that a shutdown may take before the device resets the box")
  /// How long before the reset the kernel tells what it can.
  public static let devicePretimeout = Setting(
    name: "device-pretimeout", usual: 0, least: 1,
    meaning: "seconds before the reset at which the kernel panics, for a crash dump")

  /// How long a solution may take.
  public static let solveTime = Setting(
    name: "solve-time", usual: 20, least: 1, isPerHeart: true,
    meaning: "seconds that a solution may take before it is killed and tried again")
  /// How long programs have to end by themselves.
  public static let grace = Setting(
    name: "grace", usual: 1, least: 1, isPerHeart: true,
    meaning: "seconds that a program has to exit after end-signal, before KILL")
  /// How long an executable of one's own may gather evidence before a program is ended.
  public static let evidenceTime = Setting(
    name: "evidence-time", usual: 1, least: 1, isPerHeart: true,
    meaning: "seconds that of/NAME/evidence may take before it is killed")
  /// How much memory a program may take; 0 for as much as there is.
  public static let memory = Setting(
    name: "memory", usual: 0, least: 1, isTime: false, isPerHeart: true,
    meaning: "MiB of memory that a program may take before it is ended")
  /// How much a program may write into its log.
  public static let logLimit = Setting(
    name: "log-limit", usual: 16, least: 1, isTime: false, isPerHeart: true,
    meaning: "MiB of a program's log; when it has more, the older half goes")
  /// How often a detector is run.
  public static let every = Setting(
    name: "every", usual: 60, least: 1, isPerHeart: true,
    meaning: "seconds from one run of a detector to the next")
  /// How long a detector may take.
  public static let detectTime = Setting(
    name: "detect-time", usual: 10, least: 1, isPerHeart: true,
    meaning: "seconds that a detector may take before it is killed")
  /// How long telling may take.
  public static let tellTime = Setting(
    name: "tell-time", usual: 30, least: 1,
    meaning: "seconds that the executable tell may take before it is killed")
  /// How long all must be well before a boot is accepted.
  public static let acceptAfter = Setting(
    name: "accept-after", usual: 120, least: 1,
    meaning: "seconds that all must be well before boot-good is run")
  /// How long boot-good and roll-back may take.
  public static let acceptTime = Setting(
    name: "accept-time", usual: 60, least: 1,
    meaning: "seconds that boot-good or roll-back may take before it is killed")
  /// How long after boot nothing is restarted as a whole.
  public static let minimumUptime = Setting(
    name: "minimum-uptime", usual: 120, least: 1,
    meaning: "seconds after boot before restart-system is run, so that somebody can log in")
  /// How many runs of restart-system come before a reboot.
  public static let restartsBeforeReboot = Setting(
    name: "restarts-before-reboot", usual: 3, least: 1, isTime: false,
    meaning: "runs of restart-system that did not help; then the box is rebooted")
  /// In which time they are counted.
  public static let restartsWindow = Setting(
    name: "restarts-window", usual: 900, least: 1,
    meaning: "seconds in which runs of restart-system count whose problem was over meanwhile")
  /// How many reboots come before standing down.
  public static let rebootsBeforeStandingDown = Setting(
    name: "reboots-before-standing-down", usual: 5, least: 1, isTime: false,
    meaning: "reboots within reboots-window that did not help; then the box rests")
  /// In which time they are counted.
  public static let rebootsWindow = Setting(
    name: "reboots-window", usual: 86_400, least: 1,
    meaning: "seconds of running in which reboots are counted")

  /// All of them.
  public static var all: [Setting] {
    [
      solveTime, grace, evidenceTime, every, detectTime, solveWithin, restartWithin, minimumUptime,
      restartsBeforeReboot, restartsWindow, rebootsBeforeStandingDown, rebootsWindow, deviceTimeout,
      devicePretimeout, shutdownTimeout, bootTimeout, tellTime, acceptAfter, acceptTime,
      memory, logLimit,
    ]
  }
}

/// /etc/watchdog, read: one value per file, absent means the default, and what is wrong is said. It is one look: what it
/// has read for the box it does not read again.
public struct Settings: ~Copyable {
  private let folder: Folder
  private let seen = Seen()

  /// What was read already.
  private final class Seen {
    var files: [(name: String, bytes: [UInt8]?)] = []
    /// The heart that was asked for last, and whether it has a folder of its own.
    var heart: (name: Name, hasFolder: Bool)?
  }

  /// The device where no file says otherwise.
  public static let usualDevice = "/dev/watchdog"

  /// Opens the folder.
  public init(_ roots: Roots) throws(Failure) {
    folder = try Roots.open(roots.config)
  }

  /// The value of a setting.
  ///
  /// - Parameter heart: for which heart: that of of/NAME counts, where there is one, else the box's.
  /// - Throws: what is wrong with the file. A caller that cannot stop for that goes on with the usual value.
  public borrowing func read(
    _ setting: Setting, for heart: Name? = nil
  ) throws(Failure) -> Duration {
    guard let (file, bytes) = try find("\(setting.name)", for: heart) else {
      return .seconds(setting.usual)
    }
    let value: Duration
    do throws(Mistake) {
      value = try Seconds.parse(one: bytes)
    } catch {
      throw mistake(
        file, setting.isTime ? error.sentence : "it is no number from 1 on, such as 3")
    }
    guard value >= .seconds(setting.least) else {
      throw mistake(file, "\(value.wholeSeconds) s is too short: at least \(setting.least)")
    }
    return value
  }

  /// The value of a setting, or what holds where the file is wrong: for a heart the box's, for the box the usual one.
  ///
  /// - Parameter onMistake: is told what is wrong, and the value that holds.
  borrowing func value(
    of setting: Setting, for heart: Name?, onMistake: (Failure, Duration) -> Void
  ) -> Duration {
    do throws(Failure) {
      return try read(setting, for: heart)
    } catch {
      let otherwise =
        heart == nil
        ? .seconds(setting.usual) : value(of: setting, for: nil, onMistake: { _, _ in })
      onMistake(error, otherwise)
      return otherwise
    }
  }

  /// The value of a setting, or what holds where there is none that can be read.
  ///
  /// - Parameter onMistake: is told what is wrong, and the value that holds; left out for those that only look.
  public static func value(
    of setting: Setting, for heart: Name? = nil, _ roots: Roots,
    onMistake: (Failure, Duration) -> Void = { _, _ in }
  ) -> Duration {
    do throws(Failure) {
      return try Settings(roots).value(of: setting, for: heart, onMistake: onMistake)
    } catch {
      let usual: Duration = .seconds(setting.usual)
      onMistake(error, usual)
      return usual
    }
  }

  /// The paths of the watchdog devices, one a line in the file `device`. Lines that begin with # are left out.
  ///
  /// - Parameter onMistake: is told of each line that is no path: the others count. Left out by code that only looks.
  /// - Throws: what is wrong with the file, when no line counts.
  public borrowing func devices(
    onMistake: (Failure) -> Void = { _ in }
  ) throws(Failure) -> [String] {
    guard let bytes = try contents("device") else { return [Settings.usualDevice] }
    var paths: [String] = []
    var last: Failure?
    for line in bytes.lines.map({ $0.trimmed }) where line.first != UInt8(ascii: "#") {
      if line.isEmpty || paths.contains(where: { $0.utf8.elementsEqual(line) }) { continue }
      if line.first == .slash, line.allSatisfy({ $0 > .space && $0 != 0x7F }) {
        paths.append(line.text)
        continue
      }
      let failure = mistake(
        "device", "\"\(printable(line))\" is no path: write one that starts with /")
      onMistake(failure)
      last = failure
    }
    if paths.isEmpty {
      throw last ?? mistake("device", "it is empty: write the path of a device, a line each")
    }
    return paths
  }

  /// What is wrong with a file.
  func mistake(_ file: String, _ sentence: String) -> Failure {
    Failure(.configuration, "\(folder.path)/\(file): \(sentence)")
  }

  /// The file of a setting that counts, and what it holds; nil when there is none.
  ///
  /// - Parameter isOfHeartsAlone: whether that of the box does not count.
  borrowing func find(
    _ setting: String, for heart: Name?, _ isOfHeartsAlone: Bool = false
  ) throws(Failure) -> (file: String, bytes: [UInt8])? {
    if let heart, let own = try own(setting, of: heart) { return own }
    if isOfHeartsAlone { return nil }
    if let known = seen.files.first(where: { $0.name.isEqual(to: setting) }) {
      return known.bytes.map { (setting, $0) }
    }
    let bytes = try contents(setting)
    seen.files.append((setting, bytes))
    return bytes.map { (setting, $0) }
  }

  /// The file of a setting that is for this heart alone, and what it holds; nil when there is none.
  private borrowing func own(
    _ setting: String, of heart: Name
  ) throws(Failure) -> (file: String, bytes: [UInt8])? {
    guard try hasFolder(heart) else { return nil }
    let file = "of/\(heart.text)/\(setting)"
    return try contents(file).map { (file, $0) }
  }

  /// Whether there may be such files.
  private borrowing func hasFolder(_ heart: Name) throws(Failure) -> Bool {
    if let known = seen.heart, known.name == heart { return known.hasFolder }
    let hasFolder = try folder.look(at: "of/\(heart.text)") != nil
    seen.heart = (heart, hasFolder)
    return hasFolder
  }

  private borrowing func contents(_ name: String) throws(Failure) -> [UInt8]? {
    guard try folder.look(at: name) != nil else { return nil }
    // Something of that name that is no file reads as an empty file, which is a mistake.
    return try folder.read(name, atMost: 4096) ?? []
  }
}
