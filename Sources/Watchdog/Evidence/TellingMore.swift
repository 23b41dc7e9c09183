import LinuxCalls

/// What evidence tells beside the threads: how much memory it has, which files use up its numbers, who has the lock.
extension Telling {
  /// A sentence each. They are no part of a kind: what is alike would differ by them.
  var surroundings: [String] {
    var told = lines.compactMap { Telling.heldLock($0) ?? Telling.stop($0) } + connections
    if isShortOfFiles, let files = Telling.commonestFile(lines) { told.append(files) }
    if let memory = Telling.memory(lines) { told.append(memory) }
    return told
  }

  /// Connections that nobody accepts; and where all threads wait for what usually comes, those from which nothing came,
  /// the ones with bytes on their way first.
  private var connections: [String] {
    // "3 socket:[7] tcp 127.0.0.1:80 to ..."
    let rows = lines.filter { ($0.first?.isDigit ?? false) && Telling.words($0, have: "to") }
    let unaccepted = rows.filter { Telling.words($0, have: "accepted") }
    var told = unaccepted.prefix(3).map { "on its descriptor \(printable($0, atMost: 200))" }
    if told.isEmpty, groups.first?.what.isUsual ?? false {
      let open = rows.filter { !Telling.words($0, have: "listens") }
      let busy = open.filter { Telling.words($0, have: "bytes") }
      let idle = open.filter { !Telling.words($0, have: "bytes") }
      told = (busy + idle).prefix(3).map { "it has open: \(printable($0, atMost: 200))" }
    }
    // A child has the files of its parent.
    return told.enumerated().filter { one in
      !told[..<one.offset].contains { $0.isEqual(to: one.element) }
    }.map { $0.element }
  }

  private static func words(_ line: [UInt8], have word: StaticString) -> Bool {
    line.pieces(between: .space).contains { $0.elementsEqual("\(word)".utf8) }
  }

  private var isShortOfFiles: Bool {
    lines.contains {
      Telling.shortage($0).map { Array($0.utf8).suffix(10).elementsEqual("s are open".utf8) }
        ?? false
    }
  }

  /// "stopped PROCESS SIGNAL" or "traced PROCESS TRACER NAME"
  private static func stop(_ line: [UInt8]) -> String? {
    let words = line.pieces(between: .space).map { $0.text }
    guard words.count > 2 else { return nil }
    if words[0].isEqual(to: "traced") {
      return "process \(words[1]) is traced by process \(words.dropFirst(2).joined(separator: " "))"
    }
    guard words[0].isEqual(to: "stopped") else { return nil }
    let stop = stops.first { "\($0.signal.number)".isEqual(to: words[2]) }
    return "process \(words[1]) was stopped by "
      + (stop.map { "\($0.words)" } ?? "signal \(words[2])")
  }

  private static var stops: [(signal: Signal, words: StaticString)] {
    [
      (.stop, "SIGSTOP, which somebody sent"), (.terminalStop, "SIGTSTP, as Ctrl-Z sends it"),
      (.terminalRead, "SIGTTIN: it read from its terminal in the background"),
      (.terminalWrite, "SIGTTOU: it wrote to its terminal in the background"),
    ]
  }

  /// "lock WAITER HOLDER NAME"
  private static func heldLock(_ line: [UInt8]) -> String? {
    guard line.starts(with: "lock ".utf8) else { return nil }
    let words = line.pieces(between: .space).map { $0.text }
    guard words.count > 3 else { return nil }
    return "the file lock that process \(words[1]) waits for is held by process \(words[2]) "
      + "(\(words.dropFirst(3).joined(separator: " ")))"
  }

  /// What most of the open files are, by their names without numbers.
  private static func commonestFile(_ lines: [[UInt8]]) -> String? {
    var kinds: [(key: [UInt8], example: ArraySlice<UInt8>, count: Int)] = []
    var isFile = false
    for line in lines {
      if line.first == UInt8(ascii: "[") {
        isFile = line.starts(with: "[files ".utf8)
        continue
      }
      guard isFile, let blank = line.firstIndex(of: .space), line[0].isDigit else { continue }
      let example = line[(blank + 1)...]
      let key = example.filter { !$0.isDigit }
      if let index = kinds.firstIndex(where: { $0.key == key }) {
        kinds[index].count += 1
      } else {
        kinds.append((key, example, 1))
      }
    }
    guard let most = kinds.max(by: { $0.count < $1.count }), most.count > 1 else { return nil }
    return "\(most.count) of its files are like \(printable(Array(most.example), atMost: 200))"
  }

  /// How much memory its processes have, where that is much: a tenth of the box's, or 256 MB.
  private static func memory(_ lines: [[UInt8]]) -> String? {
    func sum(_ name: StaticString) -> UInt64 {
      lines.filter { $0.starts(with: "\(name):".utf8) }.reduce(0) { sum, line in
        sum &+ min(UInt64(leading: Array(line.drop { !$0.isDigit })) ?? 0, 1 << 40)
      }
    }
    let (resident, swapped) = (sum("VmRSS"), sum("VmSwap"))
    guard resident + swapped >= min(262_144, max(sum("MemTotal") / 10, 1024)) else { return nil }
    let more = swapped > 1024 ? ", and \(swapped / 1024) MB swapped out" : ""
    return "it has \(resident / 1024) MB in memory\(more)"
  }
}
