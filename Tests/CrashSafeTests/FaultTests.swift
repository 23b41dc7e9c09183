import Foundation
import TestSupport
import Testing

/// What is there after an operation was disturbed at each of its system calls in turn.
@Suite(.enabled(if: Exerciser.obstacle == nil, Exerciser.comment)) struct FaultTests {
  /// Runs a case again and again, in a new folder each time, with the fault one call later each time.
  ///
  /// - Parameter judge: gets how it ended, what is there, and the folder.
  private func disturb(
    _ one: Case, _ durability: String, _ fault: String,
    _ judge: (Outcome, String, String) throws -> Void
  ) throws {
    let calls = try withScratch { folder in
      try one.prepare(folder)
      let exerciser = Exerciser(
        folder: folder, durability: durability, operation: one.operation)
      let calls = try exerciser.calls()
      #expect(try one.read(folder) == one.new, "undisturbed it does its work")
      return calls
    }
    #expect(calls.count > 5)
    // A close that fails closes all the same, except when strace makes it fail: the descriptor would keep its lock.
    for call in calls where call.name != "close" || fault.hasPrefix("signal") {
      try withScratch { folder in
        try one.prepare(folder)
        let exerciser = Exerciser(
          folder: folder, durability: durability, operation: one.operation)
        let end = exerciser.run(fault, at: call)
        let found = try one.read(folder)
        #expect(found == one.old || found == one.new, "\(call)")
        try judge(end, found, folder)
        try one.goesOn(folder)
      }
    }
  }

  @Test(arguments: Case.all, ["power", "process"])
  func `killed at any call, it leaves the old or the new`(one: Case, durability: String) throws {
    var wasNew = false
    try disturb(one, durability, "signal=KILL") { end, found, _ in
      #expect(end.code == 128 + SIGKILL, "it was not killed: \(end)")
      if wasNew && one.old != one.new { #expect(found == one.new, "what was new became old again") }
      wasNew = found == one.new
    }
  }

  @Test(arguments: Case.all, ["ENOSPC", "EIO", "EDQUOT"])
  func `an error is reported or does not matter`(one: Case, error: String) throws {
    try disturb(one, "power", "error=\(error)") { end, found, folder in
      // Nothing that goes wrong in the kernel may end the program.
      #expect(end.code == 0 || end.code == 1, "\(end)")
      if end.code == 0 { #expect(found == one.new, "it returned, and it has not happened") }
      if end.code == 1 { #expect(end.output.contains("unable to")) }
    }
  }

  @Test(arguments: Case.all)
  func `a signal in between does not matter`(one: Case) throws {
    try disturb(one, "power", "error=EINTR") { end, found, _ in
      #expect(end.code == 0 && found == one.new, "\(end)")
    }
  }
}
