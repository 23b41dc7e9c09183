import LinuxCalls
import Watchdog

/// A report for people at a terminal: 80 columns, worst first.
struct ReportText {
  let report: BoxReport

  /// How many sentences of advice there are, and how many hearts that are well have a line.
  private static let most = 8

  /// All of it.
  func text(_ style: Style) -> String {
    var page = Page(style: style)
    writeTime(&page)
    guard report.period.length > .zero else {
      page.write("  Nothing is recorded yet: there was no heart, and nothing happened.")
      return page.text
    }
    writeVerdict(&page)
    writeHearts(&page)
    writeBox(&page)
    if !report.close.isEmpty { page.head("what came close to its limit") }
    for one in report.close.prefix(ReportText.most) { page.cut("  \(one.words)") }
    if !report.alike.isEmpty { page.head("what programs did before they were ended") }
    for one in report.alike.prefix(ReportText.most) { page.cut("  \(one.words)") }
    writeAdvice(&page)
    return page.text
  }

  // MARK: Parts

  private func writeTime(_ page: inout Page) {
    let period = report.period
    page.write("\(report.host): \(period.begin.utc) to \(period.end.utc)", .head)
    page.write("  \(period.length.span) of \(report.asked.length.span) that you asked for")
    if report.isShort, report.period.length > .zero {
      page.write("  The record begins then: nothing is known of the time before.")
    }
  }

  private func writeVerdict(_ page: inout Page) {
    let whole = report.whole
    guard let nines = whole.nines else {
      page.write("  Nothing was down.", .good)
      return
    }
    page.write(
      "  Something was down for \(whole.down.span), \(whole.downPerDay.short) a day: all was up "
        + "\(whole.percent) %, \(nines) nines.",
      report.hearts.contains { $0.isDown } ? .bad : .plain)
  }

  private func writeHearts(_ page: inout Page) {
    let rows = Field<HeartPast>.ofPast
    page.head("                        down       to notice        to recover     time")
    page.cut(rows.heads(), .head)
    for heart in report.failed { page.cut(rows.columns(of: heart), heart.isDown ? .bad : .plain) }
    let well = report.well
    for heart in well.prefix(ReportText.most) {
      page.cut(rows.columns(of: heart), heart.availability.nines == nil ? .good : .plain)
    }
    let left = well.count - ReportText.most
    if left > 0 { page.write("  \(left) more were never down by themselves") }
    if report.hearts.isEmpty { page.write("  none") }
    if report.failed.contains(where: { !$0.guarded.isHeart }) {
      page.write("  * is no heart, or none any more")
    }
  }

  private func writeBox(_ page: inout Page) {
    page.head("the box")
    let told = report.reboots.filter { $0.since != nil }
    let times = Times(told.map { $0.span.length })
    let worst = times.worst.map { ", at most \($0.short) until the next boot" } ?? ""
    let often =
      report.reboots.isEmpty ? "never rebooted" : "rebooted \(report.reboots.count.times)"
    page.write("  \(often)\(worst)")
    if report.reboots.count > told.count {
      page.write(
        "    \(report.reboots.count - told.count) of them for a reason that was not recorded, and not "
          + "counted as down")
    }
    if let nines = report.availability.nines {
      page.write(
        "  down for \(report.availability.down.span), and all hearts with it: up \(report.availability.percent) %, \(nines) nines"
      )
    }
    if !report.restarts.isEmpty {
      page.write("  everything restarted \(report.restarts.count.times)")
    }
    for (words, spells) in [
      ("on hold", report.holds), ("stood down", report.standDowns), ("not fed", report.hungers),
    ] where !spells.isEmpty {
      let parts = spells.map { $0.span }.parts(in: report.period).united
      page.write("  \(words) \(spells.count.times), for \(parts.length.span)")
    }
    let held = report.hearts.map { $0.held }.sum
    if held > .zero { page.write("  \(held.span) of what hearts were down was on hold") }
  }

  private func writeAdvice(_ page: inout Page) {
    let advice = report.advice
    if advice.isEmpty { return }
    page.head("what would help most")
    for finding in advice.prefix(ReportText.most) { page.write("  \(finding.line)") }
    let left = advice.count - ReportText.most
    if left > 0 { page.write("  \(left) more: --html or --json") }
  }
}
