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
    let rows = Field<HeartPast>.ofPast
    var text =
      "<section aria-labelledby=\"numbers\"><h2 id=\"numbers\">How long it took</h2>\n"
    text += rows.table("How often and how long each heart was down, the worst first", first)
    if !rest.isEmpty {
      text +=
        "<details><summary>\(rest.count) more</summary>\n\(rows.table("The other hearts that were down", rest))"
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

  private func incidents(_ heart: HeartPast) -> String {
    let newest = Array(heart.outages.reversed().prefix(ReportPage.mostIncidents))
    let left = heart.outages.count - newest.count
    let more = left > 0 ? "the last \(newest.count) of \(heart.outages.count)" : "\(newest.count)"
    let label = "Incidents of \(heart.name.text)"
    return """
      <details><summary>\(heart.name.text) <span class="soft">(\(more))</span></summary>
      \(Field<Outage>.ofOutage.table(label, newest))</details>

      """
  }
}
