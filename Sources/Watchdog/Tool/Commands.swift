import LinuxCalls

/// The command lines of the tools. They stand together, and not in the tools, because watchdog-chain completes
/// them in a shell, and the manuals are held against them. A tool holds only its own: what an executable does not
/// use is not linked into it.
extension Command {
  /// beat(1).
  public static let beat = Command(
    name: Tool.beat.name,
    usage: ["NAME...", "[--limit SECONDS] NAME... -- COMMAND..."],
    summary: """
      Lets hearts beat: sets the date of /run/watchdog/beats/NAME to now. With a COMMAND they beat only when that
      succeeds, so any command that checks a program will do; then the exit code is the command's.
      """,
    options: [
      .init("limit", value: "SECONDS", "kill COMMAND after that many seconds (10)"),
      .init("dry-run", "say what would be done, and do nothing"),
    ])

  /// mark-problems(8).
  public static let markProblems = Command(
    name: Tool.markProblems.name,
    usage: ["[--dry-run]", "--mark NAME [--detector WHO] WHY"],
    summary: """
      Compares every heart in /etc/watchdog/hearts with its beat in /run/watchdog/beats, and every process
      in /run/watchdog/pids with what runs. Each that is late or gone becomes a file in
      /run/watchdog/problems. Run each second.
      """,
    options: [
      .init("mark", value: "NAME", "note a problem that something else detected"),
      .init("detector", value: "WHO", "what detected it (mark-problems --mark)"),
      .init("dry-run", "say what would be done, and do nothing"),
    ])

  /// solve-problems(8).
  public static let solveProblems = Command(
    name: Tool.solveProblems.name,
    usage: ["[--dry-run]", "--solve NAME", "--solved NAME [HOW]"],
    summary: """
      Begins to solve each problem in /run/watchdog/problems: runs /etc/watchdog/solutions/NAME or, if there is
      none, ends the program of that heart and starts /etc/watchdog/programs/NAME. A heart's problem is over when
      the heart beats after that; until then another attempt follows after 1, 2, 4, ... 60 seconds. Run each second.
      """,
    options: [
      .init("solve", value: "NAME", "solve this problem now, and wait for the result"),
      .init("solved", value: "NAME", "note that something else has solved or restarted it"),
      .init("dry-run", "say what would be done, and do nothing"),
    ])

  /// check-solutions(8).
  public static let checkSolutions = Command(
    name: Tool.checkSolutions.name,
    usage: ["[--dry-run]"],
    summary: """
      Exits at once when /run/watchdog/problems is empty. When a problem has been unsolved for longer than
      /etc/watchdog/solve-within, runs /etc/watchdog/restart-system. If that does not help, has the watchdog
      device reboot the box; if that does not help, lets the box rest. Run each second.
      """,
    options: [
      .init("dry-run", "say what would be done, and do nothing")
    ])

  /// run-stamped(8).
  public static let runStamped = Command(
    name: Tool.runStamped.name,
    usage: [
      "[--user USER] [--log FILE | --keep-output] [--keep-input] [--keep-environment] [--background] NAME",
      "[OPTIONS] NAME -- COMMAND...",
    ],
    summary: """
      Becomes COMMAND, or /etc/watchdog/programs/NAME, as the program of the heart NAME. Notes when it was
      started and as which process, and marks it and all that it starts with this boot's stamp, so that
      kill-stamped finds them.
      """,
    options: [
      .init("user", value: "USER", "run it as USER, by name or number"),
      .init(
        "log", value: "FILE",
        "where its output goes (NAME.log in /var/log/watchdog or WATCHDOG_LOGS)"
      ),
      .init("keep-output", "send its output where that of run-stamped goes"),
      .init("keep-input", "take its input from that of run-stamped (/dev/null)"),
      .init(
        "keep-environment", "pass on the environment, directory and descriptors (a clean start)"),
      .init("background", "start it in a session of its own, and exit when it runs"),
      .init("dry-run", "say what would be done, and do nothing"),
    ])

  /// kill-stamped(8).
  public static let killStamped = Command(
    name: Tool.killStamped.name,
    usage: ["[--grace SECONDS] [--leave-marked] [--dry-run] [NAME]"],
    summary: """
      Ends everything that run-stamped started since boot, or started for the heart NAME, and all that this
      started in turn: end-signal (TERM), some seconds, KILL, and again until nothing is left. Names the
      processes that do not end.
      """,
    options: [
      .init(
        "grace", value: "SECONDS", "time before KILL (of/NAME/grace, /etc/watchdog/grace, else 1)"
      ),
      .init("leave-marked", "leave alone programs with last-step mark, as restart-system does"),
      .init("dry-run", "say what would be ended and why, and do nothing"),
    ])

  /// kwatchdog-feeder(8).
  public static let feeder = Command(
    name: Tool.feeder.name,
    usage: ["[--arm] [--lifetime SECONDS]", "--once", "--disarm", "--shutdown", "--boot"],
    summary: """
      Feeds the watchdog device once a second while every tool named in /etc/watchdog/chain is alive, for two
      minutes. If one is not alive, it feeds no more, and the device reboots the box. Start it each minute: then
      two live at any time, and the younger takes the open device over from the older. After repeated resets
      because the chain was stale, it arms the device only 2, 10 or 60 minutes after boot.
      """,
    options: [
      .init("arm", "open the device at once, even if the chain is stale"),
      .init("disarm", "stop the device until --arm or a reboot"),
      .init("shutdown", "have the device wait while the box shuts down"),
      .init("boot", "arm it early in the boot, until the chain is alive"),
      .init("once", "feed once and exit"),
      .init("lifetime", value: "SECONDS", "live for that long (120)"),
      .init("dry-run", "say what would be done, and do nothing"),
    ])

  /// each-second(8).
  public static let eachSecond = Command(
    name: Tool.eachSecond.name,
    usage: ["[--limit SECONDS] [--lifetime SECONDS] TOOL..."],
    summary: """
      Runs each TOOL at each second, for two minutes. Start it each minute: then two live at any time, the
      older one works, and the younger stands by. A TOOL is a path, or the name of a tool beside each-second
      or in PATH.
      """,
    options: [
      .init("limit", value: "SECONDS", "kill a TOOL that runs for longer (10)"),
      .init("lifetime", value: "SECONDS", "live for that long (120)"),
      .init("dry-run", "say what would be done, and do nothing"),
    ])

  /// All of them, in the order of the chain.
  public static var tools: [Command] {
    [
      beat, markProblems, solveProblems, checkSolutions, feeder, eachSecond, runStamped,
      killStamped,
    ]
  }
}
