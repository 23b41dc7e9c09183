import LinuxCalls
import Watchdog

/// A report as one page that needs nothing else: no script, no picture beside it, no network.
struct ReportPage {
  let report: BoxReport

  /// How many hearts are shown at once, the worst first; the others are folded.
  private static let mostRows = 25
  /// How many have a picture at all.
  private static let mostPictures = 200
  /// How many hearts that were never down are shown like the others.
  private static let mostWell = 8

  /// All of it.
  var text: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="generator" content="watchdog-chain \(version)">
    <title>\(Markup.escape(report.host)): what was down</title>
    <style>
    \(PackageResources.page_css.text)
    </style>
    </head>
    <body>
    \(head)<main>
    \(tiles)\(advice)\(timelines)\(numbers)</main>
    \(foot)</body>
    </html>

    """
  }

  // MARK: Parts

  private var head: String {
    let period = report.period
    let down = report.hearts.filter { $0.isDown }
    let names = down.prefix(5).map { $0.name.text }.joined(separator: ", ")
    let more = down.count > 5 ? " and \(down.count - 5) more" : ""
    let state =
      down.isEmpty
      ? "<p class=\"good\">Nothing is down now.</p>"
      : "<p class=\"bad\">Down now: \(names)\(more)</p>"
    let short =
      report.isShort
      ? "<p class=\"soft\">Asked for were \(report.asked.length.span), but the record begins only then.</p>\n"
      : ""
    return """
      <header>
      <p class="eyebrow">What watchdog-chain saw and did</p>
      <h1>\(Markup.escape(report.host))</h1>
      <p class="soft">\(period.begin.utc) to \(period.end.utc), \(period.length.span)</p>
      \(short)\(state)
      </header>

      """
  }

  private var tiles: String {
    let outages = report.hearts.flatMap { $0.outages }
    let whole = report.whole
    let notice = Times(outages.map { $0.notice })
    let recovery = Times(outages.compactMap { $0.recovery })
    let parts = [
      tile(
        "All was up", "\(whole.percent)&nbsp;%",
        whole.nines.map { "\($0) nines: \(whole.downPerDay.short) down a day" } ?? "nothing failed"),
      tile(
        "Incidents", "\(outages.count)",
        "\(report.failed.count) of \(report.hearts.count.counted("heart")) failed"
      ),
      tile("To notice", notice.median?.short ?? "&ndash;", worst(notice)),
      tile("To recover", recovery.median?.short ?? "&ndash;", worst(recovery)),
      tile(
        "The box", report.reboots.count.counted("reboot"),
        report.restarts.isEmpty
          ? "never restarted as a whole"
          : "everything restarted \(report.restarts.count.times)"),
    ]
    return "<section class=\"tiles\" aria-label=\"In short\">\n\(parts.joined())</section>\n"
  }

  private func worst(_ times: Times) -> String {
    times.worst.map { "in the median; \($0.short) at worst" } ?? "nothing failed"
  }

  private func tile(_ name: StaticString, _ value: String, _ words: String) -> String {
    "<div class=\"tile\"><h2>\(name)</h2><strong>\(value)</strong><p>\(words)</p></div>\n"
  }

  private var advice: String {
    let items = report.advice.map {
      "<li><b>\($0.subject)</b>: \(Markup.escape($0.sentence))</li>\n"
    }
    if items.isEmpty { return "" }
    let rest = items.dropFirst(6).joined()
    let more =
      rest.utf8.isEmpty
      ? ""
      : "<details><summary>\(items.count - 6) more</summary>\n<ol start=\"7\">\n\(rest)</ol></details>\n"
    return
      "<section aria-labelledby=\"help\"><h2 id=\"help\">What would help most</h2>\n<ol>\n\(items.prefix(6).joined())</ol>\n\(more)</section>\n"
  }

  private var foot: String {
    """
    <footer>
    <p>A heart is down from its last beat until it beats again, also on hold and while the box is rebooted; a reboot
    counts from its reason until the next boot begins. Median and worst are of single incidents. Nines are
    5&nbsp;&minus;&nbsp;log<sub>10</sub>(seconds down per day), cut off.</p>
    <p>All times are UTC. Made by watchdog-chain \(version).</p>
    </footer>

    """
  }

  // MARK: Pictures

  private var timelines: String {
    let picture = Picture(report)
    let failed = report.failed
    let rows = failed.prefix(ReportPage.mostPictures).enumerated().map {
      row($0.element, $0.offset, picture)
    }
    let wellRows = report.well.count <= ReportPage.mostWell ? report.well : []
    let well = wellRows.enumerated().map { row($0.element, failed.count + $0.offset, picture) }
    let axis = "<div class=\"row scale\"><div></div>\(picture.axis)<div></div></div>\n"
    var text =
      "<section aria-labelledby=\"time\"><h2 id=\"time\">What happened when</h2>\n\(legend)\(picture.shared)"
      + axis + row("the box", nines: report.availability, "", picture.box)
      + rows.prefix(ReportPage.mostRows).joined() + well.joined() + axis
    if rows.count > ReportPage.mostRows {
      text +=
        "<details><summary>\(failed.count - ReportPage.mostRows) more hearts that failed</summary>\n"
        + rows.dropFirst(ReportPage.mostRows).joined()
      if failed.count > rows.count {
        text += "<p class=\"soft\">The other \(failed.count - rows.count) have numbers only.</p>\n"
      }
      text += "</details>\n"
    }
    return text + folded + "</section>\n"
  }

  /// The names of those that have no picture, for it would show nothing.
  private var folded: String {
    let well = report.well
    guard well.count > ReportPage.mostWell else { return "" }
    let names = well.map { "<li>\($0.name.text)</li>\n" }.joined()
    return
      "<details><summary>\(well.count) hearts were never down by themselves</summary>\n"
      + "<ul class=\"names\">\n\(names)</ul></details>\n"
  }

  private func row(_ heart: HeartPast, _ number: Int, _ picture: Picture) -> String {
    let count = heart.outages.count
    let words =
      heart.isDown
      ? "<small class=\"bad\">down now</small>"
      : "<small>\(count == 0 ? "never down" : "down \(count.times)")</small>"
    return row(
      heart.name.text, nines: heart.availability, words, picture.heart(heart, number: number))
  }

  private func row(
    _ name: String, nines: Availability, _ words: String, _ picture: String
  ) -> String {
    let value = nines.nines.map { "\($0)<small>nines</small>" } ?? "<small>no failure</small>"
    return
      "<div class=\"row\"><div class=\"name\"><span title=\"\(name)\">\(name)</span>\(words)</div>\(picture)"
      + "<div class=\"nines\">\(value)</div></div>\n"
  }

  private var legend: String {
    func item(_ mark: String, _ words: StaticString) -> String {
      "<li><svg aria-hidden=\"true\" focusable=\"false\">\(bar("up"))\(mark)</svg>\(words)</li>\n"
    }
    func bar(_ look: StaticString) -> String {
      "<rect class=\"\(look)\" width=\"100%\" height=\"100%\"/>"
    }
    let line = "<line class=\"restart\" x1=\"50%\" x2=\"50%\" y1=\"0\" y2=\"100%\"/>"
    let items = [
      item("", "up"), item(bar("late"), "silent, not noticed yet"), item(bar("down"), "down"),
      item(bar("boot"), "the box is rebooted"), item(line, "everything restarted"),
      item(bar("held"), "on hold"), item(bar("stood"), "stood down"),
      item(bar("hungry"), "device not fed"),
    ]
    return "<ul class=\"legend\">\n\(items.joined())</ul>\n"
  }
}
