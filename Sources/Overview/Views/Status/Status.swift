import LinuxCalls
import Rules
import Watchdog

/// How the chain is, as a person wants to know it.
struct Status {
  let box: Box

  /// For people, 80 columns wide, worst first.
  func text(_ style: Style) -> String {
    var page = Page(style: style)
    writeVerdict(&page)
    writeProblems(&page)
    writeHearts(&page)
    writeChain(&page)
    writeDevice(&page)
    writePast(&page)
    return page.text
  }

  // MARK: Parts

  private func writeVerdict(_ page: inout Page) {
    let objections = box.objections
    guard let first = objections.first else {
      page.write("This box is guarded.", .good)
      return
    }
    // Why not stands in the first line: many read no further.
    page.write("This box is not guarded: \(first.what)", .bad)
    for objection in objections.dropFirst() { page.write("  \(objection.what)", .bad) }
  }

  private func writeProblems(_ page: inout Page) {
    page.head("problems")
    if box.problems.isEmpty { page.write("  none") }
    for line in box.problems {
      page.write(
        "  \(Page.column(line.name.text, 22))  for \(line.age.short.padded(to: 8))  "
          + "\(line.problem.detector): \(line.problem.reason)", .bad)
      page.write("    \(line.nextWords)")
    }
  }

  private func writeHearts(_ page: inout Page) {
    let rows = Field<HeartState>.ofHeart
    if box.hearts.isEmpty {
      page.head("hearts")
      page.write(
        box.hasUnseenHearts
          ? "  not looked at yet: mark-problems has not run since boot"
          : "  none: write seconds into \(box.roots.config)/hearts/NAME")
      return
    }
    page.head(rows.heads())
    for heart in box.hearts {
      let isBad = heart.isLate || heart.mistake != nil || heart.isGone
      let paint: Paint = isBad ? .bad : .plain
      if !heart.isPassedOver {
        page.cut("\(rows.columns(of: heart))\(heart.isLate ? " late" : "")", paint)
      }
      if let words = heart.mistakeWords {
        page.cut("  \(Page.column(heart.name.text, 18))  \(words)", paint)
      }
    }
  }

  private func writeChain(_ page: inout Page) {
    page.head("chain")
    for link in box.links {
      let isFresh = link.isFresh(at: box.now)
      page.cut(
        Field<LinkNow>.ofLink.columns(of: (link, box.now)) + (isFresh ? "" : "  stale"),
        isFresh ? .plain : .bad)
    }
  }

  private func writeDevice(_ page: inout Page) {
    page.head("device")
    for device in box.devices { write(device, &page) }
  }

  private func write(_ device: ArmedDevice, _ page: inout Page) {
    guard let description = device.description else {
      page.write("  \(device.path): \(device.kind != nil ? "no watchdog device" : "missing")")
      return
    }
    var words = [description.identity ?? description.name]
    if device.isSoftware == true { words.append("software: it dies with the kernel") }
    words.append(
      description.isActive.map { $0 ? "armed" : "not armed" } ?? "state unknown")
    if let timeout = description.timeout { words.append("timeout \(timeout) s") }
    if description.nowayout == true { words.append("nowayout") }
    let holders = device.holders
    if holders.isEmpty, ThisProcess.user == 0 { words.append("held by no process") }
    if let holder = holders.first {
      words.append(
        holder.isFeeder ? "held by kwatchdog-feeder (process \(holder.pid))" : holder.words)
    }
    page.write("  \(device.path): \(words.map { $0.printable }.joined(separator: ", "))")
  }

  private func writePast(_ page: inout Page) {
    let boot = box.lastBoot
    page.head("last boot")
    page.write(
      "  \(boot.date.utc), \((box.now.realtime - boot.date).short) ago: \(boot.words)")
    if let kept = box.keptOfLastBoot {
      page.write("  the last words of the kernel before it: \(kept.printable)")
    }
    if box.isAccepted == true { page.write("  this boot was accepted") }
    if let why = box.waitsForAcceptance { page.write("  this boot is not accepted yet: \(why)") }
    if let why = box.rolledBack { page.write("  roll-back was run at \(why)") }
    if let lastStep = box.lastStep {
      page.head("last step of the ladder")
      page.write("  \(lastStep)")
    }
  }
}
