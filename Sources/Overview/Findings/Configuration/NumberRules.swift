import LinuxCalls
import Rules
import Watchdog

/// Whether the numbers make sense together: each step of the ladder must have the time that it needs, and must be
/// able to be reached.
enum NumberRules {
  static let all: [Rule<Configuration>] = [
    Rule("attempts", attempts), Rule("restart time", restartTime), Rule("windows", windows),
    Rule("reach", reaches), Rule("timeout", timeout), Rule("no device", device),
  ]

  // MARK: One attempt

  private static func attempts(_ all: Configuration) -> [Finding] {
    // A name that has none of its own has the box's, which are told of once.
    let own = all.own.filter { one in
      [Setting.solveTime, .grace, .solveWithin].contains { one.numbers.given($0) != nil }
    }
    return attempt(nil, all) + own.flatMap { attempt($0, all) }
  }

  @Findings private static func attempt(
    _ one: OwnSettings?, _ all: Configuration
  ) -> [Finding] {
    let folder = one.map { "of/\($0.name.text)/" } ?? ""
    let numbers = one?.numbers
    let solveTime = numbers?.given(.solveTime) ?? all.numbers[.solveTime]
    let solveWithin = numbers?.given(.solveWithin) ?? all.numbers[.solveWithin]
    let grace = numbers?.given(.grace) ?? all.numbers[.grace]
    // The end signal, the grace, KILL; then the program is looked at for a second.
    let restart = sum([grace, 2])
    if solveTime < restart {
      all.wrong(
        "\(folder)solve-time",
        "\(solveTime) s is less than restarting a program takes (grace \(grace) s and 2 s more), so each attempt would "
          + "be killed", cure: "write at least \(restart)", solving: true)
    }
    let patience = Attempt.patience.wholeSeconds
    if solveWithin < sum([solveTime, patience]) {
      all.wrong(
        "\(folder)solve-within",
        "\(solveWithin) s is less than one attempt may take (solve-time \(solveTime) s and \(patience) s more), so "
          + "everything would be restarted while it is at work",
        cure: "write at least \(sum([solveTime, patience]))", solving: true)
    }
  }

  /// restart-system ends those that have a grace of their own first, all at once, and then the others.
  @Findings private static func restartTime(_ all: Configuration) -> [Finding] {
    let graces = all.own.compactMap { $0.numbers.given(.grace) }
    let grace = sum([graces.max() ?? 0, all.numbers[.grace]])
    let solving = (all.folder("solutions")?.files ?? []).map {
      all.number(.solveTime, for: $0.name)
    }
    .max()
    let whole = sum([grace, 2, solving ?? 0])
    if all.numbers[.restartWithin] < whole {
      all.wrong(
        "restart-within",
        "\(all.numbers[.restartWithin]) s is less than restart-system may take (grace \(grace) s"
          + "\(solving.map { ", solve-time \($0) s" } ?? "") and 2 s more), so it would be killed while at work",
        cure: "write at least \(whole)", solving: true)
    }
  }

  // MARK: What is counted must fit into the time in which it is counted

  @Findings private static func windows(_ all: Configuration) -> [Finding] {
    let numbers = all.numbers
    let restarts = numbers[.restartsBeforeReboot]
    // While a problem stands its restarts count, however long ago they were. The window is for one that each of them
    // solves for a while.
    let apart = sum([numbers[.solveWithin], 2])
    if numbers[.restartsWindow] < times(restarts, apart) {
      all.wrong(
        "restarts-window",
        "\(numbers[.restartsWindow]) s is too short to count \(restarts) restarts that are at least \(apart) s apart, so "
          + "for a program that works for a while after each of them the box would never be rebooted",
        cure: "write at least \(times(restarts, apart)), or less into restarts-before-reboot",
        solving: true)
    }
    let reboots = numbers[.rebootsBeforeStandingDown]
    let shortest = sum([
      numbers[.minimumUptime], times(restarts, apart), all.slowestLink, numbers[.deviceTimeout],
    ])
    if numbers[.rebootsWindow] < times(reboots, shortest) {
      all.wrong(
        "reboots-window",
        "\(numbers[.rebootsWindow]) s of running is too short to count \(reboots) reboots that are about \(shortest) s "
          + "apart, so a box that is broken would be rebooted for ever",
        cure:
          "write at least \(times(reboots, shortest)), or less into reboots-before-standing-down",
        solving: true)
    } else {
      slowReboots(reboots, all)
    }
  }

