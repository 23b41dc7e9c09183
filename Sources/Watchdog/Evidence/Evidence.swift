import LinuxCalls
import Rules

/// What only a program that hangs knows, kept before it is ended: evidence/NAME-TIME.
///
/// It is read by processes of their own, which may hang in /proc or on the disk of a log: the solver waits a
/// second for them, and no longer.
struct Evidence {
  /// How long reading may take.
  static let patience: Duration = .seconds(1)
  /// What becomes of each part, in bytes; together less than `EvidenceStore.largest`.
  private static let shares = (processes: 98_304, stacks: 65_536, around: 32_768, own: 61_440)

  let name: Name
  let roots: Roots
  /// Where /proc is.
  var proc = "/proc"

  /// Reads it. What cannot be had is left out; nothing here keeps a program from being ended.
  ///
  /// - Parameters:
  ///   - processes: those of the program.
  ///   - groups: the control groups that they are in.
  ///   - why: what is wrong with it.
  func all(of processes: [Int32], in groups: [ControlGroup], why: String) -> [UInt8] {
    let head =
      "evidence of \(name.text)\ntime \(Clock.realtime.date)\nwhy \(why.printable)\n"
      + "\(processes.count) processes\n"
    return Array(head.utf8) + read(processes, in: groups) + runOwn(processes)
  }

  // MARK: /proc

  /// Three helpers read at the same time, so that one that hangs takes only its part with it.
  func read(_ processes: [Int32], in groups: [ControlGroup]) -> [UInt8] {
    let deadline = Clock.monotonic + Evidence.patience
    let processesPart = Part(Evidence.shares.processes) { text in
      try? ProcessEvidence(of: processes, proc).write(to: &text)
    }
    let stacks = Part(Evidence.shares.stacks) { text in
      try? ProcessEvidence(of: processes, proc).writeStacks(to: &text)
    }
    let around = Part(Evidence.shares.around) { text in
      let around = SurroundingEvidence(proc: proc)
      if let mount = ControlGroup.Mount.find() {
        for group in groups { around.write(group: group, on: mount, to: &text) }
      }
      around.write(to: &text)
      if let first = processes.first { around.write(mountsOf: first, to: &text) }
      around.write(log: roots.log(of: name), to: &text)
    }
    return processesPart.bytes(until: deadline) + stacks.bytes(until: deadline)
      + around.bytes(until: deadline)
  }

  /// A helper at work.
  struct Part: ~Copyable {
    private let pipe: Descriptor?
    private let limit: Int

    init(_ limit: Int, _ work: (inout EvidenceText) -> Void) {
      self.limit = limit
      // The solver has long gone on by then.
      pipe = try? Helper.start("watchdog-proof", atMost: 3, comesFirst: true) { pipe in
        var text = EvidenceText(to: pipe, atMost: limit)
        work(&text)
        text.line("")
      }
    }

    /// What it has said by then.
    borrowing func bytes(until deadline: Duration) -> [UInt8] {
      switch pipe {
      case .some(let pipe):
        // An empty line is the last thing that it says.
        let bytes = pipe.readUntilEnd(atMost: limit + 1, untilMonotonic: deadline)
        let isWhole =
          bytes.count > limit || bytes == [.newline] || bytes.suffix(2) == [.newline, .newline]
        return isWhole ? bytes : bytes + Array("\n[it did not answer in time: cut off here]\n".utf8)
      case .none: return Array("[no process could be started to read it]\n".utf8)
      }
    }
  }

  // MARK: of/NAME/evidence

  /// What an executable of one's own says about these processes.
  private func runOwn(_ processes: [Int32]) -> [UInt8] {
    let path = "\(roots.config)/of/\(name.text)/\(Evidence.file)"
    guard (try? FileStatus.at(path)) != nil else { return [] }
    var bytes = Array("[of/\(name.text)/\(Evidence.file)]\n".utf8)
    do throws(Failure) {
      let limit = Settings.value(of: .evidenceTime, for: name, roots)
      let run = try BoundedRun(
        [path] + processes.prefix(100).map { "\($0)" }, as: .nothing(about: name), roots,
        within: limit, keeping: Evidence.shares.own)
      bytes += run.words
      if let failure = run.failure { bytes += Array("\n[\(failure)]\n".utf8) }
    } catch {
      bytes += Array("[\(error.sentence)]\n".utf8)
    }
    return bytes
  }

  /// The file of an executable of one's own.
  static let file = "evidence"
}
