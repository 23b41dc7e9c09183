import LinuxCalls
import Watchdog

/// The pictures of a report: for each heart a strip of its time, as SVG. What happened to the whole box is drawn
/// once and used in all of them.
struct Picture {
  private let report: BoxReport
  private let scale: Scale

  init(_ report: BoxReport) {
    self.report = report
    scale = Scale(period: report.period)
  }

  // MARK: What all share

  /// Drawn once, and not seen itself.
  var shared: String {
    var text = """
      <svg class="shared" aria-hidden="true" focusable="false"><defs>
      <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect class="hatch" width="2.5" height="6"/></pattern>
      <pattern id="dots" width="6" height="6" patternUnits="userSpaceOnUse">
      <circle class="dot" cx="3" cy="3" r="1.5"/></pattern>
      <g id="grid">

      """
    for tick in scale.ticks { text += line("grid", tick.date) + "/>\n" }
    text += "</g>\n<g id=\"box\">\n"
    text += spells(report.standDowns, "stood", "stood down")
    text += spells(report.holds, "held", "on hold")
    let reboots = told(report.reboots.map { $0.span }) {
      let reboot = report.reboots[$0]
      let why = reboot.since == nil ? "for a reason that was not recorded" : reboot.why
      return (reboot.isDue ? "a reboot is due" : "the box was rebooted", why)
    }
    for (cluster, words) in reboots {
      text += bar("boot", cluster.span, "\(words); down for \(cluster.span.length.span)")
    }
    text += "</g>\n<g id=\"restarts\">\n"
    let restarts = told(report.restarts.map { Span($0.date, $0.date) }) {
      ("everything was restarted", report.restarts[$0].why)
    }
    for (cluster, words) in restarts {
      text += line("restart", cluster.span.begin)
      text += "><title>\(Markup.escape(words))</title></line>\n"
    }
    return text + "</g>\n</defs></svg>\n"
  }

  private func line(_ look: StaticString, _ date: Duration) -> String {
    let x = scale.x(date)
    return "<line class=\"\(look)\" x1=\"\(x)\" x2=\"\(x)\" y1=\"0\" y2=\"100%\""
  }

  private func spells(_ spells: [BoxPast.Spell], _ look: StaticString, _ what: String) -> String {
    told(spells.map { $0.span }) { (what, spells[$0].why) }.map { cluster, words in
      bar(look, cluster.span, "\(words); for \(cluster.span.length.span)")
    }.joined()
  }

  /// What looks like one, and what its first member was, how often, and why.
  private func told(
    _ spans: [Span], _ first: (Int) -> (what: String, why: String)
  ) -> [(cluster: Cluster, words: String)] {
    clusters(spans).map { cluster in
      let (what, why) = first(cluster.first)
      let often = cluster.count > 1 ? " \(cluster.count) times" : ""
      return (cluster, "\(cluster.span.begin.utc): \(what)\(often): \(why.printable)")
    }
  }

  /// The labels of the axis, which stands above and below.
  var axis: String {
    var text = "<svg class=\"axis\" aria-hidden=\"true\" focusable=\"false\">\n"
    for tick in scale.ticks {
      text += "<text x=\"\(scale.x(tick.date))\" y=\"12\">\(tick.label)</text>\n"
    }
    return text + "</svg>"
  }

  // MARK: Strips

  /// What happened to the box.
  var box: String {
    let words =
      "the box: reboots: \(report.reboots.count), restarts of everything: \(report.restarts.count), "
      + "holds: \(report.holds.count)"
    let hungers = spells(report.hungers, "hungry", "the device was not fed")
    return strip("the-box", words, hungers)
  }

  /// How a heart was.
  func heart(_ heart: HeartPast, number: Int) -> String {
    var late = ""
    var down = ""
    // Drawn over what is late, so that the shortest time down is seen.
    for cluster in clusters(heart.outages.map { $0.span }) {
      let outage = heart.outages[cluster.first]
      if cluster.count > 1 {
        let words = "down \(cluster.count) times within \(cluster.span.length.span)"
        down += bar("down", cluster.span, "\(cluster.span.begin.utc): \(words)")
      } else if cluster.span.length < scale.grain {
        down += bar("down", cluster.span, Picture.words(outage))
      } else {
        if let silence = Span(outage.since, outage.noticed).part(in: report.period) {
          late += bar(
            "late", silence,
            "\(outage.since.utc): silent for \(outage.notice.span) until it was noticed")
        }
        if let rest = Span(outage.noticed, outage.until).part(in: report.period) {
          down += bar("down", rest, Picture.words(outage))
        }
      }
    }
    let count = heart.outages.count
    let words = count == 0 ? "never down by itself" : "down \(count.times)"
    let time = heart.availability.down
    let sum = time > .zero ? ", with the reboots of the box for \(time.span)" : ""
    return strip("heart-\(number)", "\(heart.name.text): \(words)\(sum)", late + down)
  }

  private static func words(_ outage: Outage) -> String {
    let by = outage.by.utf8.isEmpty ? "" : " by \(outage.by.printable): \(outage.why.printable)"
    let silence = outage.notice > .zero ? "silent for \(outage.notice.span) before, " : ""
    return
      "\(outage.noticed.utc): noticed\(by); \(silence)down for \((outage.until - outage.noticed).span); "
      + outage.end.words
  }

  private func strip(_ id: String, _ words: String, _ bars: String) -> String {
    """
    <svg class="strip" role="img" aria-labelledby="\(id)"><title id="\(id)">\(Markup.escape(words))</title>
    <rect class="up" width="100%" height="100%"/><use href="#grid"/>
    <use href="#restarts"/>
    \(bars)<use href="#box"/></svg>
    """
  }

  private func bar(_ look: StaticString, _ span: Span, _ words: String) -> String {
    "<rect class=\"\(look)\" x=\"\(scale.x(span.begin))\" width=\"\(scale.width(span))\" height=\"100%\">"
      + "<title>\(Markup.escape(words))</title></rect>\n"
  }

  // MARK: What is too near to be seen apart

  private struct Cluster {
    var span: Span
    /// The number of its first member.
    let first: Int
    var count = 1
  }

  /// Puts together what looks like one, in the order of time. A heart that fails each second has a thousand bars
  /// at the most.
  private func clusters(_ spans: [Span]) -> [Cluster] {
    var clusters: [Cluster] = []
    for (number, span) in spans.enumerated() {
      let span = Span(
        max(span.begin, report.period.begin),
        min(max(span.end, report.period.begin), report.period.end))
      if let last = clusters.last, span.begin - last.span.end < scale.grain {
        clusters[clusters.count - 1].span = Span(last.span.begin, max(last.span.end, span.end))
        clusters[clusters.count - 1].count += 1
      } else {
        clusters.append(Cluster(span: span, first: number))
      }
    }
    return clusters
  }
}
