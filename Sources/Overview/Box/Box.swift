import LinuxCalls
import Rules
import Watchdog

/// This box: all that people and their monitoring want to know of it, as the files tell it. It only looks: makes
/// nothing, opens no device, and needs no rights.
struct Box {
  let roots: Roots
  let now: Moment
  var devices: [ArmedDevice]
  /// What happened lately, the newest last.
  var incidents: [Incident.Line] = []
  /// What the boot before this one left behind; nil where nobody wrote that down.
  var left: Incident.Line?
  /// Since when and why the box stood down; nil when it did not.
  var stoodDown: String?
  /// Why it cannot be told whether it did.
  var standingObstacle: String?
  /// What is left of a hold, and why it is.
  var hold: HoldNote.Left?
  /// Why the box is waiting for its device to reboot it.
  var rebootDue: RebootDueNote?
  var isDisarmed = false
  /// What the box is set up to do.
  var role = Role.cannotTell
  var ladder: LadderState?
  /// When the helpers were last started.
  var lives: [Life] = []
  /// Whether this boot was accepted; nil where nothing accepts boots.
  var isAccepted: Bool?
  /// What boot-good said that did not accept it.
  var refusal = ""
  /// When and why roll-back was run last; nil when it never was.
  var rolledBack: String?
  var links: [Link] = []
  /// What is wrong with the chain, a sentence each; empty when it is fresh.
  var staleness: [String] = []
  var hearts: [HeartState] = []
  /// Whether there are hearts that no tool has looked at yet.
  var hasUnseenHearts = false
  var problems: [ProblemState] = []
}

extension Box {
  /// Looks.
  ///
  /// - Parameter system: where sysfs is.
  init(_ roots: Roots, system: String = "/sys") throws(Failure) {
    self.init(
      roots: roots, now: Moment.now(), devices: try ArmedDevice.all(roots, system: system))
    incidents = (try? Incident.lastLines(roots)) ?? []
    left = (try? LeftBehind.read(roots)) ?? nil
    if let state = try StateFolder.toLookAt(roots) {
      try look(at: state)
    } else {
      staleness = ["no tool has run since boot (\(roots.state) is missing)"]
      stand(try StandingDownNote.onDisk(roots))
    }
    role = Role(
      runs: nil, isLinked: roots.hasLink(Tool.checkSolutions.name),
      hasFed: roots.folder(.locks).status(of: Tool.feeder.text) != nil)
    hasUnseenHearts = hearts.isEmpty && !roots.names(in: "hearts").isEmpty
  }

  private mutating func stand(_ read: @autoclosure () throws(Failure) -> StandingDownNote?) {
    do throws(Failure) { stoodDown = try read()?.why } catch { standingObstacle = error.sentence }
  }

  private mutating func look(at state: borrowing StateFolder) throws(Failure) {
    let roots = roots
    stand(try StandingDownNote.look(roots, state))
    hold = try HoldNote.left(in: state, at: now.monotonic)
    rebootDue = try RebootDueNote.read(in: state)
    isDisarmed = try state.has(.disarmed)
    ladder = try LadderState(roots, state, at: now)
    if roots.has(Acceptance.file) {
      let accepted = try Acceptance.look(roots, state)
      isAccepted = accepted?.isAccepted ?? false
      refusal = accepted?.why ?? ""
    }
    rolledBack = (try? RolledBack.read(roots))??.why
    let chain = try Chain.look(roots, state, last: nil)
    links = chain.links
    lives = try Life.all(in: state)
    staleness = chain.staleness(at: now)
    problems = try lookAtProblems(state)
    hearts = try lookAtHearts(state)
  }

  /// When and why the box was booted.
  var lastBoot: LastBoot {
    LastBoot(left ?? LastBoot.leaving(incidents), devices: devices, now: now)
  }

  /// The last thing that the ladder did to the whole box: when, what and why.
  var lastStep: String? {
    let steps: [Incident.Event.Kind] = [
      .restart, .reboot, .rebootTest, .calledOff, .rolledBack, .stoodDown, .rested, .resumed, .hold,
    ]
    guard let line = incidents.last(where: { $0.kind.map { steps.contains($0) } ?? false })
    else { return nil }
    return "\(line.time.utc)  \(line.words)"
  }

  /// Whether it only marks problems: nothing here restarts anything, and no feeder has run since boot.
  var onlyMarks: Bool { role == .onlyMarks }
}
