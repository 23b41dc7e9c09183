import LinuxCalls

/// What evidence tells beside the threads: how much memory it has, which files use up its numbers, who has the lock.
extension Telling {
  /// A sentence each. They are no part of a kind: what is alike would differ by them.
  static func surroundings(_ lines: [[UInt8]], isShortOfFiles: Bool) -> [String] {
    var told = lines.compactMap { heldLock($0) }
    if isShortOfFiles, let files = commonestFile(lines) { told.append(files) }
    if let memory = memory(lines) { told.append(memory) }
    return told
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
    return "\(most.count) of its files are such as \(printable(Array(most.example), atMost: 200))"
  }

  /// How much memory its processes have, where that is much: a tenth of the box's, or 256 MB.
  private static func memory(_ lines: [[UInt8]]) -> String? {
    func sum(_ name: StaticString) -> UInt64 {
      lines.filter { $0.starts(with: "\(name):".utf8) }.reduce(0) { sum, line in
        var scanner = Scanner(Array(line.drop { !$0.isDigit }))
        return sum &+ min(scanner.number() ?? 0, 1 << 40)
      }
    }
    let (resident, swapped) = (sum("VmRSS"), sum("VmSwap"))
    guard resident + swapped >= min(262_144, max(sum("MemTotal") / 10, 1024)) else { return nil }
    let more = swapped > 1024 ? ", and \(swapped / 1024) MB swapped out" : ""
    return "it has \(resident / 1024) MB in memory\(more)"
  }
}
