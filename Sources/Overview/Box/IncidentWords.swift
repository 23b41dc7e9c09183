import LinuxCalls
import Watchdog

extension Incident.Line {
  /// What happened, for people; fit for one line. Made of what is typed, and of the sentence as it is.
  var words: String {
    let by = by.printable
    let why = why.printable
    let attempt = attempt.map { "attempt \($0)" } ?? "an attempt"
    switch event {
    case .noticed: return "noticed by \(by): \(why)"
    case .tried: return "\(attempt): \(why)"
    case .solved: return "solved, says \(by): \(why)"
    case .recovered: return "over, says \(by): \(why)"
    case .failed: return "\(attempt) failed: \(why)"
    case .restart(_, ran: false): return "restart-system could not be run: \(why)"
    case .restart: return "everything was restarted: \(why)"
    case .reboot, .rebootTest: return "the watchdog device was left to reboot the box: \(why)"
    case .calledOff: return "the reboot was called off: \(why)"
    case .accepted: return "this boot was accepted: \(why)"
    case .rolledBack: return "the box goes back to what it ran before: \(why)"
    case .stoodDown: return "the box stood down: \(why)"
    case .rested: return "standing down ended by itself: \(why)"
    case .resumed: return "the box solves problems again: \(why)"
    case .held(_, let holding): return "hold\(holding.words): \(why)"
    case .notFed: return "the watchdog device was not fed: \(why)"
    case .fedAgain: return "the watchdog device was fed again: \(why)"
    case .note: return "note by \(by): \(why)"
    case nil: return why
    }
  }
}

extension Incident.Holding {
  fileprivate var words: String {
    switch self {
    case .lasting(let seconds): " for \(seconds) s"
    case .ended: " ended"
    case .unknown: ""
    }
  }
}

extension Incident.Event {
  /// The heart that a hold is of; nil for any other event, and for a hold of the box.
  var heldHeart: Name? {
    if case .held(let heart, _) = self { heart } else { nil }
  }
}
