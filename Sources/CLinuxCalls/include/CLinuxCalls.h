// The C library as this project uses it. Embedded Swift has no Glibc module, so this is the one place
// where C is named, in both builds. Declarations only, and wrappers for what Swift cannot call itself:
// variadic functions, macros with arguments, and globals such as errno and optarg.

#pragma once

// Elsewhere one sentence is said, and not what each of these headers lacks.
#ifndef __linux__
#error "CrashSafe and the tools of watchdog-chain are for Linux only; depend on Heart alone where this is not Linux"
#else

// On 32 bits glibc's own choice are files of up to 2 GB, and a time that ends in 2038: lseek, stat, fcntl, utimensat and
// clock_gettime would fail, or tell half. Elsewhere these change nothing, and musl has no others.
#if __SIZEOF_POINTER__ == 4
#define _FILE_OFFSET_BITS 64
#define _TIME_BITS 64
#endif

// Without _GNU_SOURCE, or the structures declared here would differ from those of Swift's Glibc module, and no
// file could import both. What needs it stands in CLinuxCalls.c.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <grp.h>
#include <limits.h>
#include <linux/watchdog.h>
#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

/// argc and argv: Embedded Swift has no CommandLine, so a constructor function keeps them (CLinuxCalls.c).
int clinux_argc(void);
char **clinux_argv(void);

static inline int clinux_errno(void) { return errno; }

/// memmem(3).
const void *clinux_find(const void *bytes, size_t count, const void *wanted, size_t length);

/// pipe2(2) with O_CLOEXEC.
int clinux_pipe(int ends[2]);

/// The environment of this process (environ(7)).
char **clinux_environment(void);

/// A pair of sockets by which a descriptor can be handed over (unix(7)), closed when a program is executed.
int clinux_socket_pair(int ends[2]);
/// Sends a number and, unless it is -1, a descriptor.
int clinux_send_descriptor(int socket, int number, int fd);
/// Receives both: 1 when a descriptor came, 0 when there was none, -1 when nothing could be received.
int clinux_receive_descriptor(int socket, int *number, int *fd);

/// From now on, files that this process opens cannot be truncated, by whomever their descriptors are used (landlock(7),
/// LANDLOCK_ACCESS_FS_TRUNCATE of Linux 6.2). -1 where that cannot be had.
int clinux_give_up_truncating(void);

/// O_NOATIME, which glibc declares with _GNU_SOURCE only.
extern const int clinux_no_date;
static inline int clinux_openat(int folder, const char *name, int flags, mode_t mode) {
  return openat(folder, name, flags, mode);
}
static inline int clinux_fcntl(int fd, int command, long argument) { return fcntl(fd, command, argument); }
static inline int clinux_ioctl(int fd, unsigned long request, void *argument) {
  return ioctl(fd, request, argument);
}
/// Memory that this process shares with its copies (mmap(2)); NULL when there is none. MAP_FAILED is a macro that Swift
/// does not see.
static inline void *clinux_share_memory(size_t size) {
  void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? NULL : memory;
}
/// The start of a file, to be waited at (mmap(2)); NULL when there is none. Nobody reads it there: where the file was cut
/// off, the kernel answers EFAULT, and the process would be ended.
static inline void *clinux_map_start(int fd, size_t size) {
  void *memory = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
  return memory == MAP_FAILED ? NULL : memory;
}
static inline ssize_t clinux_getdents64(int fd, void *buffer, size_t size) {
  return syscall(SYS_getdents64, fd, buffer, size);
}

/// fcntl(2) with F_OFD_SETLK: locks one byte for the open file description, or fails at once.
int clinux_try_to_lock_byte(int fd, int64_t byte);
/// fcntl(2) with F_OFD_GETLK: whether somebody else has it locked.
bool clinux_is_byte_locked(int fd, int64_t byte);
/// Gives all of them back.
int clinux_unlock_bytes(int fd);

/// sync_file_range(2): lets the disk begin with what was written, and waits until it has it, in its cache at least.
int clinux_start_writing(int fd);
int clinux_wait_for_writing(int fd);

/// futex(2), shared among processes: waits, for less than a second, while the word is as expected and nobody wakes.
void clinux_wait_at(const void *word, uint32_t expected, long nanoseconds);
void clinux_wake_at(const void *word);

/// Puts a pointer where another one was, and returns that, in one step among all threads.
static inline void *clinux_exchange(void **place, void *pointer) {
  return __atomic_exchange_n(place, pointer, __ATOMIC_ACQ_REL);
}

/// When a record of wtmp was written, CLOCK_REALTIME. With _TIME_BITS=64 a glibc before 2.39 declares more bytes for it on
/// 32 bits than there are (sourceware bug 30701): they follow the session's in all of them.
static inline int64_t clinux_record_seconds(const struct utmp *record) {
#if defined(__GLIBC__) && __SIZEOF_POINTER__ == 4
  uint32_t seconds;
  memcpy(&seconds, &record->ut_session + 1, sizeof seconds);
  return seconds;
#else
  return record->ut_tv.tv_sec;
#endif
}

/// statx(2), which asks no server, in the words of stat(2): mode, inode, device and node only.
int clinux_status_as_known(int folder, const char *name, struct stat *status);

