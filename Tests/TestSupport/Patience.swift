import Foundation

/// Seconds of a machine that has nothing else to do: on one that does other work too, those of the clock count for the
/// share of them in which it could work for us.
package struct Patience {
  private var left: Double
  private var lastLook = ContinuousClock.now

  package init(seconds: Double) { left = seconds }

  /// Whether some of it is left.
  package mutating func lasts() -> Bool {
    let now = ContinuousClock.now
    left -= Patience.share * ((now - lastLook) / .seconds(1))
    lastLook = now
    return left > 0
  }

  /// How many of these seconds something takes, as near as a look before and one after it can tell.
  package static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let (shareBefore, begun) = (share, ContinuousClock.now)
    try body()
    return (ContinuousClock.now - begun) / .seconds(1) * min(shareBefore, share)
  }

  /// Lets others work for so long.
  package static func pause(seconds: Double) {
    var patience = Patience(seconds: seconds)
    while patience.lasts() { usleep(20_000) }
  }

  /// Which part of a processor is there for each process that wants one just now.
  package static var share: Double {
    let words = (contents(of: "/proc/loadavg") ?? "").split { $0 == " " || $0 == "/" }
    let wanting = words.count > 3 ? Double(words[3]) ?? 1 : 1
    return min(1, Double(ProcessInfo.processInfo.activeProcessorCount) / max(wanting, 1))
  }
}
