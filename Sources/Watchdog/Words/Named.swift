import LinuxCalls
import Rules

/// What is called by a word in files.
public protocol Named: CaseIterable {
  /// As the files have it.
  var name: StaticString { get }
}

extension Named {
  /// The one that is called so; nil where none is.
  public init?(named word: some Collection<UInt8>) {
    guard let one = Self.allCases.first(where: { word.elementsEqual("\($0.name)".utf8) }) else {
      return nil
    }
    self = one
  }
}

extension Step: Named {
  /// As the files have it.
  public var name: StaticString {
    switch self {
    case .mark: "mark"
    case .solve: "solve"
    case .restart: "restart"
    case .reboot: "reboot"
    }
  }
}

extension Attempt.Phase: Named {
  /// As the files have it.
  public var name: StaticString {
    switch self {
    case .solving: "solving"
    case .tried: "tried"
    case .failed: "failed"
    case .proven: "proven"
    }
  }
}

extension Reboots.Kind: Named {
  /// As the files have it.
  public var name: StaticString {
    switch self {
    case .ladder: "ladder"
    case .stale: "stale"
    }
  }
}
