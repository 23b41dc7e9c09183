import Linux
import Rules
import Watchdog

/// This box: all that people and their monitoring want to know of it, as the files tell it. It only looks: makes
/// nothing, opens no device, and needs no rights.
struct Box {
  let roots: Roots
  let now: Moment
  let device: DeviceState
  /// What happened lately, the newest last.
  let incidents: [Incident.Line]
  /// What the boot before this one left behind; nil where nobody wrote that down.
  private let left: Incident.Line?
  /// Since when and why the box stood down; nil when it did not.
  private(set) var stoodDown: String?
  /// Why it cannot be told whether it did.
  private(set) var standingObstacle: String?
  /// Whether any tool has run since boot.
  private(set) var hasState = false
  /// The last hold, be it over or not.
  private(set) var hold: HoldNote?
  /// Why the box is waiting for its device to reboot it.
  private(set) var rebootDue: RebootDue?
  private(set) var isDisarmed = false
  /// What the box is set up to do.
  private(set) var role = Role.cannotTell
  private(set) var ladder: LadderState?
  private(set) var links: [Link] = []
  /// What is wrong with the chain, a sentence each; empty when it is fresh.
  private(set) var staleness: [String] = []
  private(set) var hearts: [HeartState] = []
  private(set) var problems: [ProblemState] = []

  /// Looks.
  ///
  /// - Parameter system: where sysfs is.
  init(_ roots: Roots, system: String = "/sys") throws(Failure) {
    self.roots = roots
    now = Moment.now()
    device = try DeviceState(roots, system: system)
    incidents = (try? Incident.lastLines(roots)) ?? []
    left = (try? LeftBehind.read(roots)) ?? nil
    let state = try StateFolder.toLookAt(roots)
    switch state {
    case .some(let state): try look(at: state)
    case .none:
      staleness = ["no tool has run since boot (\(roots.state) is missing)"]
      role = Role(runs: nil, isLinked: roots.hasLink("check-solutions"), hasFed: false)
      stand { () throws(Failure) in try StandDown.onDisk(roots) }
    }
  }

  private mutating func stand(_ read: () throws(Failure) -> StandDown?) {
    do throws(Failure) { stoodDown = try read()?.why } catch { standingObstacle = error.sentence }
  }

  private mutating func look(at state: borrowing StateFolder) throws(Failure) {
    hasState = true
    let roots = roots
    stand { () throws(Failure) in try StandDown.look(roots, state) }
    hold = try HoldNote.read(in: state, now: now.monotonic)
    rebootDue = try RebootDue.read(in: state)
    isDisarmed = try Disarming.isNoted(in: state)
    ladder = try LadderState(roots, state, at: now)
    let chain = try Chain.look(roots, state, last: nil)
    links = chain.links
    staleness = chain.staleness(at: now)
    problems = try lookAtProblems(state)
    hearts = try lookAtHearts(state)
    let locks = try state.openIfThere(.locks)
    role = Role(
      runs: nil, isLinked: roots.hasLink("check-solutions"),
      hasFed: locks.status(of: "kwatchdog-feeder") != nil)
  }

  /// When and why the box was booted.
  var lastBoot: LastBoot { LastBoot(left ?? LastBoot.leaving(incidents), device: device, now: now) }

  /// How much is left of a hold; nil when there is none.
  var holdRest: Duration? { hold?.hold.rest(at: now.monotonic) }

  /// Whether it only marks problems: nothing here restarts anything, and no feeder has run since boot.
  var onlyMarks: Bool { role == .onlyMarks }

  /// Why this box is not guarded; empty when it is.
  var objections: [String] { objections() }

  /// As `objections`, without those that somebody does not count.
  func objections(toHold: Bool = true, toDevice: Bool = true) -> [String] {
    var all: [String] = []
    if let stoodDown {
      all.append(
        "it stood down: single programs are mended a minute apart, until all are well, or watchdog-chain resume"
      )
      all.append(stoodDown)
    }
    if let standingObstacle {
      all.append("whether it stood down cannot be told: \(standingObstacle)")
    }
    if toHold, let hold, let rest = holdRest {
      all.append("on hold for another \(rest.wholeSeconds + 1) s: \(hold.reason)")
    }
    if let rebootDue { all.append("a reboot is due: \(rebootDue.why)") }
    all += staleness
    guard toDevice else { return all }
    if isDisarmed { all.append("disarmed (kwatchdog-feeder --arm arms again)") }
    if !device.exists { all.append("\(device.path) is missing") }
    if device.exists, device.description == nil {
      all.append("\(device.path) is no watchdog device")
    }
    if device.isArmed == false { all.append("\(device.path) is not armed") }
    return all
  }
}

extension Roots {
  /// Whether the chain has a link of this name; a folder that is missing has none.
  ///
  /// - Returns: nil where that cannot be told.
  fileprivate func hasLink(_ name: String) -> Bool? {
    do throws(SystemError) {
      return try Folder(path: "\(config)/chain").statusIfThere(of: name) != nil
    } catch {
      return error == .noSuchFile ? false : nil
    }
  }
}
