import LinuxCalls
import Rules

/// What is kept before the box is left to its device: what the kernel says of it, and evidence/box-TIME of the worst
/// processes.
enum BoxEvidence {
  /// What it is of.
  static let subject = "box"
  /// So many of each kind of bad processes.
  private static let most = 20
  /// How long it may take: the device waits longer.
  static let patience: UInt32 = 20

  /// Keeps it.
  ///
  /// - Parameter why: why the box is left.
  static func keep(_ roots: Roots, why: String) {
    if roots.isOfBox { askKernel(why) }
    let text = gather(why)
    if let state = try? StateFolder(roots) { try? EvidenceStore.keep(subject, text, in: state) }
  }

  /// Has the kernel write which tasks are blocked (w) and how memory is used (m) into its log, which a serial console
  /// shows and pstore keeps; and our reason where pstore keeps what users say (Documentation/admin-guide/sysrq.rst,
  /// Documentation/admin-guide/ramoops.rst).
  private static func askKernel(_ why: String) {
    if let pmsg = try? Descriptor.open("/dev/pmsg0", [.write, .nonBlocking]) {
      try? pmsg.write(
        Array(
          "watchdog-chain: \(Clock.realtime.date): leaving the box to the watchdog: \(why)\n".utf8))
    }
    for key in ["w", "m"] {
      guard let trigger = try? Descriptor.open("/proc/sysrq-trigger", .write) else { return }
      try? trigger.write(Array(key.utf8))
    }
  }

  /// Those in D with their stacks, then those with most memory and most of the processor.
  static func gather(_ why: String, proc: String = "/proc") -> [UInt8] {
    var bytes = Array(
      "evidence of the box\ntime \(Clock.realtime.date)\nwhy \(why.printable)\n".utf8)
    let all = processes(proc)
    let stuck = all.filter { $0.status.state == UInt8(ascii: "D") }.prefix(most)
    func rows(_ title: String, _ processes: some Sequence<Found>) {
      bytes += Array("[\(title)]\n".utf8)
      for one in processes { bytes += Array("\(one.row)\n".utf8) }
    }
    rows("\(all.count) processes; those that wait for the kernel (D)", stuck)
    rows("most memory", all.sorted { $0.pages > $1.pages }.prefix(most))
    rows(
      "most of the processor since they were started",
      all.sorted { $0.ticks > $1.ticks }.prefix(most))
    // Each in a helper that may hang.
    let numbers = stuck.map { $0.status.identity.pid }
    let deadline = Clock.monotonic + Evidence.patience
    let around = Evidence.Part(32_768) { SurroundingEvidence(proc: proc).write(to: &$0) }
    let stacks = Evidence.Part(131_072) { text in
      guard let evidence = try? ProcessEvidence(of: numbers, proc) else { return }
      evidence.write(to: &text)
      evidence.writeStacks(to: &text)
    }
    bytes += around.bytes(until: deadline)
    bytes += stacks.bytes(until: deadline)
    return bytes
  }

  private struct Found {
    let status: ProcessStatus
    let ticks: UInt64
    let pages: UInt64

    var row: String {
      "process \(status.identity.pid) \(printable([status.state])) parent \(status.parent) threads \(status.threads) "
        + "memory \(pages * BoxEvidence.pageKilobytes) kB ticks \(ticks) \(printable(status.command))"
    }
  }

  private static var pageKilobytes: UInt64 { UInt64(ThisProcess.pageSize) / 1024 }

  private static func processes(_ proc: String) -> [Found] {
    guard let folder = try? Folder(path: proc), let names = try? folder.names() else { return [] }
    return names.compactMap { name in
      guard name.first?.isDigit ?? false else { return nil }
      let bytes = folder.evidence("\(name.text)/stat", atMost: 1024)
      guard let status = ProcessStatus(parsing: bytes),
        !status.isKernelThread || status.state == UInt8(ascii: "D"),
        let numbers = StatNumbers(bytes)
      else { return nil }
      return Found(status: status, ticks: numbers.ticks, pages: numbers.pages)
    }
  }
}
