import Foundation
import TestSupport
import Testing

/// The detectors of etc/watchdog/detectors.available that believe what another supervisor or monitor says.
@Suite struct BelievingDetectorTests: DetectorScriptSuite {
  @Test(arguments: [(0, 0), (1, 0), (2, 2), (3, 3)])
  func `a plugin of Nagios`(answer: Int, code: Int32) async throws {
    try await with { world in
      try world.put("echo 'LOAD is \(answer)'; exit \(answer)\n", at: "etc/of/nagios/command")
      let outcome = run("nagios", world)
      #expect(outcome.code == code && outcome.output == "LOAD is \(answer)\n")
    }
  }

  @Test func `a unit that says no more that it lives, whatever the clocks do`() async throws {
    try await with { world in
      func look(_ stamp: String, _ state: String = "active", load: String = "loaded") throws
        -> Outcome
      {
        try command(
          "systemctl",
          """
          printf 'LoadState=\(load)\\nActiveState=\(state)\\nSubState=dead\\n'
          echo 'WatchdogTimestampMonotonic=\(stamp)'
          """, world)
        return run("service", world)
      }
      for stamp in ["7", "7", "8", "8"] { #expect(try look(stamp).code == 0) }
      let outcome = try look("8")
      #expect(
        outcome.output
          == "service has not said that it lives (WATCHDOG=1) from one look to the next, 3 times in a row\n"
      )
      #expect(outcome.code == 1)
      #expect(try look("9").code == 0, "it goes on")
      for _ in 0..<4 { #expect(try look("0").code == 0, "no WatchdogSec=") }
      #expect(try look("9", "activating").code == 0)
      #expect(try look("9", "failed").output == "service is failed (dead)\n")
      #expect(
        try look("0", "inactive", load: "not-found").output.hasPrefix(
          "systemctl tells nothing of service: LoadState=not-found "))
    }
  }

  @Test(arguments: [
    ("running ", 0, 0, ""), ("running healthy\nfine", 0, 0, ""), ("running starting", 0, 0, ""),
    (
      "running unhealthy\nfine\n\nconnection refused\n", 0, 1,
      "web1 is unhealthy: connection refused\n"
    ),
    ("exited ", 0, 1, "web1 is exited\n"),
    ("no such\ncontainer", 1, 1, "podman tells nothing of web1: no such container\n"),
  ])
  func `a container by its health`(
    answer: String, failure: Int, code: Int32, words: String
  ) async throws {
    try await with { world in
      try world.put("web1\n", at: "etc/of/container/container")
      try world.put("podman\n", at: "etc/of/container/engine")
      try command(
        "podman", "[ \"$6\" = web1 ] || exit 9; printf '%s' '\(answer)'; exit \(failure)", world)
      let outcome = run("container", world)
      #expect(outcome.code == code && outcome.output == words, "\(outcome)")
    }
  }

  @Test(arguments: [
    ("g:web  RUNNING   pid 7, uptime 0:00:05\ng:two  STARTING", 0, ""),
    (
      "g:web  RUNNING   pid 7\ng:bad  FATAL   Exited too quickly", 1,
      "g:bad FATAL Exited too quickly"
    ),
    ("unix:///run/supervisor.sock no such file", 1, "unix:///run/supervisor.sock no such file"),
    ("nope: ERROR (no such process)", 1, "nope: ERROR (no such process)"), ("", 1, "nothing"),
  ])
  func `a program of supervisord`(answer: String, code: Int32, words: String) async throws {
    try await with { world in
      try command("supervisorctl", "printf '%s' '\(answer)'", world)
      let outcome = run("supervisord", world)
      #expect(outcome.code == code)
      #expect(outcome.output == (code == 0 ? "" : "supervisord says: \(words)\n"))
    }
  }

  @Test func `what monit says is not well`() async throws {
    try await with { world in
      // As monit 5.33 prints it.
      try command(
        "monit",
        """
        [ "$*" = "-B summary" ] || { echo "Service '$3' not found" >&2; exit 1; }
        echo 'Monit 5.33.0 uptime: 0m'
        echo ' Service Name                     Status                      Type          '
        echo ' vm                               OK                          System        '
        [ ! -e "$WATCHDOG_STATE/ill" ] ||
          echo ' dead                             Does not exist              Process       '
        echo ' conf                             Not monitored               File          '
        """, world)
      #expect(run("monit", world).code == 0)
      try world.put("", at: "run/ill")
      let outcome = run("monit", world)
      #expect(outcome.code == 1 && outcome.output == "monit says: dead: Does not exist\n")
      try world.put("nope\n", at: "etc/of/monit/service")
      #expect(run("monit", world).output == "monit gave no answer: Service 'nope' not found\n")
    }
  }
}
