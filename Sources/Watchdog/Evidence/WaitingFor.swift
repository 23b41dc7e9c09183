import LinuxCalls

/// What a thread does or waits for, as its state and the function of the kernel that it sleeps in tell (the file wchan of
/// proc(5)). The functions have these names from Linux 5.10 to 6.18.
struct WaitingFor: Equatable {
  let words: String
  /// Whether this is what threads without work do.
  let isUsual: Bool
  private let isWait: Bool

  init(state: UInt8, wait: String) {
    let found = WaitingFor.find(state: state, wait: wait)
    words = found.words
    isUsual = found.isUsual
    isWait = found.isWait
  }

  /// Whether it waits for what the first argument of its system call is the number of.
  var isForFile: Bool {
    let bytes = Array(words.utf8)
    let others: [StaticString] = [
      "a futex", "a semaphore", "a child", "time", "a signal", "memory", "its frozen", "a fault",
    ]
    return isWait && !others.contains { bytes.starts(with: $0.utf8CodeUnits) }
  }

  /// Functions in which the kernel waits for many things: which one it is tells the function that called them.
  static func isGeneral(_ wait: String) -> Bool {
    let bytes = Array(wait.utf8)
    return bytes.elementsEqual("wait_woken".utf8) || bytes.starts(with: "do_wait_intr".utf8)
  }

  /// The type of the file systems that it waits for, in /proc/PID/mountinfo; nil for what is none of a server.
  var fileSystem: StaticString? {
    words.isEqual(to: "an NFS server")
      ? "nfs"
      : words.isEqual(to: "a CIFS server")
        ? "cifs" : words.isEqual(to: "a FUSE file system") ? "fuse" : nil
  }

  /// Whether it waits for nothing.
  var isRunning: Bool { words.isEqual(to: WaitingFor.running) }

  /// Whether it is a lock of its own, or the like.
  var isFutex: Bool { Array(words.utf8).starts(with: "a futex".utf8) }

  /// Whether it is a lock on a file.
  var isFileLock: Bool { words.isEqual(to: "a file lock") }

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

  private static func find(
    state: UInt8, wait: String
  ) -> (words: String, isUsual: Bool, isWait: Bool) {
    switch state {
    case UInt8(ascii: "R"): return (running, false, false)
    case UInt8(ascii: "T"): return ("stopped by a signal", false, false)
    case UInt8(ascii: "t"): return ("stopped by a debugger", false, false)
    case UInt8(ascii: "Z"), UInt8(ascii: "X"): return ("dead", false, false)
    default: break
    }
    let bytes = Array(wait.utf8)
    for (words, isUsual, beginnings) in known
    where beginnings.contains(where: { bytes.starts(with: $0.utf8CodeUnits) }) {
      return ("\(words)", isUsual, true)
    }
    let isUnknown = wait.isEqual(to: "-")
    if state == UInt8(ascii: "D") {
      return (isUnknown ? "the kernel (D)" : "the kernel in \(wait) (D)", false, true)
    }
    return (isUnknown ? "something" : "something in \(wait)", false, true)
  }

  /// By the beginnings of names; the first that fits counts.
  private static var known: [(words: StaticString, isUsual: Bool, beginnings: [StaticString])] {
    [
      ("a futex: a lock or a condition of its own", false, ["futex_"]),
      ("an NFS server", false, ["nfs", "rpc_wait", "__rpc_", "xprt_"]),
      ("a CIFS server", false, ["cifs", "smb", "wait_for_response"]),
      ("a FUSE file system", false, ["request_wait_answer", "fuse_", "__fuse_"]),
      ("a pipe that nobody writes to", false, ["pipe_read", "anon_pipe_read"]),
      ("a pipe that nobody reads", false, ["pipe_write", "anon_pipe_write"]),
      ("the other end of a FIFO", false, ["wait_for_partner", "fifo_open"]),
      (
        "a file lock", false,
        ["flock_lock", "posix_lock", "fcntl_setlk", "locks_lock", "do_lock_file"]
      ),
      (
        "a semaphore or message of System V", false,
        ["do_semtimedop", "do_msgrcv", "do_msgsnd", "__do_semtimedop"]
      ),
      ("a terminal", false, ["n_tty_read", "n_tty_write", "tty_wait", "wait_woken_tty"]),
      (
        "a disk", false,
        [
          "io_schedule", "folio_wait", "wait_on_page", "bit_wait_io", "__wait_on_bit", "blk_",
          "rq_qos",
          "submit_bio_wait", "dm_", "blkdev", "wait_on_buffer", "__wait_on_buffer", "md_", "raid",
          "do_get_request", "bio_queue_enter", "__bio_queue_enter",
        ]
      ),
      (
        "a file system", false,
        [
          "jbd2", "ext4", "xfs", "btrfs", "f2fs", "ubifs", "overlay", "do_sync_work", "sync_inodes",
          "wb_wait", "percpu_rwsem", "sb_start", "__sb_start", "freeze_super",
        ]
      ),
      (
        "a lock of the kernel", false,
        ["rwsem_down", "__mutex_lock", "mutex_lock", "down_", "__down"]
      ),
      (
        "memory", false,
        ["mem_cgroup", "oom_", "throttle_direct", "balance_dirty", "shrink_", "try_to_free"]
      ),
      ("a child of it to begin (vfork)", false, ["kernel_clone", "wait_for_vfork"]),
      ("its frozen group", false, ["do_freezer_trap", "cgroup_freez"]),
      ("an eventfd", false, ["eventfd_", "do_wait_intr"]),
      ("a child of it to end", true, ["do_wait", "kernel_wait4"]),
      ("a message queue", false, ["wq_sleep"]),
      ("a fault of its memory to be handled (userfaultfd)", false, ["handle_userfault"]),
      ("a timer or signal (timerfd, signalfd)", true, ["timerfd_", "signalfd_"]),
      ("news of files (inotify)", true, ["inotify_", "fanotify_"]),
      (
        "a connection to be answered", false,
        [
          "inet_stream_connect", "__inet_stream_connect", "inet_wait_for_connect",
          "unix_wait_for_peer",
        ]
      ),
      ("a connection", true, ["inet_csk_accept", "inet_csk_wait", "unix_accept"]),
      (
        "words from a socket", false,
        [
          "sk_wait_data", "unix_stream_read", "__skb_wait", "skb_wait", "tcp_recvmsg", "wait_woken",
          "unix_stream_data_wait", "netlink_recv",
        ]
      ),
      ("room in a socket", false, ["sk_stream_wait", "sock_alloc_send", "sock_wait_for_wmem"]),
      (
        "events (poll)", true,
        [
          "ep_poll", "do_epoll", "poll_schedule", "do_poll", "do_sys_poll", "do_select",
          "io_cqring",
        ]
      ),
      (
        "time to go by (sleep)", true,
        ["hrtimer_nanosleep", "do_nanosleep", "common_nsleep", "clock_nanosleep"]
      ),
      (
        "a signal", true,
        ["do_sigtimedwait", "sigsuspend", "__x64_sys_pause", "__do_sys_pause", "ksys_pause"]
      ),
    ]
  }
}

extension StaticString {
  fileprivate var utf8CodeUnits: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
  }
}
