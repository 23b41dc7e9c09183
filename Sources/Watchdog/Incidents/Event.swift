import LinuxCalls

extension Incident {
  /// What happened, with all that code has to know of it. How it stands in the file: `members`.
  public enum Event: Equatable, Sendable {
    /// A problem was noticed.
    case noticed(reason: Reason)
    /// Its program was started again, or what ran of it was left to its beats: that has to prove that it helped.
    case tried(how: Remedy)
    /// A problem was solved.
    case solved(how: Remedy)
    /// A problem went away by itself.
    case recovered(how: Recovery)
    /// An attempt to solve a problem failed.
    case failed
    /// Everything is restarted because of this problem; `ran` tells whether restart-system could be run.
    case restart(problem: Name?, ran: Bool)
    /// The box is left to the watchdog device because of this problem.
    case reboot(problem: Name?)
    /// A person left the box to the watchdog device, to see whether it reboots it.
    case rebootTest
    /// A reboot that was due is no longer.
    case calledOff(problem: Name?)
    /// All was well: boot-good has accepted this boot.
    case accepted
    /// Reboots did not help: roll-back has chosen what the box ran before.
    case rolledBack(problem: Name?)
    /// Reboots did not help: the box rests.
    case stoodDown(problem: Name?)
    /// The rest ended by itself.
    case rested(how: Rest)
    /// A person ended it.
    case resumed
    /// Nothing is restarted for a while: of one heart, or nil for the whole box.
    case held(heart: Name?, Holding)
    /// These tools are not alive, and the device is not fed: if nothing changes it reboots the box.
    case notFed(tools: [Name])
    /// The chain is fresh again, and so the device is fed.
    case fedAgain
    /// Something that a person wants to be remembered.
    case note
  }

  /// Why something is a problem.
  public enum Reason: Equatable, Sendable {
    /// The last beat is older than this many seconds.
    case lastBeat(limit: Int)
    /// The first beat after a start did not come within this many seconds.
    case firstBeat(limit: Int)
    /// The noted process has ended.
    case gone
    /// Somebody noted it.
    case noted
    /// The line does not say.
    case unknown
  }

  /// How a problem was solved.
  public enum Remedy: Literal, Named, Sendable {
    /// Its program was started.
    case started
    /// Its solution was run.
    case solution
    /// A person or a script says so.
    case byHand = "by-hand"
    /// The line does not say.
    case unknown
  }

  /// How a problem went away.
  public enum Recovery: Literal, Named, Sendable {
    /// Its heart beats again.
    case beats
    /// Its heart beats, although the noted process has ended: the work goes on in another one.
    case elsewhere
    /// Nobody wants it to beat any more.
    case heartGone = "heart-gone"
    /// Its program has run for long enough.
    case ranCalm = "ran-calm"
    /// The detector that found it says so, or is gone.
    case detector
    /// The line does not say.
    case unknown
  }

  /// Why the rest of a box that stood down ended.
  public enum Rest: Literal, Named, Sendable {
    /// All problems are over.
    case proven
    /// It has run for the time in which reboots are counted.
    case window
    /// The line does not say.
    case unknown
  }

  /// What happened to a hold.
  public enum Holding: Equatable, Sendable {
    /// It began, and ends by itself after so many seconds.
    case lasting(seconds: Int)
    /// It was ended.
    case ended
    /// The line does not say.
    case unknown
  }
}

extension Incident.Event {
  /// What kind of event it is: what counts and filters go by.
  public enum Kind: Literal, Named, Sendable {
    case noticed, tried, solved, recovered, failed, restart, reboot
    case rebootTest = "reboot-test"
    case calledOff = "called-off"
    case accepted
    case rolledBack = "rolled-back"
    case stoodDown = "stood-down"
    case rested, resumed, hold
    case notFed = "not-fed"
    case fedAgain = "fed-again"
    case note

    /// Whether the box may be gone before the disk has it by itself.
    var isUrgent: Bool {
      switch self {
      case .reboot, .rebootTest, .rolledBack, .stoodDown, .notFed: true
      default: false
      }
    }
  }

  /// Its kind.
  public var kind: Kind {
    switch self {
    case .noticed: .noticed
    case .tried: .tried
    case .solved: .solved
    case .recovered: .recovered
    case .failed: .failed
    case .restart: .restart
    case .reboot: .reboot
    case .rebootTest: .rebootTest
    case .calledOff: .calledOff
    case .accepted: .accepted
    case .rolledBack: .rolledBack
    case .stoodDown: .stoodDown
    case .rested: .rested
    case .resumed: .resumed
    case .held: .hold
    case .notFed: .notFed
    case .fedAgain: .fedAgain
    case .note: .note
    }
  }
}
