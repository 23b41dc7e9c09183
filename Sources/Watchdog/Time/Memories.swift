import LinuxCalls
import Rules

extension Vigil {
  /// Line 1 of vigils/TOOL: the four values in seconds.
  public var line: String {
    "\(lastLook.field) \(clockOffset.field) \(watched.field) \(begun.field)\n"
  }

  /// Reads what `line` wrote, without its end; nil when it is anything else.
  public init?(line: [UInt8]) {
    var fields = FieldReader(line)
    guard let lastLook = fields.time(), let clockOffset = fields.time(),
      let watched = fields.time(), let begun = fields.time(), fields.isAtEnd, begun <= watched
    else { return nil }
    self.init(lastLook: lastLook, clockOffset: clockOffset, watched: watched, begun: begun)
  }
}

/// What a tool remembers from one look to the next, by name: the lines of vigils/TOOL after the first.
public protocol Remembered: Sendable {
  /// The fields after the name.
  var fields: String { get }
  /// Reads what `fields` wrote; nil when it is anything else.
  init?(parsing bytes: [UInt8])
}

/// What a tool remembers, in the order of the names' bytes.
public struct Memories<Memory: Remembered>: Sendable {
  private var names: [Name] = []
  private var memories: [Memory] = []

  /// Nothing.
  public init() {}

  /// Reads lines; those that are anything else are forgotten.
  ///
  /// - Parameter marked: only those that begin with a dot, which is no part of the name.
  init(parsing lines: [UInt8], marked: Bool = false) {
    for line in lines.split(separator: .newline) where (line.first == .dot) == marked {
      let line = line.dropFirst(marked ? 1 : 0)
      guard let blank = line.firstIndex(of: .space), let name = Name(line[..<blank]),
        let memory = Memory(parsing: Array(line[(blank + 1)...]))
      else { continue }
      names.append(name)
      memories.append(memory)
    }
    sort()
  }

  /// What is remembered of a name. It is written only after what was appended has been read.
  public subscript(_ name: Name) -> Memory? {
    get {
      let place = names.partitioningIndex { $0 < name }
      return place < names.count && names[place] == name ? memories[place] : nil
    }
    set {
      let place = names.partitioningIndex { $0 < name }
      let old = place..<(place < names.count && names[place] == name ? place + 1 : place)
      names.replaceSubrange(old, with: newValue == nil ? [] : [name])
      memories.replaceSubrange(old, with: newValue.map { [$0] } ?? [])
    }
  }

  /// Whether nothing is remembered.
  var isEmpty: Bool { names.isEmpty }

  /// Each name, with what is remembered of it.
  var all: [(name: Name, margin: Memory)] { names.indices.map { (names[$0], memories[$0]) } }

  /// Remembers; each name once.
  public mutating func append(_ name: Name, _ memory: Memory) {
    names.append(name)
    memories.append(memory)
  }

  /// The lines.
  var text: String { text(mark: "") }

  /// The lines, each with this before it.
  func text(mark: StaticString) -> String {
    var sorted = self
    sorted.sort()
    var text = ""
    for (index, name) in sorted.names.enumerated() {
      text += "\(mark)\(name.text) \(sorted.memories[index].fields)\n"
    }
    return text
  }

  private mutating func sort() {
    if names.indices.dropFirst().allSatisfy({ names[$0 - 1] < names[$0] }) { return }
    let order = names.indices.sorted { names[$0] < names[$1] }
    (names, memories) = (order.map { names[$0] }, order.map { memories[$0] })
  }
}
