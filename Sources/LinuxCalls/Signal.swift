import CLinuxCalls

/// A signal (signal(7)).
public struct Signal: Equatable, Sendable {
  /// Its number.
  public let number: Int32

  /// The signal of this number.
  public init(_ number: Int32) { self.number = number }

  /// SIGTERM: asks a process to end.
  public static var terminate: Signal { Signal(SIGTERM) }
  /// SIGCONT: lets a stopped process go on.
  public static var resume: Signal { Signal(SIGCONT) }
  /// SIGSTOP: stops a process, which cannot refuse.
  public static var stop: Signal { Signal(SIGSTOP) }
  /// SIGTSTP: stops the processes in the foreground of a terminal, as Ctrl-Z does.
  public static var terminalStop: Signal { Signal(SIGTSTP) }
  /// SIGTTIN: stops a process in the background that reads from its terminal.
  public static var terminalRead: Signal { Signal(SIGTTIN) }
  /// SIGTTOU: stops a process in the background that writes to its terminal.
  public static var terminalWrite: Signal { Signal(SIGTTOU) }
  /// SIGKILL: ends a process, which cannot refuse.
  public static var kill: Signal { Signal(SIGKILL) }

  /// Reads the name of a signal by which a program may be asked to end or to dump itself, with or without SIG, or its
  /// number; nil when there is none. KILL and STOP ask nobody.
  public init?(asking word: [UInt8]) {
    if let number = UInt64(digits: word) {
      let signal = Signal(Int32(clamping: number))
      guard (1...64).contains(number), signal != .kill, signal != .stop else { return nil }
      self = signal
      return
    }
    let name = word.starts(with: "SIG".utf8) ? word.dropFirst(3) : word[...]
    guard let known = Signal.asking.first(where: { name.elementsEqual("\($0.name)".utf8) }) else {
      return nil
    }
    self.init(known.number)
  }

  private static var asking: [(name: StaticString, number: Int32)] {
    [
      ("HUP", SIGHUP), ("INT", SIGINT), ("QUIT", SIGQUIT), ("ABRT", SIGABRT), ("USR1", SIGUSR1),
      ("USR2", SIGUSR2), ("ALRM", SIGALRM), ("TERM", SIGTERM), ("WINCH", SIGWINCH), ("PWR", SIGPWR),
    ]
  }
}
