import LinuxCalls

/// What the sockets of a process are connected to, as the network files of its namespace tell (proc_net(5)).
struct SocketNames {
  private var rows: [(inode: [UInt8], words: String)] = []

  /// Knows none.
  init() {}

  /// Reads those of a process's network namespace: as many as stand in the first part of each table.
  init(_ process: borrowing Folder) {
    for protocolName in ["tcp", "tcp6", "udp", "udp6"] {
      for line in process.evidence("net/\(protocolName)", atMost: 65_536).lines.dropFirst() {
        let fields = line.trimmed.pieces(between: .space)
        guard fields.count > 9 else { continue }
        rows.append(
          (
            fields[9],
            "\(protocolName) \(SocketNames.address(fields[1])) to \(SocketNames.address(fields[2]))"
              + SocketNames.state(fields, of: protocolName)
          ))
      }
    }
    for line in process.evidence("net/unix", atMost: 65_536).lines.dropFirst() {
      let fields = line.pieces(between: .space)
      guard fields.count > 6 else { continue }
      rows.append((fields[6], "unix \(fields.count > 7 ? printable(fields[7]) : "without a name")"))
    }
  }

  /// " tcp 127.0.0.1:80 to 0.0.0.0:0 listens" for "socket:[123]"; nothing for what is none, or not known.
  func name(_ target: [UInt8]) -> String {
    guard !rows.isEmpty, target.starts(with: "socket:[".utf8) else { return "" }
    let inode = Array(target.dropFirst("socket:[".utf8.count).dropLast())
    return rows.first { $0.inode == inode }.map { " \($0.words)" } ?? ""
  }

  /// "0100007F:0050" as "127.0.0.1:80": words of the machine's byte order in hexadecimal, but for the port.
  private static func address(_ field: [UInt8]) -> String {
    let parts = field.pieces(between: UInt8(ascii: ":"))
    guard parts.count == 2, let port = hexadecimal(parts[1]) else { return printable(field) }
    var bytes: [UInt8] = []
    for start in stride(from: 0, to: parts[0].count - 7, by: 8) {
      guard let word = hexadecimal(Array(parts[0][start..<(start + 8)])) else {
        return printable(field)
      }
      bytes += withUnsafeBytes(of: UInt32(truncatingIfNeeded: word)) { Array($0) }
    }
    if bytes.count == 4 {
      return "\(bytes[0]).\(bytes[1]).\(bytes[2]).\(bytes[3]):\(port)"
    }
    let groups = stride(from: 0, to: bytes.count - 1, by: 2).map {
      String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16)
    }
    return "[\(groups.joined(separator: ":"))]:\(port)"
  }

  private static func hexadecimal(_ digits: [UInt8]) -> UInt64? {
    // A capital letter becomes a small one; a digit stays what it is.
    Hexadecimal.value(of: digits.map { $0 | 0x20 })
  }

  /// The states of include/net/tcp_states.h that tell something, and what waits in its queues: of a listener, the
  /// connections that nobody accepted.
  private static func state(_ fields: [[UInt8]], of protocolName: String) -> String {
    let queues = fields[4].pieces(between: UInt8(ascii: ":")).map { hexadecimal($0) ?? 0 }
    guard queues.count == 2 else { return "" }
    let isOfTCP = protocolName.utf8.starts(with: "tcp".utf8)
    var words = isOfTCP ? state(fields[3]) : ""
    if isOfTCP, fields[3].elementsEqual("0A".utf8) {
      if queues[1] == 0 { return words }
      return
        "\(words): \(queues[1]) connection\(queues[1] == 1 ? " waits" : "s wait") to be accepted"
    }
    if queues[1] > 0 { words += ", \(queues[1]) bytes came that it has not read" }
    if queues[0] > 0 { words += ", \(queues[0]) bytes that the other side has not taken" }
    if let again = hexadecimal(fields[6]), again > 0 { words += ", sent again \(again) times" }
    return words
  }

  private static func state(_ field: [UInt8]) -> String {
    switch field {
    case Array("01".utf8): return " established"
    case Array("02".utf8): return " connects"
    case Array("08".utf8): return " closed by the other side"
    case Array("0A".utf8): return " listens"
    default: return ""
    }
  }
}
