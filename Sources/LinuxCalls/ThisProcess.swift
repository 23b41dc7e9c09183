import CLinuxCalls

/// What this process was started with, and how it ends.
public enum ThisProcess {
  /// The words of the command line, with the name that it was called by.
  public static var words: [String] {
    let vector = clinux_argv()
    return (0..<Int(clinux_argc())).compactMap { index in
      vector?[index].map { String(cString: $0) }
    }
  }

  /// A variable of the environment, or nil when it is not set.
  public static func environment(_ name: StaticString) -> String? {
    getenv(name.cString).map { String(cString: $0) }
  }

  /// Sets a variable for this process and those that it starts.
  public static func setEnvironment(_ name: String, _ value: String) { setenv(name, value, 1) }

  /// Takes a variable out of the environment of this process and of those that it starts.
  public static func unsetEnvironment(_ name: String) { unsetenv(name) }

  /// The folder that relative paths begin at (getcwd(3)); the root where that is gone.
  public static var folder: String {
    guard let path = getcwd(nil, 0) else { return "/" }
    defer { free(path) }
    return String(cString: path)
  }

  /// The same path wherever relative paths begin later (chdir(2)).
  public static func absolute(_ path: String) -> String {
    path.utf8.first == .slash ? path : "\(folder)/\(path)"
  }

  /// The user for which the kernel opens files.
  public static var user: UInt32 { geteuid() }

  /// Takes these permissions from each file that is made from now on, and no others (umask(2)).
  public static func withholdFromNewFiles(_ permissions: UInt32) { umask(permissions) }

  /// How large a page of memory is, in bytes.
  public static var pageSize: Int { max(sysconf(Int32(_SC_PAGESIZE)), 1024) }

  /// Leaves the processor to others that wait for it (sched_yield(2)).
  public static func yield() { sched_yield() }

  /// Its number.
  public static var pid: Int32 { getpid() }

  /// Its executable, also when that was replaced or removed meanwhile.
  public static var executable: String {
    let link = "/proc/self/exe"
    guard let bytes = try? Folder(path: "/proc/self").linkTarget(of: "exe") else { return link }
    let path = bytes.text
    return access(path, X_OK) == 0 ? path : link
  }

  /// Lets programs be looked for beside this executable first, and only then where PATH says.
  public static func lookBesideFirst() {
    guard let folder = executableFolder else { return }
    let path = environment("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin"
    if !"\(path):".utf8.starts(with: "\(folder):".utf8) {
      setEnvironment("PATH", "\(folder):\(path)")
    }
  }

  /// The folder that its executable is in, or nil when /proc does not say.
  public static var executableFolder: String? {
    guard let bytes = try? Folder(path: "/proc/self").linkTarget(of: "exe") else { return nil }
    guard let slash = bytes.lastIndex(of: .slash) else { return nil }
    return bytes[..<slash].text
  }

  /// Lets a write to a closed pipe, or beyond the size that files may have here (RLIMIT_FSIZE of setrlimit(2)), fail
  /// instead of killing the process: a tool whose complaint nobody reads any more has still work to do.
  public static func letWritesFail() {
    clinux_ignore(SIGPIPE)
    clinux_ignore(SIGXFSZ)
  }

  /// Gives all signals the effect that they have at login: ignored and blocked ones stay so across exec.
  public static func resetSignals() {
    for signal in 1..<32 where signal != SIGKILL && signal != SIGSTOP {
      clinux_default_handler(Int32(signal))
    }
    clinux_unblock_signals()
  }

  /// Lets standard input come from /dev/null, or where that is missing from a pipe that nobody writes to.
  public static func readNothing() throws(SystemError) {
    let null: Descriptor
    if let device = try unless(.noSuchFile, Descriptor.open("/dev/null", .readWrite)) {
      null = device
    } else {
      null = try Pipe().toRead()
    }
    try readInput(from: null.number)
  }

  /// Opens /dev/null where standard output or standard error is closed: else the first file that a program opens would be
  /// taken for it.
  public static func openMissingOutput() {
    for stream in [STDOUT_FILENO, STDERR_FILENO] where clinux_fcntl(stream, F_GETFD, 0) < 0 {
      if let null = try? Descriptor.openNothing() { dup2(null.number, stream) }
    }
  }

  /// Lets standard input come from an open file, by its number.
  public static func readInput(from file: Int32) throws(SystemError) {
    _ = try check { dup2(file, STDIN_FILENO) }
  }

  /// Lets standard output and standard error go to an open file.
  public static func sendOutput(to file: borrowing Descriptor) throws(SystemError) {
    try sendOutput(to: file.number)
  }

  static func sendOutput(to file: Int32) throws(SystemError) {
    _ = try check { dup2(file, STDOUT_FILENO) }
    _ = try check { dup2(file, STDERR_FILENO) }
  }

  /// Lets standard output and standard error go nowhere when they lead to a file that has no name any more, as they do
  /// under Debian's cron, which mails it when a job is over (tmpfile(3) in its do_command.c). What writes there waits for
  /// the disk of /tmp.
  public static func letGoOfNamelessOutput() {
    for stream in [STDOUT_FILENO, STDERR_FILENO] {
      var status = stat()
      guard fstat(stream, &status) == 0, FileStatus.Kind(mode: status.st_mode) == .file,
        status.st_nlink == 0, let null = try? Descriptor.open("/dev/null", .readWrite)
      else { continue }
      dup2(null.number, stream)
    }
  }

  /// A copy of standard error, by which one can go back to it.
  public static func copyOfErrors() throws(SystemError) -> Descriptor {
    try Descriptor(owning: check { clinux_fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3) })
  }