/// Lets every descriptor from `first` on end with exec (close_range(2), Linux 5.11), before that one by one.
void clinux_close_on_exec_from(unsigned first);

/// Closes the descriptors from `first` to `last` (close_range(2), Linux 5.9), before that one by one.
void clinux_close_range(unsigned first, unsigned last);

/// Lets every signal through: one that is blocked stays so across exec.
static inline void clinux_unblock_signals(void) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

/// fork(2), which Swift's importer hides: a program with one thread may call anything in the child. Where SIGCHLD was
/// ignored, which is inherited, it is so no more: the kernel would collect children itself, and all would seem to end well.
pid_t clinux_fork(void);
static inline int clinux_prctl(int option, unsigned long argument) { return prctl(option, argument, 0, 0, 0); }

// Debian 12's glibc has no wrappers for these three under every name, so they are called by number.
static inline int clinux_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0u); }
static inline int clinux_pidfd_getfd(int pidfd, int fd) {
  return (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0u);
}
static inline int clinux_pidfd_send_signal(int pidfd, int signal) {
  return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0u);
}

// The kind of a priority is an enumeration, which Swift would not take for a number.
static inline int clinux_priority(void) { return getpriority(PRIO_PROCESS, 0); }
static inline int clinux_set_priority(int value) { return setpriority(PRIO_PROCESS, 0, value); }

// The functions of musl for these only fail.
static inline int clinux_policy(void) { return (int)syscall(SYS_sched_getscheduler, 0); }
static inline int clinux_set_policy(int policy, int priority) {
  struct sched_param parameters = {.sched_priority = priority};
  return (int)syscall(SYS_sched_setscheduler, 0, policy, &parameters);
}

/// Sends a line to the system's log. Unlike syslog(3) it does not wait for one that has stopped reading: what cannot be
/// sent within 0.1 s is lost, and so is all that this process sends after it.
void clinux_log(const void *line, size_t length);

/// The last error of writing to standard output; 0 while there is none.
int *clinux_output_error(void);

static inline bool clinux_exited(int status) { return WIFEXITED(status); }
static inline int clinux_exit_code(int status) { return WEXITSTATUS(status); }
static inline int clinux_end_signal(int status) { return WTERMSIG(status); }

static inline unsigned clinux_kind(mode_t mode) { return mode & S_IFMT; }
static inline unsigned clinux_major(dev_t device) { return major(device); }
static inline unsigned clinux_minor(dev_t device) { return minor(device); }

static inline void clinux_set_handler(int signal, void (*handler)(int)) {
  struct sigaction action = {.sa_handler = handler};
  sigaction(signal, &action, NULL);
}
static inline void clinux_default_handler(int signal) { clinux_set_handler(signal, SIG_DFL); }
static inline void clinux_ignore(int signal) { clinux_set_handler(signal, SIG_IGN); }

// getopt_long(3) speaks through globals.
static inline int clinux_getopt_long(int argc, char **argv, const char *letters,
                                     const struct option *options, int *index) {
  opterr = 0;
  return getopt_long(argc, argv, letters, options, index);
}
/// Begins with another command line; 0 makes glibc forget the one before.
static inline void clinux_getopt_begin(void) { optind = 0; }
static inline const char *clinux_optarg(void) { return optarg; }
static inline int clinux_optind(void) { return optind; }

// linux/watchdog.h: the requests are macros with a sizeof in them.
static inline unsigned long clinux_WDIOC_GETSUPPORT(void) { return WDIOC_GETSUPPORT; }
static inline unsigned long clinux_WDIOC_GETBOOTSTATUS(void) { return WDIOC_GETBOOTSTATUS; }
static inline unsigned long clinux_WDIOC_SETTIMEOUT(void) { return WDIOC_SETTIMEOUT; }
static inline unsigned long clinux_WDIOC_GETTIMEOUT(void) { return WDIOC_GETTIMEOUT; }
static inline unsigned long clinux_WDIOC_SETPRETIMEOUT(void) { return WDIOC_SETPRETIMEOUT; }
static inline unsigned long clinux_WDIOC_GETPRETIMEOUT(void) { return WDIOC_GETPRETIMEOUT; }
static inline unsigned long clinux_WDIOC_SETOPTIONS(void) { return WDIOC_SETOPTIONS; }

// glibc has enumerations for kinds of sockets, and musl numbers.
static inline int clinux_stream_socket(void) { return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); }

// Their parameters are pointers to a structure that stands for several.
static inline int clinux_bind(int fd, const struct sockaddr_in *address, socklen_t size) {
  return bind(fd, (const struct sockaddr *)address, size);
}
static inline int clinux_getsockname(int fd, struct sockaddr_in *address, socklen_t *size) {
  return getsockname(fd, (struct sockaddr *)address, size);
}

static inline int clinux_terminal_rows(int fd) {
  struct winsize size;
  return ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_row : 0;
}

/// Signals that end a program wait until it asks for them, so that it can tidy up first.
static inline void clinux_hold_end_signals(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGHUP);
  sigprocmask(SIG_BLOCK, &set, NULL);
}
static inline bool clinux_end_signal_waits(void) {
  sigset_t set;
  sigpending(&set);
  return sigismember(&set, SIGINT) || sigismember(&set, SIGTERM) || sigismember(&set, SIGHUP);
}

#endif
