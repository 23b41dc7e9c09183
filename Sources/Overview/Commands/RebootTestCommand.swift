import LinuxCalls
import Rules
import Watchdog

/// `watchdog-chain doctor --reboot-test`: the one proof that the device reboots this box.
enum RebootTestCommand {
  /// What is to be typed.
  static let word = "reboot this box"

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    let (roots, around) = (call.roots, call.around)
    if call.has("seconds") { throw call.mistake("--seconds does not go with --reboot-test") }
    if call.has("end") { return try end(call) }
    let box = try Box(roots, system: around.path("/sys"))
    explain(try plan(box, around), box, around)
    if call.isDry { return .success }
    try Typed.confirm(word, orElse: "no reboot test")
    // Reading the explanation takes a while: what was so then need not be so now.
    let test = try plan(Box(roots, system: around.path("/sys")), around)
    try test.begin(roots, StateFolder(roots))
    return call.say(
      "\nBegun. The box is reset in \(test.least.wholeSeconds) to \(test.bound.wholeSeconds) s. Afterwards: "
        + "watchdog-chain doctor")
  }

  /// A test that would begin now.
  ///
  /// - Throws: why it may not.
  private static func plan(_ box: Box, _ around: Outside) throws(Failure) -> RebootTest {
    let objections = RebootTestRules.objections(try wish(box, around))
    guard objections.isEmpty,
      let check = box.links.first(where: { Tool.checkSolutions.isNamed($0.tool) })
    else {
      let words = objections.map { $0.words(at: box.now.realtime) }.joined(separator: "; ")
      throw Failure(.unavailable, "no reboot test: \(words)")
    }
    let timeout =
      box.device.description?.seconds
      ?? Settings.value(of: .deviceTimeout, box.roots).wholeSeconds
    return RebootTest.beginning(link: check.limit, timeout: .seconds(timeout))
  }

  private static func end(_ call: Call) throws(Failure) -> ExitCode {
    let roots = call.roots
    let box = try Box(roots)
    guard let test = try RebootTest.read(roots), box.waits(for: test) else {
      return call.say("No reboot test is under way.")
    }
    if call.isDry {
      return call.say("would end the reboot test that began at \(test.begun.realtime.utc)")
    }
    // One that has failed has told something that is worth keeping.
    var result = RebootTest.Verdict.ended
    if case .failed(let time) = box.verdict(on: test) { result = .failed(time) }
    try test.end(result, roots, StateFolder(roots), call.report)
    return call.say("The reboot test is over: the device is fed again within two seconds.")
  }

  /// What is known before one begins.
  private static func wish(
    _ box: Box, _ around: Outside
  ) throws(Failure) -> RebootTestRules.Wish {
    let test = try RebootTest.read(box.roots)
    return RebootTestRules.Wish(
      box: box, holders: box.device.holders, isRoot: ThisProcess.user == 0,
      isStarted: around.exists(Examination.Starters.crontab)
        || around.exists(Examination.Starters.timer),
      state: try? FileSystem(of: box.roots.state), data: try? FileSystem(of: box.roots.data),
      isUnderWay: test.map { box.waits(for: $0) } ?? false)
  }

  // MARK: Explaining

  private static func explain(_ test: RebootTest, _ box: Box, _ around: Outside) {
    var page = Page(style: Style())
    let device = box.device.description?.identity?.printable ?? box.device.path
    page.write("The watchdog device will reboot this box, to see that it does.", .head)
    page.writeColumns(
      "",
      "From now on check-solutions is not alive any more, so after some seconds nothing feeds the device (\(device)), "
        + "and it resets the box in \(test.least.wholeSeconds) to \(test.bound.wholeSeconds) s.")
    page.writeColumns(
      "",
      "This is like a power failure: no program is asked to exit, and data that is not on the disk is lost. Somebody "
        + "should be able to reach the box in another way, in case it does not come back.")
    page.writeColumns(
      "",
      "It does not count as a reboot of the ladder. To take it back before the reset: watchdog-chain doctor "
        + "--reboot-test --end")
    for line in (around.contents("/etc/crypttab") ?? []).lines {
      let words = line.split(whereSeparator: { $0 == .space || $0 == 0x09 })
      guard let name = words.first, name.first != UInt8(ascii: "#") else { continue }
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
