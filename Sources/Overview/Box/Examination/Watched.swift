import LinuxCalls
import Rules
import Watchdog

/// What was seen of the chain in some seconds of looking at it.
struct Watched {
  /// CLOCK_MONOTONIC when the look ended.
  private(set) var end: Duration = .zero
  /// How long it took.
  let time: Duration
  /// How often each tool was alive.
  private(set) var tools: [(name: Name, cadence: Cadence)] = []
  /// The least that the device had left, in seconds; nil where its driver does not tell.
  private(set) var leastLeft: Int64?

  private static let step: Duration = .milliseconds(50)

  /// Looks.
  init(_ roots: Roots, _ around: Outside, for time: Duration) throws(Failure) {
    self.time = time
    let node = try ArmedDevice.all(roots, system: around.path("/sys")).first?.node
    let begin = Clock.monotonic
    tools = Watched.tools(roots).map { ($0, Cadence(Watched.status(of: $0, roots), at: begin)) }
    end = begin
    while end < begin + time {
      sleep(untilMonotonic: min(end + Watched.step, begin + time))
      end = Clock.monotonic
      for index in tools.indices {
        tools[index].cadence.look(Watched.status(of: tools[index].name, roots), at: end)
      }
      look(at: node, around)
    }
  }

  private mutating func look(at node: DeviceNumber?, _ around: Outside) {
    let description = node.flatMap { WatchdogDevice.describe($0, system: around.path("/sys")) }
    guard let left = Int64(leading: description?.timeLeft) else { return }
    leastLeft = min(leastLeft ?? .max, left)
  }

  /// Those that have been alive since boot, and those that should be.
  private static func tools(_ roots: Roots) -> [Name] {
    let links = roots.names(in: "chain")
    return links + roots.names(in: .alive).filter { !links.contains($0) }
  }

  private static func status(of tool: Name, _ roots: Roots) -> FileStatus? {
    roots.folder(.alive).status(of: tool.text)
  }
}
