import LinuxCalls
import Rules
import Watchdog

/// `watchdog-chain metrics`: for Prometheus, through the folder of node_exporter's textfile collector.
enum MetricsCommand {
  static let command = Command(
    name: "watchdog-chain metrics",
    usage: ["[--output FILE]"],
    summary: """
      Writes how this box is in Prometheus' text format, for the directory of node_exporter's textfile collector:
      run it each minute with --output DIR/watchdog-chain.prom. As root it keeps its counts in
      /run/watchdog/metrics and reads only what is new; nothing else is changed.
      """,
    options: [
      .init("output", value: "FILE", "replace FILE as a whole, instead of printing")
    ])

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    try call.arguments.expectNoOperands()
    let box = try Box(call.roots)
    let counts = try IncidentCounts(call.roots, of: box.hearts.map { $0.name })
    guard let path = call.value(of: "output") else {
      if let failure = write(box, counts, to: Console.Stream.output.rawValue) {
        Console.lose(failure)
      }
      return .success
    }
    // node_exporter is another user, whatever files of ours usually are for.
    ThisProcess.withholdFromNewFiles(0o022)
    try OutputFile.write(to: path) { file throws(SystemError) in
      if let failure = write(box, counts, to: file) { throw failure }
    }
    return .success
  }

  /// - Returns: what writing it failed with.
  private static func write(
    _ box: Box, _ counts: IncidentCounts, to file: Int32
  ) -> SystemError? {
    var page = Exposition(to: file)
    Field<Box>.ofBox.write([box], to: &page)
    Field<HeartState>.ofHeart.write(box.hearts.filter { !$0.isPassedOver }, to: &page) {
      [.init(name: "heart", value: $0.name.text)]
    }
    Field<ProblemState>.ofProblem.write(box.problems, to: &page) {
      [.init(name: "problem", value: $0.name.text)]
    }
    Field<LinkNow>.ofLink.write(box.links.map { ($0, box.now) }, to: &page) {
      [.init(name: "tool", value: $0.link.tool.text)]
    }
    Field<Box>.ofDevice.write([box], to: &page)
    write(counts, to: &page)
    page.flush()
    return page.failure
  }

  /// Each with a zero from the beginning: what appears as 1 has not grown in Prometheus' eyes.
  private static func write(_ counts: IncidentCounts, to page: inout Exposition) {
    func label(_ event: Incident.Event.Kind) -> Exposition.Label {
      .init(name: "event", value: "\(event.name)")
    }
    page.metric("incidents_total", .counter, "What happened on this box.")
    for (event, count) in zip(Incident.Event.Kind.allCases, counts.ofBox) {
      page.value([label(event)], "\(count)")
    }
    page.metric("heart_incidents_total", .counter, "What happened to a heart.")
    for (heart, count) in counts.ofHearts {
      for (event, count) in zip(IncidentCounts.eventsOfHearts, count) {
        page.value([.init(name: "heart", value: heart.text), label(event)], "\(count)")
      }
    }
  }
}
