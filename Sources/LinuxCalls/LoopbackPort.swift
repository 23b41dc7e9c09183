import CLinuxCalls

/// A TCP port of this machine that a program listens on: only one can have it at a time.
public struct LoopbackPort: ~Copyable {
  /// Its number.
  public let number: UInt16
  private let descriptor: Descriptor

  /// Listens on 127.0.0.1.
  ///
  /// - Parameter number: which port; zero for any that is free.
  /// - Throws: EADDRINUSE when somebody has it.
  public init(_ number: UInt16) throws(SystemError) {
    let descriptor = try Descriptor(owning: check { clinux_stream_socket() })
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = number.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = try check { clinux_bind(descriptor.number, &address, size) }
    _ = try check { listen(descriptor.number, 1) }
    _ = try check { clinux_getsockname(descriptor.number, &address, &size) }
    self.number = UInt16(bigEndian: address.sin_port)
    self.descriptor = descriptor
  }
}
