import LinuxCalls
import Rules
import Watchdog

extension Field<Box> {
  /// The box.
  static var ofBox: [Field<Box>] { guarding + counts + ladder + boots + parts }

  private static var guarding: [Field<Box>] {
    [
      Field(json: "version") { _ in .number(1) },
      Field(metric: "info", help: "The version of the tools.") { _ in
        .info([.init(name: "version", value: "\(version)")])
      },
      Field(
        json: "guarded", metric: "guarded",
        help: "Whether the device reboots this box when it hangs."
      ) { .flag($0.objections.isEmpty) },
      Field(
        json: "only-marks", metric: "only_marks",
        help: "Whether this box only marks problems, on purpose."
      ) { .flag($0.onlyMarks) },
      Field(json: "objections") { .json(.array($0.objections.map { .string($0.what) })) },
    ]
  }

  /// What Nagios draws.
  private static var counts: [Field<Box>] {
    [
      Field(
        help: "How many hearts there are.", performance: .counted("hearts")
      ) { .number($0.hearts.count) },
      Field(help: "How many are late.", performance: .ill("late")) {
        .number($0.hearts.filter { $0.isLate }.count)
      },
      Field(
        metric: "problems", help: "How many problems there are.", performance: .ill("problems")
      ) { .number($0.problems.count) },
      Field(
        help: "For how long there has been a problem.", performance: .counted("oldest_problem")
      ) { .time($0.problems.first?.age ?? .zero) },
      Field(
        metric: "hearts_passed_over", help: "Hearts whose file has a mistake.",
        performance: .warning("passed_over")
      ) { .number($0.hearts.filter { $0.mistake != nil }.count) },
      Field(
        json: "hold", metric: "hold_remaining_seconds",
        help: "What is left of a hold of the whole box.", performance: .counted("hold"),
        ofNone: .time(.zero)
      ) { $0.hold.map { .time($0.rest) } },
    ]
  }

  private static var ladder: [Field<Box>] {
    [
      Field(json: "hold-reason") { $0.hold.map { .text($0.reason) } },
      Field(json: "reboot-due") { $0.rebootDue.map { .text($0.why) } },
      Field(metric: "reboot_due", help: "Whether a reboot by the watchdog device was decided on.") {
        .flag($0.rebootDue != nil)
      },
      Field(json: "stood-down") { $0.stoodDown.map { .text($0) } },
      Field(
        metric: "stood_down",
        help: "Whether the box rests: only single programs are restarted, nothing is rebooted."
      ) { .flag($0.stoodDown != nil) },
      Field(json: "last-step") { $0.lastStep.map { .text($0) } },
    ]
  }

  private static var boots: [Field<Box>] {
    [
      Field(json: "last-boot") { .json(ofBoot.json(of: $0.lastBoot)) },
      Field(json: "kept-of-last-boot") { $0.keptOfLastBoot.map { .text($0) } },
      Field(
        json: "accepted", metric: "boot_accepted", help: "Whether boot-good accepted this boot."
      ) { $0.isAccepted.map { .flag($0) } },
      Field(json: "not-accepted") { $0.waitsForAcceptance.map { .text($0) } },
      Field(json: "rolled-back") { $0.rolledBack.map { .text($0) } },
      Field(metric: "boot_timestamp_seconds", help: "When this box was booted.") {
        .date($0.lastBoot.date)
      },
      Field(metric: "boot_info", help: "Why this box was booted.") {
        .info([.init(name: "cause", value: "\($0.lastBoot.cause.name)")])
      },
      Field(json: "ladder") { box in
        box.ladder.map { .json(ofLadder.json(of: ($0, box.now))) }
      },
      Field(
        metric: "ladder_restarts",
        help: "Runs of restart-system within restarts-window, in this boot."
      ) { .number($0.ladder?.countOfRestarts(at: $0.now) ?? 0) },
      Field(
        metric: "ladder_reboots", help: "Reboots by the ladder within reboots-window of running."
      ) { .number($0.ladder?.countOfReboots ?? 0) },
      Field(metric: "written_timestamp_seconds", help: "When this was written.") {
        .date($0.now.realtime)
      },
    ]
  }

  private static var parts: [Field<Box>] {
    [
      Field(json: "problems") {
        .json(Field<ProblemState>.ofProblem.json(ofAll: $0.problems))
      },
      Field(json: "hearts") { .json(.array($0.hearts.map { $0.json })) },
      Field(json: "chain") { box in
        .json(.array(box.links.map { Field<LinkNow>.ofLink.json(of: ($0, box.now)) }))
      },
      Field(json: "device") { .json(ofDevice.json(of: $0)) },
    ]
  }

  /// Its watchdog device.
  static var ofDevice: [Field<Box>] {
    [
      Field(json: "path") { .text($0.device.path) },
      Field(
        metric: "device_present", help: "Whether there is a watchdog device where it should be."
      ) { .flag($0.device.description != nil) },
      Field(json: "identity") {
        $0.device.description?.identity.map { .text($0.printable) }
      },
      Field(json: "software") { $0.device.isSoftware.map { .flag($0) } },
      Field(metric: "device_info", help: "The watchdog device.") { box in
        .info([
          .init(name: "path", value: box.device.path),
          .init(
            name: "identity", value: (box.device.description?.identity ?? "").printable),
          .init(name: "software", value: box.device.isSoftware == true ? "true" : "false"),
        ])
      },
      Field(json: "state") { $0.device.description?.state.map { .text($0.printable) } },
      Field(metric: "device_armed", help: "Whether it counts down.") {
        .flag($0.device.isArmed ?? false)
      },
      Field(json: "timeout") { $0.device.description?.timeout.map { .text($0.printable) } },
      Field(metric: "device_timeout_seconds", help: "How long it waits for food.") {
        $0.device.description?.seconds.map { .number(Int($0)) }
      },
      Field(json: "nowayout") { $0.device.description?.nowayout.map { .flag($0) } },
      Field(
        json: "disarmed", metric: "device_disarmed", help: "Whether an administrator stopped it."
      ) { .flag($0.isDisarmed) },
      Field(json: "holders") { box in
        .json(Field<Holder>.ofHolder.json(ofAll: box.device.holders))
      },
    ]
  }

  private static var ofBoot: [Field<LastBoot>] {
    [
      Field<LastBoot>(json: "date") { .date($0.date) },
      Field<LastBoot>(json: "cause") { .text("\($0.cause.name)") },
      Field<LastBoot>(json: "why") { .text($0.words) },
    ]
  }

  private static var ofLadder: [Field<(LadderState, Moment)>] {
    typealias Row = Field<(LadderState, Moment)>
    return [
      Row(json: "restarts") { .number($0.countOfRestarts(at: $1)) },
      Row(json: "restarts-before-reboot") { state, _ in .number(state.ladder.restartsBeforeReboot)
      },
      Row(json: "reboots") { state, _ in state.countOfReboots.map { .number($0) } },
      Row(json: "reboots-uncounted") { state, _ in state.whyUncounted.map { .text($0) } },
      Row(json: "reboots-before-standing-down") { state, _ in
        .number(state.ladder.rebootsBeforeStandingDown)
      },
    ]
  }

}

extension Field<Holder> {
  fileprivate static var ofHolder: [Field<Holder>] {
    [
      Field(json: "process") { .number(Int($0.pid)) },
      Field(json: "program") { .text($0.program.printable) },
    ]
  }
}
