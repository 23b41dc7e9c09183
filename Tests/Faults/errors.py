"""Which errors a system call can fail with, as its manual page names them and as they can come to a tool of this box."""

import re

# What whole families share.
PATH = "EACCES EIO ELOOP ENOENT ENOMEM EROFS"
ROOM = "ENOSPC EDQUOT EIO EROFS"

ERRORS = {
    "openat": "EACCES EINTR EIO ELOOP EMFILE ENFILE ENOENT ENOMEM ENOSPC EROFS ETXTBSY",
    "read": "EINTR EIO EAGAIN ENOMEM",
    "pread64": "EINTR EIO",
    "write": "EINTR EIO ENOSPC EDQUOT EFBIG EPIPE EAGAIN",
    "close": "EINTR EIO ENOSPC",
    "newfstatat": "EACCES EIO ENOENT ENOMEM ELOOP",
    "statx": "EACCES EIO ENOENT ENOMEM ENOSYS",
    "fstatfs": "EINTR EIO ENOSYS",
    "statfs": "EINTR EIO EACCES",
    "getdents64": "EIO ENOENT ENOMEM EINTR",
    "lseek": "EINVAL",
    "linkat": f"EEXIST EMLINK EPERM {PATH} ENOSPC EDQUOT",
    "renameat": f"EBUSY {PATH} ENOSPC EDQUOT",
    "unlinkat": f"EBUSY EPERM {PATH}",
    "mkdirat": f"EEXIST EMLINK {PATH} ENOSPC",
    "mknodat": f"EEXIST {PATH} ENOSPC",
    "symlinkat": f"EEXIST {PATH} ENOSPC",
    "utimensat": f"EPERM {PATH}",
    "fchmod": "EPERM EIO EROFS",
    "fchown": "EPERM EIO EROFS",
    "ftruncate": "EINTR EIO EFBIG",
    "fsync": f"EINTR {ROOM}",
    "fdatasync": f"EINTR {ROOM}",
    "sync_file_range": "EIO ENOMEM ENOSPC",
    "fcntl": "EINTR EAGAIN ENOLCK EMFILE",
    "flock": "EINTR EAGAIN ENOLCK",
    "ioctl": "EIO EINTR ENOTTY EOPNOTSUPP",
    "clone": "EAGAIN ENOMEM",
    "vfork": "EAGAIN ENOMEM",
    "execve": "EACCES EAGAIN EIO EMFILE ENOENT ENOMEM ETXTBSY",
    "wait4": "EINTR ECHILD",
    "pipe2": "EMFILE ENFILE",
    "dup2": "EBUSY EINTR EMFILE",
    "dup3": "EBUSY EINTR EMFILE",
    "mmap": "ENOMEM EAGAIN",
    "poll": "EINTR ENOMEM",
    "ppoll": "EINTR ENOMEM",
    "clock_nanosleep": "EINTR",
    "nanosleep": "EINTR",
    "kill": "EPERM ESRCH",
    "pidfd_open": "EINVAL EMFILE ENFILE ENODEV ENOMEM ESRCH ENOSYS",
    "pidfd_send_signal": "EPERM ESRCH",
    "pidfd_getfd": "EBADF EMFILE EPERM ESRCH ENOSYS",
    "setsid": "EPERM",
    "setpgid": "EACCES EPERM ESRCH",
    "setpriority": "EACCES EPERM",
    "sched_setscheduler": "EINVAL EPERM",
    "prlimit64": "EPERM",
    "prctl": "EINVAL EPERM",
    "close_range": "EMFILE ENOMEM ENOSYS",
    "landlock_create_ruleset": "ENOSYS EOPNOTSUPP",
    "landlock_restrict_self": "E2BIG EPERM",
    "getrandom": "EAGAIN EINTR ENOSYS",
    "chdir": f"{PATH}",
    "access": "EACCES EIO ENOENT",
    "mkdir": f"EEXIST {PATH} ENOSPC",
    "rmdir": f"EBUSY EPERM {PATH}",
    "pwrite64": f"EINTR {ROOM}",
    "socket": "EACCES EMFILE ENFILE ENOBUFS ENOMEM",
    "connect": "EACCES EAGAIN ECONNREFUSED EINTR ENOENT",
    "setsockopt": "ENOMEM EDOM",
    "sendto": "EAGAIN ECONNREFUSED EINTR ENOBUFS ENOTCONN EPIPE",
    "sendmsg": "EAGAIN EINTR ENOBUFS EPIPE",
    "recvmsg": "EAGAIN EINTR ENOMEM",
    "socketpair": "EMFILE ENFILE",
    "setgroups": "ENOMEM EPERM",
    "setresuid": "EAGAIN EPERM",
    "setresgid": "EPERM",
    "readlink": "EACCES EIO ENOENT ENOMEM",
    "readlinkat": "EACCES EIO ENOENT ENOMEM",
}

# What is not there to be taken away, or tells nothing by failing: only killed and held up.
SILENT = {
    "getpid", "getppid", "gettid", "geteuid", "getuid", "getgid", "getegid", "rt_sigaction", "rt_sigprocmask",
    "rt_sigreturn", "rt_sigpending", "umask", "brk", "munmap", "set_robust_list", "exit_group", "getpriority", "uname",
    "sched_yield", "sched_getscheduler", "mprotect", "madvise", "set_tid_address", "rseq", "arch_prctl", "tgkill", "getpgrp", "getsid",
    "getpgid", "getgroups", "restart_syscall", "mremap", "sysinfo", "alarm", "pause",
}


def names_of_calls(header="/usr/include/x86_64-linux-gnu/asm/unistd_64.h"):
    """The names of system calls by their numbers."""
    with open(header, encoding="ascii") as file:
        return {int(number): name for name, number in re.findall(r"#define __NR_(\w+) (\d+)", file.read())}
