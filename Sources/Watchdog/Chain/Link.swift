import LinuxCalls
import Rules

/// One link of the chain: a tool, and how old its alive/TOOL may be.
public struct Link: Sendable {
  /// The tool.
  public let tool: Name
  /// How old its file may be.
  public let limit: Duration
  /// When the tool last ended a run that went well, CLOCK_REALTIME; nil when its file is missing.
  public let touched: Duration?

  /// What holds where chain/TOOL cannot be understood.
  public static let usualLimit: Duration = .seconds(10)

  /// Whether the tool is at work.
  func freshness(at now: Moment) -> Freshness {
    Freshness(touched: touched, limit: limit, now: now)
  }

  /// Whether the tool is at work.
  public func isFresh(at now: Moment) -> Bool { freshness(at: now) == .fresh }

  /// What is wrong with it, in words; nil when it is fresh.
  public func staleness(at now: Moment) -> String? {
    switch freshness(at: now) {
    case .fresh: nil
    case .never: "\(tool.text) has not run since boot"
    case .future(let by): "\(tool.text) was last alive \(by.inSeconds) s in the future"
    case .stale(let age):
      "\(tool.text) was last alive \(age.inSeconds) s ago: the limit is \(limit.wholeSeconds) s"
    }
  }
}

extension Link {
  /// Reads chain/TOOL.
  public static func readLimit(
    of tool: Name, in chain: borrowing Folder
  ) throws(Mistake) -> Duration {
    let bytes: [UInt8]?
    do throws(SystemError) { bytes = try chain.readFile(tool.text, atMost: 1024) } catch {
      throw Mistake(error.reason)
    }
    guard let bytes else { throw Mistake("it is no file") }
    return try Seconds.parse(one: bytes)
  }
}

/// All links, as chain/ names them and alive/ shows them.
public struct Chain: Sendable {
  /// In the folder's order.
  public let links: [Link]
  /// What is wrong with files in chain/: file and sentence. Such a link has the usual limit.
  public let mistakes: [(file: String, sentence: String)]

  /// Reads chain/ and looks at alive/.
  ///
  /// - Throws: when chain/ or alive/ cannot be read. Nobody vouches for the box then.
  ///
  /// - Parameter last: as it was looked at before: a link that cannot be looked at goes on with that.
  public static func look(
    _ roots: Roots, _ state: borrowing StateFolder, last: Chain?
  ) throws(Failure) -> Chain {
    let folder = try roots.configFolder("chain")
    let alive = try state.openIfThere(.alive)
    var links: [Link] = []
    var mistakes: [(file: String, sentence: String)] = []
    try folder.forEachName { tool throws(Failure) in
      var limit = Link.usualLimit
      do throws(Mistake) {
        limit = try Link.readLimit(of: tool, in: folder)
      } catch {
        mistakes.append(("chain/\(tool.text)", error.sentence))
      }
      let before = last?.links.first { $0.tool == tool }
      var touched = before?.touched
      do throws(Failure) { touched = try alive.touchedIfThere(tool) } catch {
        mistakes.append(("alive/\(tool.text)", error.sentence))
      }
      links.append(Link(tool: tool, limit: limit, touched: touched))
    }
    return Chain(links: links, mistakes: mistakes)
  }

  /// Why the device must not be fed: a sentence for each stale link. Empty when the chain is fresh.
  public func staleness(at now: Moment) -> [String] {
    links.isEmpty
      ? ["chain/ is empty: nothing proves that this box is healthy"]
      : links.compactMap { $0.staleness(at: now) }
  }
}

extension Folder? {
  fileprivate borrowing func touchedIfThere(_ tool: Name) throws(Failure) -> Duration? {
    guard let status = try self?.look(at: tool.text) else { return nil }
    // A directory of that name is touched by the tool as a file is: no box is rebooted for it.
    return status.kind == .file || status.kind == .folder ? status.modified : nil
  }
}

extension Chain {
  /// The tools that are not at work.
  func staleTools(at now: Moment) -> [Name] {
    links.filter { !$0.isFresh(at: now) }.map { $0.tool }
  }
}

extension Roots {
  /// Whether the chain has a link of this name; a folder that is missing has none.
  ///
  /// - Returns: nil where that cannot be told.
  public func hasLink(_ name: StaticString) -> Bool? {
    do throws(SystemError) {
      return try Folder(path: "\(config)/chain").statusIfThere(of: "\(name)") != nil
    } catch {
      return error == .noSuchFile ? false : nil
    }
  }
}