  /// A program with long limits takes long from one reboot to the next.
  @Findings private static func slowReboots(
    _ reboots: Int64, _ all: Configuration
  ) -> [Finding] {
    if !all.isMarkOnly, let slowest = all.slowest(upTo: .reboot) {
      let cycle = sum([all.numbers[.minimumUptime], all.untilReset(slowest.bound)])
      if all.numbers[.rebootsWindow] < times(reboots, cycle) {
        all.note(
          "reboots-window",
          "\(all.numbers[.rebootsWindow]) s of running: should \(slowest.name.text) never work again, the box may be "
            + "rebooted for it each \(cycle) s, so \(reboots) reboots may not fit and the box would not stand down; "
            + "\(times(reboots, cycle)) s would do")
      }
    }
  }

  // MARK: Who solves what

  private static func reaches(_ all: Configuration) -> [Finding] {
    if all.solvesNothing { return [] }
    return all.hearts.compactMap { one in
      guard all.means(for: one.name) == .none else { return nil }
      let (name, given) = (one.name.text, all.givenStep(for: one.name))
      if given == .mark { return nil }
      if given == .solve {
        return all.note(
          one.file,
          "it is only marked, because there is neither programs/\(name) nor solutions/\(name) (last-step solve)"
        )
      }
      let own = all.roots.path(of: "of/\(name)")
      return all.note(
        one.file,
        "nothing here mends it (no programs/\(name), no solutions/\(name)): "
          + (given != nil ? "" : "until its first beat it is only marked; after that, ")
          + "when it is late, restart-system is run"
          + (all.reach(of: one.name) == .reboot ? ", and in the end the box is rebooted" : "")
          + ". To have it only marked", cure: "mkdir -p \(own) && echo mark >\(own)/last-step")
    }
  }

  // MARK: The device

  @Findings private static func timeout(_ all: Configuration) -> [Finding] {
    let wanted = all.numbers[.deviceTimeout]
    // Cron starts jobs in the first two seconds of a minute, so up to 62 s pass from one feeder to the next.
    if !all.isMarkOnly, all.running.byCron, wanted < 62 {
      all.note(
        "device-timeout",
        "\(wanted) s is less than the 62 s in which cron starts the next feeder, so the box is rebooted if "
          + "both feeders are killed at once")
    }
    let warning = all.numbers[.devicePretimeout]
    if warning >= wanted {
      all.note(
        "device-pretimeout",
        "\(warning) s is not less than device-timeout (\(wanted) s), so no driver accepts it")
    }
    if !all.isMarkOnly, all.seesOutside {
      for device in all.devices {
        if let description = device.description, let timeout = device.timeoutInForce,
          timeout != wanted
        {
          all.note(
            "device-timeout",
            "\(description.name) (\((description.identity ?? "no name").printable)) made \(wanted) s into \(timeout) s; "
              + "the worst case is computed with that",
            cure: timeout >= Setting.deviceTimeout.least
              ? "if its driver can do no more, write \(timeout)"
              : "too short to be safe, but it may be all that its driver can do")
        }
      }
    }
  }

  @Findings private static func device(_ all: Configuration) -> [Finding] {
    if !all.isMarkOnly, all.seesOutside {
      for device in all.devices where device.description == nil {
        if let kind = device.kind {
          all.note(
            "device",
            "\(device.path) is no watchdog device (\(kind.words)): it cannot reboot the box")
        } else {
          all.note(
            "device", "there is no \(device.path), so nothing can reboot the box",
            cure: "load the driver of its watchdog, or modprobe softdog")
        }
      }
    }
  }

  // MARK: Sums of what people wrote, which may be anything

  static func times(_ one: Int64, _ other: Int64) -> Int64 {
    let (product, overflow) = one.multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }

  static func sum(_ values: [Int64]) -> Int64 {
    values.reduce(0) { sum, value in
      let (total, overflow) = sum.addingReportingOverflow(value)
      return overflow ? .max : total
    }
  }
}
