/// The reboots that were left to the device, over the box's own running time: the sum of its uptimes, which nobody
/// can set. Times of this are counted from its first boot on.
public struct Reboots: Equatable, Sendable {
  /// The running time of all boots before this one, as far as it was written down.
  public var base: Duration
  /// What happened, the oldest first.
  public var entries: [Entry]

  /// One reboot.
  public struct Entry: Equatable, Sendable {
    /// When the box was left to the device, in running time.
    public var at: Duration
    /// Why.
    public var kind: Kind
    /// Whether it was in this boot, and so is still to come.
    public var isOfThisBoot: Bool

    /// One reboot.
    public init(at: Duration, kind: Kind, isOfThisBoot: Bool) {
      self.at = at
      self.kind = kind
      self.isOfThisBoot = isOfThisBoot
    }
  }

  /// Why a box was left to its device.
  public enum Kind: CaseIterable, Equatable, Sendable {
    /// The ladder came to it.
    case ladder
    /// The chain was stale.
    case stale
  }

  /// So many are remembered.
  public static let most = 100

  /// What is remembered.
  public init(base: Duration, entries: [Entry]) {
    self.base = base
    self.entries = entries
  }

  /// How many of a kind there were within `window`, at this uptime. One that is only due is none yet.
  public func count(_ kind: Kind, within window: Duration, uptime: Duration) -> Int {
    entries.filter {
      $0.kind == kind && !$0.isOfThisBoot && base + uptime - $0.at <= window
    }.count
  }

  /// As it should stand on the disk: with the one that this boot comes to, if there is one, and at most one for each
  /// boot. It keeps the date with which it was counted first.
  public func settled(_ kind: Kind?, uptime: Duration) -> Reboots {
    var next = self
    next.entries.removeAll { $0.isOfThisBoot }
    guard let kind else { return next }
    let at = entries.first { $0.isOfThisBoot }?.at ?? base + uptime
    next.entries.append(Entry(at: at, kind: kind, isOfThisBoot: true))
    return next
  }

  /// What this boot comes to, as far as is known now; nil when to nothing.
  ///
  /// - Parameters:
  ///   - due: whether the reboot that is due is a test; nil when none is due.
  ///   - isNotFed: whether an armed device is not fed because the chain is stale. It is stale too when a reboot is due.
  public static func kind(due: Bool?, isNotFed: Bool) -> Kind? {
    if let isTest = due { return isTest ? nil : .ladder }
    return isNotFed ? .stale : nil
  }

  /// The running time before this boot.
  ///
  /// - Parameters:
  ///   - last: what the record says of the boots before the one that wrote it.
  ///   - uptime: how long that one was up when it wrote it.
  ///   - isOfThisBoot: whether it was this boot.
  public static func base(after last: Duration, uptime: Duration, isOfThisBoot: Bool) -> Duration {
    isOfThisBoot ? last : last + uptime
  }
}
