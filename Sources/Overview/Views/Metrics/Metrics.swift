import Linux
import Rules
import Watchdog

/// `watchdog-chain metrics`: for Prometheus, through the folder of node_exporter's textfile collector.
package struct Metrics {
  package static let command = Command(
    name: "watchdog-chain metrics",
    usage: ["[--output FILE]"],
    summary: """
      Writes how this box is in Prometheus' text format, for the folder of node_exporter's textfile collector:
      run it each minute with --output FOLDER/watchdog-chain.prom. Changes nothing else.
      """,
    options: [
      .init("output", value: "FILE", "replace FILE by it as a whole, instead of printing it")
    ])

  package static func run(
    _ arguments: Arguments, _ report: Report
  ) throws(Failure) -> ExitCode {
    try arguments.expectNoOperands()
    let roots = Roots(arguments)
    let box = try Box(roots)
    let counts = try IncidentCounts(roots, of: box.hearts.map { $0.name })
    let text = Metrics(box: box, counts: counts).text
    guard let path = arguments.value(of: "output") else {
      Console.write(text)
      return .success
    }
    // node_exporter is another user, whatever files of ours usually are for.
    ThisProcess.withholdFromNewFiles(0o022)
    try OutputFile.write(text, to: path)
    return .success
  }

  private let box: Box
  private let counts: IncidentCounts

  private init(box: Box, counts: IncidentCounts) {
    self.box = box
    self.counts = counts
  }

  private var text: String {
    var page = Exposition()
    writeBox(&page)
    writeHearts(&page)
    writeProblems(&page)
    writeChain(&page)
    writeDevice(&page)
    writeIncidents(&page)
    return page.text
  }

  private func writeBox(_ page: inout Exposition) {
    page.metric("info", .gauge, "The version of the tools.")
    page.value([.init(name: "version", value: "\(version)")], "1")
    page.gauge(
      "guarded", box.objections.isEmpty, "Whether the device reboots this box when it hangs.")
    page.gauge(
      "only_marks", box.onlyMarks,
      "Whether this box is one that only marks problems, as was wanted.")
    page.gauge(
      "stood_down", box.stoodDown != nil,
      "Whether the box rests: only single programs are restarted, nothing is rebooted.")
    page.gauge(
      "reboot_due", box.rebootDue != nil,
      "Whether a reboot by the watchdog device was decided on.")
    page.metric(
      "hold_remaining_seconds", .gauge, "What is left of a hold of the whole box.")
    page.value([], box.holdRest ?? .zero)
    let boot = box.lastBoot
    page.metric("boot_timestamp_seconds", .gauge, "When this box was booted.")
    page.value([], boot.date)
    page.metric("boot_info", .gauge, "Why this box was booted.")
    page.value([.init(name: "cause", value: "\(boot.cause.name)")], "1")
    page.metric(
      "ladder_restarts", .gauge, "Runs of restart-system within restarts-window, in this boot.")
    page.value([], "\(box.ladder?.countOfRestarts(at: box.now) ?? 0)")
    page.metric("ladder_reboots", .gauge, "Reboots by the ladder within reboots-window of running.")
    page.value([], "\(box.ladder?.countOfReboots ?? 0)")
    page.metric("written_timestamp_seconds", .gauge, "When this was written.")
    page.value([], box.now.realtime)
  }

  private func writeHearts(_ page: inout Exposition) {
    func label(_ heart: HeartState) -> [Exposition.Label] {
      [.init(name: "heart", value: heart.name.text)]
    }
    let hearts = box.hearts.filter { $0.mistake == nil }
    // How old it is cannot be told from a date: nobody is late for time in which nobody watched.
    page.metric(
      "heart_age_seconds", .gauge, "Since its last beat or its start, as far as anybody watched.")
    for heart in hearts { page.value(label(heart), heart.age) }
    page.metric("heart_limit_seconds", .gauge, "How old that may become.")
    for heart in hearts { page.value(label(heart), heart.limit) }
    page.metric("heart_late", .gauge, "Whether it is late.")
    for heart in hearts { page.value(label(heart), heart.isLate) }
    page.metric(
      "heart_process_up", .gauge, "Whether the process that was noted for it is there.")
    for heart in hearts where heart.process != nil { page.value(label(heart), heart.isRunning) }
    page.metric("hearts_passed_over", .gauge, "Hearts whose file cannot be understood.")
    page.value([], "\(box.hearts.count - hearts.count)")
  }

  private func writeProblems(_ page: inout Exposition) {
    page.metric("problems", .gauge, "How many problems there are.")
    page.value([], "\(box.problems.count)")
    // Without its detector and its reason: they are any text, and each text would be a time series of its own.
    page.metric(
      "problem_noticed_timestamp_seconds", .gauge,
      "Since when there is a problem: until it is proven over.")
    for line in box.problems {
      page.value([.init(name: "problem", value: line.name.text)], line.noticed)
    }
    page.metric(
      "problem_at_last_step", .gauge,
      "Whether its ladder goes no further: nothing else is restarted or rebooted for it.")
    for line in box.problems {
      page.value([.init(name: "problem", value: line.name.text)], line.isAtLastStep)
    }
  }

  private func writeChain(_ page: inout Exposition) {
    func label(_ link: Link) -> [Exposition.Label] {
      [.init(name: "tool", value: link.tool.text)]
    }
    page.metric(
      "link_alive_timestamp_seconds", .gauge, "When a tool of the chain was alive last.")
    for link in box.links {
      if let touched = link.touched { page.value(label(link), touched) }
    }
    page.metric("link_limit_seconds", .gauge, "How long ago that may be.")
    for link in box.links { page.value(label(link), link.limit) }
    page.metric("link_fresh", .gauge, "Whether it is not longer ago.")
    for link in box.links { page.value(label(link), link.isFresh(at: box.now)) }
  }

  private func writeDevice(_ page: inout Exposition) {
    let description = box.device.description
    page.gauge(
      "device_present", description != nil, "Whether there is a watchdog device where it should be."
    )
    page.metric("device_info", .gauge, "The watchdog device.")
    page.value(
      [
        .init(name: "path", value: box.device.path),
        .init(name: "identity", value: (description?.identity ?? "").printable),
        .init(name: "software", value: box.device.isSoftware == true ? "true" : "false"),
      ], "1")
    page.gauge("device_armed", box.device.isArmed ?? false, "Whether it counts down.")
    page.gauge("device_disarmed", box.isDisarmed, "Whether an administrator stopped it.")
    page.metric("device_timeout_seconds", .gauge, "How long it waits for food.")
    var scanner = Scanner(Array((description?.timeout ?? "").utf8))
    if let timeout = scanner.number() { page.value([], "\(timeout)") }
  }

  /// Each with a zero from the beginning: what appears as 1 has not grown in Prometheus' eyes.
  private func writeIncidents(_ page: inout Exposition) {
    func label(_ event: Incident.Event.Kind) -> Exposition.Label {
      .init(name: "event", value: "\(event.name)")
    }
    page.metric("incidents_total", .counter, "What happened on this box.")
    for (event, count) in zip(Incident.Event.Kind.all, counts.ofBox) {
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
