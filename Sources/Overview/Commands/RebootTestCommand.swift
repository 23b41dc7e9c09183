import Linux
import Rules
import Watchdog

/// `watchdog-chain doctor --reboot-test`: the one proof that the device reboots this box.
enum RebootTestCommand {
  /// What is to be typed.
  static let word = "reboot this box"

  static func run(_ arguments: Arguments, _ report: Report) throws(Failure) -> ExitCode {
    let roots = Roots(arguments)
    let isDry = arguments.has("dry-run")
    guard !arguments.has("seconds") else {
      throw arguments.mistake("--seconds does not go with --reboot-test")
    }
    if arguments.has("end") { return try end(roots, report, isDry: isDry) }
    let around = Surroundings(root: arguments.value(of: "root") ?? "")
    let box = try Box(roots, system: around.path("/sys"))
    explain(try plan(box, around), box, around)
    if isDry { return .success }
    Console.write("Type \"\(word)\" in full to begin: ")
    var typed = Array((Console.readLine() ?? "").utf8)
    while typed.last == 0x0D || typed.last == 0x20 { typed.removeLast() }
    guard typed.elementsEqual(word.utf8) else {
      throw Failure(.badData, "no reboot test: the word was not typed, so nothing was done")
    }
    // Whoever reads the explanation takes a while: what was so then need not be so now.
    let test = try plan(Box(roots, system: around.path("/sys")), around)
    let state = try StateFolder(roots)
    try test.begin(roots, state, report)
    Console.write(
      "\nBegun. The box is reset in \(test.least.wholeSeconds) to \(test.bound.wholeSeconds) s. Afterwards: "
        + "watchdog-chain doctor\n")
    return .success
  }

  /// A test that would begin now.
  ///
  /// - Throws: why it may not.
  private static func plan(_ box: Box, _ around: Surroundings) throws(Failure) -> RebootTest {
    let objections = try objections(box, around)
    guard objections.isEmpty, let check = box.links.first(where: { $0.isCheckSolutions }) else {
      throw Failure(.unavailable, "no reboot test: \(objections.joined(separator: "; "))")
    }
    let timeout =
      Doctor.number(box.device.description?.timeout)
      ?? Settings.value(of: .deviceTimeout, box.roots).wholeSeconds
    return RebootTest.beginning(link: check.limit, timeout: .seconds(timeout))
  }

  private static func end(
    _ roots: Roots, _ report: Report, isDry: Bool
  ) throws(Failure) -> ExitCode {
    let box = try Box(roots)
    guard let test = try RebootTest.read(roots), box.waits(for: test) else {
      Console.write("No reboot test is under way.\n")
      return .success
    }
    if isDry {
      Console.write("would end the reboot test that began at \(test.begun.realtime.minute)\n")
      return .success
    }
    let state = try StateFolder(roots)
    // One that has failed has told something that is worth keeping.
    var result = RebootTest.Verdict.ended
    if case .failed(let time) = Doctor.verdict(on: test, box) { result = .failed(time) }
    try test.end(result, roots, state, report)
    Console.write("The reboot test is over: the device is fed again within two seconds.\n")
    return .success
  }

  // MARK: Whether it may be

  /// Why it may not begin; empty when it may.
  private static func objections(
    _ box: Box, _ around: Surroundings
  ) throws(Failure) -> [String] {
    let roots = box.roots
    var all = box.objections
    if ThisProcess.user != 0, roots.isOfBox { all.append("only root can begin one") }
    if box.device.isArmed == nil, box.device.description != nil {
      all.append("the driver of \(box.device.path) does not say that it is armed")
    }
    let holders = box.device.holders
    if let other = holders.first(where: { !$0.isFeeder }) {
      all.append("\(box.device.path) is \(other.words)")
    } else if holders.isEmpty {
      all.append("no kwatchdog-feeder is seen to hold \(box.device.path)")
    }
    if !box.links.contains(where: { $0.isCheckSolutions }) {
      all.append("check-solutions is no link of the chain, so it cannot end the feeding")
    }
    // What is not cleared by the reboot would ask for the next one.
    if let system = try? FileSystem(of: roots.state), !system.isInMemory {
      all.append(
        "\(roots.state) is on a disk, so the box would be rebooted again and again: mount a tmpfs at /run"
      )
    }
    if let system = try? FileSystem(of: roots.data), system.isInMemory || system.isReadOnly {
      all.append(
        "\(roots.data) is not on a disk that can be written to, so nobody would know afterwards")
    }
    for problem in box.problems.prefix(1) {
      all.append("there is a problem (\(problem.name.text)): mend it first")
    }
    if roots.isOfBox, !around.exists(Doctor.crontab), !around.exists(Doctor.timer) {
      all.append("there is no \(Doctor.crontab), so the chain may not come back with the box")
    }
    if let test = try RebootTest.read(roots), box.waits(for: test) {
      all.append("end that one first: watchdog-chain doctor --reboot-test --end")
    }
    return all
  }

  // MARK: Explaining

