import LinuxCalls

/// What a thread does or waits for, as its state and the function of the kernel that it sleeps in tell (the file wchan of
/// proc(5)). The functions have these names from Linux 5.10 to 6.18.
struct WaitingFor: Equatable {
  let words: String
  /// What is known of it; nil when it waits for nothing, or for what has no row.
  private let row: Row?
  private let isWait: Bool

  init(state: UInt8, wait: String) {
    (words, row, isWait) = WaitingFor.find(state: state, wait: wait)
  }

  /// Whether this is what threads without work do.
  var isUsual: Bool { row?.isUsual ?? false }

  /// Whether it waits for what the first argument of its system call is the number of.
  var isForFile: Bool { isWait && row?.kind != .own && row?.kind != .futex }

  /// Functions in which the kernel waits for many things: which one it is tells the function that called them.
  static func isGeneral(_ wait: String) -> Bool {
    let bytes = Array(wait.utf8)
    return bytes.elementsEqual("wait_woken".utf8) || bytes.starts(with: "do_wait_intr".utf8)
  }

  /// The type of the file systems that it waits for, in /proc/PID/mountinfo; nil for what is none of a server.
  var fileSystem: StaticString? { row?.server }

  /// Whether it waits for nothing.
  var isRunning: Bool { words.isEqual(to: WaitingFor.running) }

  /// Whether it is a lock of its own, or the like.
  var isFutex: Bool { row?.kind == .futex }

  /// Whether it is a lock on a file.
  var isFileLock: Bool { row?.kind == .fileLock }

  /// Where to go on from what the kernel knows; nil where that says enough.
  var hint: StaticString? {
    isRunning || isFutex
      ? "where in its own code, of/NAME/evidence can ask: gdb, jstack or py-spy (watchdog-chain(5))"
      : nil
  }

  private static let running = "running: in a loop?"

  /// "wait for", "are".
  func verb(_ count: Int) -> String {
    isWait ? (count == 1 ? "waits for" : "wait for") : (count == 1 ? "is" : "are")
  }

  static func == (one: WaitingFor, other: WaitingFor) -> Bool { one.words.isEqual(to: other.words) }

  private static func find(state: UInt8, wait: String) -> (words: String, row: Row?, isWait: Bool) {
    switch state {
    case UInt8(ascii: "R"): return (running, nil, false)
    case UInt8(ascii: "T"): return ("stopped by a signal", nil, false)
    case UInt8(ascii: "t"): return ("stopped by a debugger", nil, false)
    case UInt8(ascii: "Z"), UInt8(ascii: "X"): return ("dead", nil, false)
    default: break
    }
    let bytes = Array(wait.utf8)
    for row in Row.all
    where row.beginnings.contains(where: { bytes.starts(with: $0.utf8CodeUnits) }) {
      return ("\(row.words)", row, true)
    }
    let isUnknown = wait.isEqual(to: "-")
    if state == UInt8(ascii: "D") {
      return (isUnknown ? "the kernel (D)" : "the kernel in \(wait) (D)", nil, true)
    }
    return (isUnknown ? "something" : "something in \(wait)", nil, true)
  }
}

/// What can be waited for.
private struct Row {
  let words: StaticString
  /// How the names of the kernel's functions begin.
  let beginnings: [StaticString]
  /// Whether this is what threads without work do.
  var isUsual = false
  var kind = Kind.file
  /// The type of the file systems of that server, in /proc/PID/mountinfo.
  var server: StaticString?

  enum Kind {
    /// What the first argument of the system call is the number of.
    case file
    /// A lock on that.
    case fileLock
    /// A lock of its own, or the like.
    case futex
    /// Nothing else that has a number.
    case own
  }

  init(
    _ words: StaticString, _ beginnings: [StaticString], isUsual: Bool = false,
    _ kind: Kind = .file, server: StaticString? = nil
  ) {
    self.words = words
    self.beginnings = beginnings
    self.isUsual = isUsual
    self.kind = kind
    self.server = server
  }

