import LinuxCalls
import Rules
import Watchdog

extension ReportPage {
  /// How many rows of each table are shown at once; the others are folded.
  private static let mostNumbers = 25
  /// How many incidents of a heart are listed, the newest first.
  private static let mostIncidents = 20

  /// The tables: one of all hearts that were down, and one of the incidents of each.
  var numbers: String {
    let failed = report.failed
    guard !failed.isEmpty else { return "" }
    let first = Array(failed.prefix(ReportPage.mostNumbers))
    let rest = Array(failed.dropFirst(ReportPage.mostNumbers))
    var text =
      "<section aria-labelledby=\"numbers\"><h2 id=\"numbers\">How long it took</h2>\n"
    text += table("How often and how long each heart was down, the worst first", first)
    if !rest.isEmpty {
      text +=
        "<details><summary>\(rest.count) more</summary>\n\(table("The other hearts that were down", rest))"
        + "</details>\n"
    }
    text += "</section>\n<section aria-labelledby=\"incidents\">"
    text += "<h2 id=\"incidents\">Incident by incident</h2>\n"
    for heart in first { text += incidents(heart) }
    if !rest.isEmpty {
      text += "<p class=\"soft\">Those of the other hearts: watchdog-chain explain NAME</p>\n"
    }
    return text + "</section>\n"
  }

  private func table(_ label: StaticString, _ hearts: [HeartPast]) -> String {
    """
    <div class="table" tabindex="0" role="region" aria-label="\(label)"><table>
    <thead><tr><th scope="col">Heart</th><th scope="col" class="n">Times</th>
    <th scope="col" class="n">To notice</th><th scope="col" class="n">To recover</th>
    <th scope="col" class="n">Down</th><th scope="col" class="n">Up</th></tr></thead>
    <tbody>
    \(hearts.map { line($0) }.joined())</tbody></table></div>

    """
  }

  private func line(_ heart: HeartPast) -> String {
    let up = heart.availability
    let held = heart.held > .zero ? "<small>\(heart.held.short) on hold</small>" : ""
    let kind = heart.promise.isHeart ? "" : "<small>no heart, or none any more</small>"
    let nines = up.nines.map { "\($0) nines" } ?? "no failure"
    return """
      <tr><th scope="row">\(heart.name.text)\(kind)</th><td class="n" data-label="Times">\(heart.outages.count)</td>
      \(cell("To notice", heart.notice))\(cell("To recover", heart.recovery))
      <td class="n" data-label="Down">\(up.down.short)\(held)</td>
      <td class="n" data-label="Up">\(up.percent) %<small>\(nines)</small></td></tr>

      """
  }

  /// The label is seen where a phone shows each line of the table as a block.
  private func cell(_ label: StaticString, _ times: Times) -> String {
    let begin = "<td class=\"n\" data-label=\"\(label)\">"
    guard let median = times.median, let worst = times.worst else { return "\(begin)&ndash;</td>" }
    let end = median == worst ? "" : "<small>\(worst.short) at worst</small>"
    return "\(begin)\(median.short)\(end)</td>"
  }

  // MARK: Incidents

  private func incidents(_ heart: HeartPast) -> String {
    let newest = Array(heart.outages.reversed().prefix(ReportPage.mostIncidents))
    let left = heart.outages.count - newest.count
    let more = left > 0 ? "the last \(newest.count) of \(heart.outages.count)" : "\(newest.count)"
    return """
      <details><summary>\(heart.name.text) <span class="soft">(\(more))</span></summary>
      <div class="table" tabindex="0" role="region" aria-label="Incidents of \(heart.name.text)"><table>
      <thead><tr><th scope="col">Since</th><th scope="col" class="n">To notice</th>
      <th scope="col" class="n">To recover</th><th scope="col">What</th></tr></thead>
      <tbody>
      \(newest.map { line($0) }.joined())</tbody></table></div></details>

      """
  }

  private func line(_ outage: Outage) -> String {
    let by = outage.by.utf8.isEmpty ? "" : ", says \(outage.by)"
    let why = outage.why.utf8.isEmpty ? "how it began was not recorded" : outage.why + by
    let recovery = outage.recovery.map { $0.short } ?? "&ndash;"
    let failures =
      outage.failures > 0
      ? "; \(outage.failures) failed, the last: \(outage.failure)" : ""
    let end = outage.end == .open ? "bad" : "soft"
    return """
      <tr><td>\(outage.since.minute)</td><td class="n" data-label="To notice">\(outage.notice.short)</td>
      <td class="n" data-label="To recover">\(recovery)</td><td class="why">\(Markup.escape(why))
      <br><span class="\(end)">\(outage.end.words)\(Markup.escape(failures))</span></td></tr>

      """
  }
}