  private static func explain(_ test: RebootTest, _ box: Box, _ around: Surroundings) {
    var page = Page(style: Style())
    let device = box.device.description?.identity?.printable ?? box.device.path
    page.write("The watchdog device will reboot this box, to see that it does.", .head)
    page.writeColumns(
      "",
      "From now on check-solutions is not alive any more, so after some seconds nobody feeds the device (\(device)), "
        + "and it resets the box in \(test.least.wholeSeconds) to \(test.bound.wholeSeconds) s.")
    page.writeColumns(
      "",
      "That is as when the power fails: no program is asked to end, and what is not on the disk is lost. Somebody "
        + "should be able to reach the box in another way, in case that it does not come back.")
    page.writeColumns(
      "",
      "It does not count as a reboot of the ladder. Until the reset it can be taken back: watchdog-chain doctor "
        + "--reboot-test --end")
    for line in (around.contents("/etc/crypttab") ?? []).split(separator: 0x0A) {
      let words = line.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 })
      guard let name = words.first, name.first != 0x23 else { continue }
      if words.count < 3 || words[2].elementsEqual("none".utf8) || words[2].elementsEqual([0x2D]) {
        page.writeColumns(
          "",
          "The disk \(printable(Array(name))) may wait for a passphrase at boot (/etc/crypttab): then the box does not "
            + "come back before somebody types it.", .bad)
      }
    }
    if box.device.isSoftware == true {
      page.writeColumns(
        "", "The device is software: this does not show what happens when the kernel hangs.")
    }
    Console.write(page.text)
  }
}

extension Link {
  fileprivate var isCheckSolutions: Bool { tool.text.isEqual(to: "check-solutions") }
}

extension Box {
  /// Whether it waits for its device because of this test.
  fileprivate func waits(for test: RebootTest) -> Bool {
    rebootDue != nil && test.boot.isEqual(to: Boot.name())
  }
}

extension Doctor {
  /// What came of a test, as far as can be known.
  static func verdict(on test: RebootTest, _ box: Box) -> RebootTest.Verdict {
    let booted = box.now.realtime - Clock.sinceBoot
    var evidence = RebootTest.Evidence(
      now: box.now, boot: Boot.name(), booted: booted,
      endedInOrder: LoginRecords.lastBootEndedInOrder(boot: booted), isDue: box.rebootDue != nil,
      working: begunToWork(box, since: booted))
    // Where nobody looked in the boot after the test, but something happened in it, its lines say when it began.
    let next = box.incidents.first {
      !$0.boot.utf8.isEmpty && !$0.boot.isEqual(to: test.boot) && $0.time >= test.begun.realtime
    }
    if let next, let uptime = next.uptime, !next.boot.isEqual(to: evidence.boot) {
      evidence.booted = next.time - uptime
      evidence.endedInOrder = nil
      evidence.working = nil
    }
    return test.verdict(evidence)
  }

  /// When the chain was at work after boot; nil when it began anew since, which is then long after.
  private static func begunToWork(_ box: Box, since booted: Duration) -> Duration? {
    guard let state = try? StateFolder.toLookAt(box.roots),
      let look = try? VigilPeek(of: "check-solutions", in: state, at: box.now).look,
      look.broken == nil
    else { return nil }
    let began = box.now.realtime - (look.vigil.watched - look.vigil.begun)
    return began - booted < .seconds(300) ? began : nil
  }

  mutating func lookAtRebootTest() throws(Failure) {
    guard var test = try RebootTest.read(roots) else {
      if !isMarkOnly {
        find(
          .remark, "reboot test",
          "there was none yet: only watchdog-chain doctor --reboot-test shows that the device really reboots this box"
        )
      }
      return
    }
    let verdict = Doctor.verdict(on: test, box)
    tell(verdict, of: test)
    if case .running = verdict { return }
    if test.result != verdict {
      // Later boots cannot know any more what came of it. Who may not write leaves it to the next.
      test.result = verdict
      try? test.keep(roots)
    }
  }

  private mutating func tell(_ verdict: RebootTest.Verdict, of test: RebootTest) {
    let begin = "that of \(test.begun.realtime.minute)"
    let again = "run watchdog-chain doctor --reboot-test again"
    switch verdict {
    case .running(let rest):
      find(
        .remark, "reboot test",
        "under way: the device resets the box within \(rest.wholeSeconds) s (--reboot-test --end takes it back)"
      )
    case .failed(let time):
      let end = box.waits(for: test) ? "--reboot-test --end lets it be fed again, and " : ""
      find(
        .todo, "reboot test",
        "\(begin) failed: \(time.short) later the box had not been reset, within \(test.bound.wholeSeconds) s it should "
          + "have been: \(end)the box needs another driver or device")
    case .ended: find(.remark, "reboot test", "\(begin) was ended by a person: \(again)")
    case .inOrder:
      find(
        .remark, "reboot test",
        "\(begin) shows nothing: the box was shut down in order meanwhile: \(again)")
    case .early(let time):
      find(
        .remark, "reboot test",
        "\(begin) shows nothing: the box was reset after \(time.short) already, by something else: \(again)"
      )
    case .late(let time):
      find(
        .todo, "reboot test",
        "\(begin) failed, or nobody looked afterwards: the first boot after it that is known of began \(time.short) later, "
          + "instead of within \(test.bound.wholeSeconds) s: \(again)")
    case .worked(nil, _):
      find(
        .fine, "reboot test",
        "\(begin) worked: the box was reset (after how long the clock does not tell)")
    case .worked(let took?, let working):
      let words = working.map { ", and the chain was at work after \($0.short)" } ?? ""
      find(
        .fine, "reboot test",
        "\(begin) worked: the box was reset, and booted after \(took.short)\(words)")
    }
  }
}
