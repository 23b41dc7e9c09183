import Linux
import Watchdog

/// This box: all that people and their monitoring want to know of it, as the files tell it. It only looks: makes
/// nothing, opens no device, and needs no rights.
struct Box {
  let roots: Roots
  let now: Moment
  let device: DeviceState
  /// What happened lately, the newest last.
  let incidents: [Incident.Line]
  /// Since when and why the box only marks problems.
  let stoodDown: String?
  /// Whether any tool has run since boot.
  private(set) var hasState = false
  /// The last hold, be it over or not.
  private(set) var hold: Hold?
  /// Why the box is waiting for its device to reboot it.
  private(set) var rebootDue: String?
  private(set) var isDisarmed = false
  /// Whether it only marks problems: nothing here restarts anything, and no feeder has run since boot.
  private(set) var onlyMarks = false
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
    stoodDown = try? StandDown.read(roots)
    onlyMarks = try !roots.hasLink("check-solutions")
    let state = try StateFolder.toLookAt(roots)
    switch state {
    case .some(let state): try look(at: state)
    case .none: staleness = ["no tool has run since boot (\(roots.state) is missing)"]
    }
  }

  private mutating func look(at state: borrowing StateFolder) throws(Failure) {
    hasState = true
    hold = try Hold.read(in: state, now: now.monotonic)
    rebootDue = try RebootDue.read(in: state)
    isDisarmed = try Disarming.isNoted(in: state)
    ladder = try LadderState(roots, state, at: now)
    let chain = try Chain.look(roots, state)
    links = chain.links
    staleness = chain.staleness(at: now)
    problems = try lookAtProblems(state)
    hearts = try lookAtHearts(state)
    let locks = try state.openIfThere(.locks)
    if locks.status(of: "kwatchdog-feeder") != nil { onlyMarks = false }
  }

  /// When and why the box was booted.
  var lastBoot: LastBoot { LastBoot(incidents, device: device, now: now) }

  /// How much is left of a hold; nil when there is none.
  var holdRest: Duration? { hold?.rest(at: now.monotonic) }

  /// Why this box is not guarded; empty when it is.
  var objections: [String] { objections() }

  /// As `objections`, without those that somebody does not count.
  func objections(toHold: Bool = true, toDevice: Bool = true) -> [String] {
    var all: [String] = []
    if let stoodDown {
      all.append("it stood down and only marks problems, until watchdog-chain resume")
      all.append(stoodDown)
    }
    if toHold, let hold, let rest = holdRest {
      all.append("on hold for another \(rest.wholeSeconds + 1) s: \(hold.reason)")
    }
    if let rebootDue { all.append("a reboot is due: \(rebootDue)") }
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

  /// The record of a watching tool, as it would go on now.
  func vigil(of tool: String, in state: borrowing StateFolder) throws(Failure) -> Vigil {
    let alive = try state.openIfThere(.alive)
    let last = alive.contents(of: tool).flatMap { Vigil(parsing: $0) }
    return Vigil.resume(last: last, now: now)
  }
}

extension Roots {
  /// Whether the chain has a link of this name; a folder that is missing has none.
  fileprivate func hasLink(_ name: String) throws(Failure) -> Bool {
    try attempt(to: "look at \(config)/chain/\(name)") { () throws(SystemError) in
      do throws(SystemError) {
        return try Folder(path: "\(config)/chain").statusIfThere(of: name) != nil
      } catch {
        if error == .noSuchFile { return false }
        throw error
      }
    }
  }
}
