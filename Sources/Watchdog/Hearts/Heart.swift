import Linux

/// What the administrator promised for a program: how often it beats.
public struct Heart: Equatable, Sendable {
  /// How old a beat may become.
  public var limit: Duration
  /// How long after a start the first beat may come. The same as `limit` where nothing else is said.
  public var startLimit: Duration
  /// Whose heart it is: only beats that belong to this user count.
  public var owner: UInt32
  /// When this promise was written, CLOCK_REALTIME.
  public var written: Duration

  /// A heart with these values.
  public init(limit: Duration, startLimit: Duration, owner: UInt32, written: Duration) {
    self.limit = limit
    self.startLimit = startLimit
    self.owner = owner
    self.written = written
  }

  /// Why a heart is late.
  public enum Lateness: Equatable, Sendable {
    /// The last beat is this old.
    case lastBeat(age: Duration, limit: Duration)
    /// It was started this long ago, and has not beaten since.
    case firstBeat(age: Duration, limit: Duration)

    /// With figures, for line 2 of the problem.
    public var words: String {
      switch self {
      case .lastBeat(let age, let limit):
        "no beat for \(age.inSeconds) s: the limit is \(limit.wholeSeconds) s"
      case .firstBeat(let age, let limit):
        "no first beat for \(age.inSeconds) s: the limit is \(limit.wholeSeconds) s after a start"
      }
    }

    /// Since when nothing was heard, as far as anybody watched, and until when it should have been.
    func steps(at now: Moment) -> [Incident.Step] {
      switch self {
      case .lastBeat(let age, let limit), .firstBeat(let age, let limit):
        let since = now.realtime - age
        return [.since(since), .deadline(since + limit)]
      }
    }
  }

  /// Whether this heart is late.
  ///
  /// - Parameters:
  ///   - beat: the date of its last beat; nil when it has never beaten.
  ///   - start: when its program was last started; nil when nobody noted that.
  ///   - vigil: since when we have been watching.
  ///   - now: the clocks.
  public func lateness(
    beat: Duration?, start: Duration?, vigil: Vigil, now: Moment
  ) -> Lateness? {
    // A start in the future was noted by a clock that was set back since. A beat of this vigil is later all
    // the same.
    let hasBeatenSince =
      beat.map { $0 >= vigil.watchingSince && !Vigil.isFuture($0, at: now) } ?? false
    let isStartUncertain = start.map { Vigil.isFuture($0, at: now) } ?? false
    let start = isStartUncertain && hasBeatenSince ? nil : start
    if let beat, start.map({ $0 <= beat }) ?? true {
      let age = vigil.age(of: beat, at: now)
      return age > limit ? .lastBeat(age: age, limit: limit) : nil
    }
    // It has not beaten since its start; where there is no note of one, since it was given a heart.
    let knownStart = isStartUncertain ? .zero : start ?? .zero
    let began = beat == nil ? max(knownStart, knownWritten(at: now)) : knownStart
    let age = vigil.age(of: began, at: now)
    // When beat and start are both from before the vigil, clocks that were set may have dated them in the
    // wrong order: then it has the longer of its limits.
    let isOrderCertain = beat == nil || knownStart >= vigil.watchingSince
    let allowed = isOrderCertain ? startLimit : max(limit, startLimit)
    return age > allowed ? .firstBeat(age: age, limit: allowed) : nil
  }

  /// Whether the note of a start could change the answer that `lateness` gave without it. Most hearts
  /// are well and have the shorter limit for beats: for them nobody needs to look for a note.
  public func dependsOnStart(_ lateness: Lateness?) -> Bool {
    lateness != nil || startLimit < limit
  }

  private func knownWritten(at now: Moment) -> Duration {
    Vigil.isFuture(written, at: now) ? .zero : written
  }
}