  /// Becomes another program. A name without a slash is looked for in PATH. What our own command line ends with is
  /// handed on byte for byte, also what is no UTF-8. The corresponding C function is `execvp`.
  ///
  /// - Throws: why it could not be executed; otherwise this does not return.
  public static func execute(_ command: [String]) throws(SystemError) -> Never {
    let first = Int(clinux_argc()) - command.count
    var words = command.enumerated().map { index, word in
      let own = first + index > 0 ? clinux_argv()?[first + index] : nil
      return own.map { String(cString: $0).isEqual(to: word) } ?? false ? own : strdup(word)
    }
    words.append(nil)
    guard let program = words[0] else { throw SystemError.invalidArgument }
    execvp(program, &words)
    throw SystemError.last
  }

  /// Lets standard output and standard error go to the end of a file.
  public static func appendOutput(to path: String) throws(SystemError) {
    try sendOutput(to: Descriptor.open(path, [.write, .append, .create], mode: 0o644))
  }

  /// Ends the process after this many seconds, successfully, whatever it waits for. The corresponding C
  /// function is `alarm`.
  public static func end(after seconds: UInt32) {
    clinux_set_handler(SIGALRM) { _ in _exit(0) }
    // It may have been blocked by whoever started us.
    clinux_unblock_signals()
    alarm(seconds)
  }

  /// Lets the kernel kill this process after this many seconds, also where it waits in the kernel for what only a
  /// deadly signal ends. The corresponding C function is `alarm`.
  public static func die(after seconds: UInt32) {
    clinux_default_handler(SIGALRM)
    alarm(seconds)
  }

  /// Ends at once, as a process does that was only a helper (_exit(2)).
  public static func endNow() -> Never { _exit(0) }

  /// Takes back `end(after:)`.
  public static func endNoMore() { alarm(0) }

  /// Ends the process with this exit code.
  public static func exit(_ code: Int32) -> Never { CLinuxCalls.exit(code) }

  /// Takes out of the environment what is not to be kept. What is kept stays where it is in memory.
  ///
  /// - Parameter isKept: whether a variable of this name is.
  public static func clearEnvironment(keeping isKept: ([UInt8]) -> Bool) {
    guard let environment = clinux_environment() else { return }
    var kept = environment
    var read = environment
    while let entry = read.pointee {
      let length = strcspn(entry, "=")
      let name = UnsafeRawBufferPointer(start: entry, count: length)
      if entry[length] != 0, isKept(Array(name)) {
        kept.pointee = entry
        kept += 1
      }
      read += 1
    }
    kept.pointee = nil
  }

  /// Goes to another folder (chdir(2)).
  public static func go(to folder: String) throws(SystemError) {
    _ = try check(folder) { chdir($0) }
  }

  /// Lets no program that this process becomes have its descriptors from 3 on.
  public static func keepDescriptorsToItself() { clinux_close_on_exec_from(3) }

  /// Leaves the session that it is in, or, as the first of its process group, which cannot, gives up the terminal: one that has
  /// none can put no words into it (TIOCSTI of ioctl_tty(2)).
  public static func leaveSession() {
    if setsid() >= 0 { return }
    if let terminal = try? Descriptor.open("/dev/tty", .readWrite) {
      // The leader of a session that lets go of its terminal is told so by SIGHUP, as all in the foreground are.
      clinux_ignore(SIGHUP)
      _ = clinux_ioctl(terminal.number, UInt(TIOCNOTTY), nil)
    }
  }
}
