import Linux
import Watchdog

/// `watchdog-chain metrics`: for Prometheus, through the folder of node_exporter's textfile collector.
struct Metrics {
  static let command = Command(
    name: "watchdog-chain metrics",
    usage: ["[--output FILE]"],
    summary: """
      Writes how this box is in Prometheus' text format, for the folder of node_exporter's textfile collector:
      run it each minute with --output FOLDER/watchdog-chain.prom. Changes nothing else.
      """,
    options: [
      .init("output", value: "FILE", "replace FILE by it as a whole, instead of printing it")
    ])

  static func run(_ arguments: Arguments, _ report: Report) throws(Failure) -> ExitCode {
    try arguments.expectNoOperands()
    let roots = Roots(arguments)
    let text = Metrics(box: try Box(roots), history: try Incident.history(roots)).text
    guard let path = arguments.value(of: "output") else {
      Console.write(text)
      return .success
    }
    try replace(path, with: text)
    return .success
  }

  /// A reader sees the old file or the new one.
  private static func replace(_ path: String, with text: String) throws(Failure) {
    let parts = path.utf8.split(separator: 0x2F, omittingEmptySubsequences: false)
    let name = parts.last.map { String(decoding: Array($0), as: UTF8.self) } ?? ""
    let above = String(decoding: Array(parts.dropLast().joined(separator: [0x2F])), as: UTF8.self)
    let folder = parts.count == 1 ? "." : above.utf8.isEmpty ? "/" : above
    try attempt(to: "write \(path.printable)") { () throws(SystemError) in
      try Folder(path: folder).replaceDurably(name, Array(text.utf8))
    }
  }

  private let box: Box
  private let history: [Incident.Line]

  private init(box: Box, history: [Incident.Line]) {
    self.box = box
    self.history = history
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
    page.gauge("stood_down", box.stoodDown != nil, "Whether the box gave up restarting.")
    page.gauge(
      "reboot_due", box.rebootDue != nil, "Whether the box waits for its device to reboot it.")
    page.metric("hold_seconds", .gauge, "How much is left of a time in which nothing is restarted.")
    page.value([], box.holdRest ?? .zero)
    page.metric("boot_timestamp_seconds", .gauge, "When this box was booted, and why.")
    page.value([.init(name: "cause", value: "\(box.lastBoot.cause.name)")], box.lastBoot.date)
    page.metric("ladder_restarts", .gauge, "Restarts of everything that count towards a reboot.")
    page.value([], "\(box.ladder?.restarts ?? 0)")
    page.metric("ladder_reboots", .gauge, "Reboots that count towards standing down.")
    page.value([], "\(box.ladder?.reboots ?? 0)")
    page.metric("written_timestamp_seconds", .gauge, "When this was written.")
    page.value([], box.now.realtime)
  }

  private func writeHearts(_ page: inout Exposition) {
    let hearts = box.hearts.filter { $0.mistake == nil }
    func each(
      _ name: StaticString, _ help: StaticString, _ value: (HeartState) -> String?
    ) {
      page.metric(name, .gauge, help)
      for heart in hearts {
        guard let number = value(heart) else { continue }
        page.value([.init(name: "heart", value: heart.name.text)], number)
      }
    }
    func seconds(_ time: Duration) -> String? {
      guard case .number(let number) = JSON.seconds(time) else { return nil }
      return number
    }
    each("heart_age_seconds", "Since its last beat, as far as anybody watched.") { seconds($0.age) }
    each("heart_limit_seconds", "How old a beat may become.") { seconds($0.limit) }
    each("heart_late", "Whether it is late.") { $0.isLate ? "1" : "0" }
    each("heart_last_beat_timestamp_seconds", "When it beat last.") {
      $0.beaten.flatMap { seconds($0) }
    }
    each("heart_process_up", "Whether the process that was noted for it is there.") { heart in
      heart.process.map { _ in heart.isRunning ? "1" : "0" }
    }
    page.metric("hearts_passed_over", .gauge, "Hearts whose file cannot be understood.")
    page.value([], "\(box.hearts.count - hearts.count)")
  }

  private func writeProblems(_ page: inout Exposition) {
    page.metric("problems", .gauge, "How many problems there are.")
    page.value([], "\(box.problems.count)")
    page.metric("problem_age_seconds", .gauge, "Since a problem was noticed.")
    for line in box.problems {
      page.value(
        [
          .init(name: "heart", value: line.name.text),
          .init(name: "detector", value: line.problem.detector),
        ], line.age)
    }
  }

  private func writeChain(_ page: inout Exposition) {
    page.metric("link_age_seconds", .gauge, "Since a tool of the chain was alive.")
    for link in box.links {
      guard let touched = link.touched else { continue }
      page.value([.init(name: "tool", value: link.tool.text)], box.now.realtime - touched)
    }
    page.metric("link_limit_seconds", .gauge, "How old that may become.")
    for link in box.links { page.value([.init(name: "tool", value: link.tool.text)], link.limit) }
    page.metric("link_fresh", .gauge, "Whether it is not older.")
    for link in box.links {
      page.value([.init(name: "tool", value: link.tool.text)], link.isFresh(at: box.now))
    }
  }

  private func writeDevice(_ page: inout Exposition) {
    let description = box.device.description
    page.metric("device_info", .gauge, "The watchdog device.")
    page.value(
      [
        .init(name: "path", value: box.device.path),
        .init(name: "identity", value: (description?.identity ?? "").printable),
        .init(name: "software", value: box.device.isSoftware == true ? "true" : "false"),
      ], description == nil ? "0" : "1")
    page.gauge("device_armed", box.device.isArmed ?? false, "Whether it counts down.")
    page.gauge("device_disarmed", box.isDisarmed, "Whether an administrator stopped it.")
    page.metric("device_timeout_seconds", .gauge, "How long it waits for food.")
    var scanner = Scanner(Array((description?.timeout ?? "").utf8))
    if let timeout = scanner.number() { page.value([], "\(timeout)") }
  }

  /// Counted in the records that are kept: after a rotation there are less, which reads as a counter's restart.
  private func writeIncidents(_ page: inout Exposition) {
    page.metric("incidents_total", .counter, "What happened, by what and to which heart.")
    var counts: [(event: String, heart: String, count: Int)] = []
    for line in history {
      guard let event = line.event else { continue }
      let heart = line.name?.text ?? ""
      let word = "\(event.name)"
      if let index = counts.firstIndex(where: {
        $0.event.isEqual(to: word) && $0.heart.isEqual(to: heart)
      }) {
        counts[index].count += 1
      } else {
        counts.append((word, heart, 1))
      }
    }
    for count in counts {
      page.value(
        [.init(name: "event", value: count.event), .init(name: "heart", value: count.heart)],
        "\(count.count)")
    }
  }
}