  /// All of them; the first that fits counts.
  static var all: [Row] {
    [
      Row("a futex: a lock or a condition of its own", ["futex_"], .futex),
      Row("an NFS server", ["nfs", "rpc_wait", "__rpc_", "xprt_"], server: "nfs"),
      Row("a CIFS server", ["cifs", "smb", "wait_for_response"], server: "cifs"),
      Row("a FUSE file system", ["request_wait_answer", "fuse_", "__fuse_"], server: "fuse"),
      Row("a pipe that nobody writes to", ["pipe_read", "anon_pipe_read"]),
      Row("a pipe that nobody reads", ["pipe_write", "anon_pipe_write"]),
      Row("the other end of a FIFO", ["wait_for_partner", "fifo_open"]),
      Row(
        "a file lock", ["flock_lock", "posix_lock", "fcntl_setlk", "locks_lock", "do_lock_file"],
        .fileLock),
      Row(
        "a semaphore or message of System V",
        ["do_semtimedop", "do_msgrcv", "do_msgsnd", "__do_semtimedop"], .own),
      Row("a terminal", ["n_tty_read", "n_tty_write", "tty_wait", "wait_woken_tty"]),
      Row(
        "a disk",
        [
          "io_schedule", "folio_wait", "wait_on_page", "bit_wait_io", "__wait_on_bit", "blk_",
          "rq_qos", "submit_bio_wait", "dm_", "blkdev", "wait_on_buffer", "__wait_on_buffer", "md_",
          "raid", "do_get_request", "bio_queue_enter", "__bio_queue_enter",
        ]),
      Row(
        "a file system",
        [
          "jbd2", "ext4", "xfs", "btrfs", "f2fs", "ubifs", "overlay", "do_sync_work", "sync_inodes",
          "wb_wait", "percpu_rwsem", "sb_start", "__sb_start", "freeze_super",
        ]),
      Row("a lock of the kernel", ["rwsem_down", "__mutex_lock", "mutex_lock", "down_", "__down"]),
      Row(
        "memory",
        ["mem_cgroup", "oom_", "throttle_direct", "balance_dirty", "shrink_", "try_to_free"], .own),
      Row("a child of it to begin (vfork)", ["kernel_clone", "wait_for_vfork"], .own),
      Row("its frozen group", ["do_freezer_trap", "cgroup_freez"], .own),
      Row("an eventfd", ["eventfd_", "do_wait_intr"]),
      Row("a child of it to end", ["do_wait", "kernel_wait4"], isUsual: true, .own),
      Row("a message queue", ["wq_sleep"]),
      Row("a fault of its memory to be handled (userfaultfd)", ["handle_userfault"], .own),
      Row("a timer or signal (timerfd, signalfd)", ["timerfd_", "signalfd_"], isUsual: true),
      Row("changes of files (inotify)", ["inotify_", "fanotify_"], isUsual: true),
      Row(
        "a connection to be answered",
        [
          "inet_stream_connect", "__inet_stream_connect", "inet_wait_for_connect",
          "unix_wait_for_peer",
        ]),
      Row("a connection", ["inet_csk_accept", "inet_csk_wait", "unix_accept"], isUsual: true),
      Row(
        "data from a socket",
        [
          "sk_wait_data", "unix_stream_read", "__skb_wait", "skb_wait", "tcp_recvmsg", "wait_woken",
          "unix_stream_data_wait", "netlink_recv",
        ]),
      Row("room in a socket", ["sk_stream_wait", "sock_alloc_send", "sock_wait_for_wmem"]),
      Row(
        "events (poll)",
        [
          "ep_poll", "do_epoll", "poll_schedule", "do_poll", "do_sys_poll", "do_select",
          "io_cqring",
        ], isUsual: true),
      Row(
        "time to go by (sleep)",
        ["hrtimer_nanosleep", "do_nanosleep", "common_nsleep", "clock_nanosleep"], isUsual: true,
        .own),
      Row(
        "a signal",
        ["do_sigtimedwait", "sigsuspend", "__x64_sys_pause", "__do_sys_pause", "ksys_pause"],
        isUsual: true, .own),
    ]
  }
}

extension StaticString {
  fileprivate var utf8CodeUnits: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
  }
}
