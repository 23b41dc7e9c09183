#define _GNU_SOURCE
#include "CLinuxCalls.h"

#ifdef __linux__

#include <fcntl.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#ifndef STATX_TYPE  // musl has it since 1.2.5
#include <linux/stat.h>
#endif

static int count;
static char **words;

#ifdef __GLIBC__
// glibc hands argc, argv and envp to constructor functions, in dynamic and in static programs.
__attribute__((constructor)) static void keep_arguments(int argc, char **argv, char **envp) {
  (void)envp;
  count = argc;
  words = argv;
}
#else
// musl hands them nothing. The kernel lays argc, the arguments, a null and the environment in a row, so they are counted
// from there: no pointer is as small as argc.
__attribute__((constructor)) static void keep_arguments(void) {
  words = environ - 1;
  while ((long)words[-1] != count) {
    words--;
    count++;
  }
}
#endif

const int clinux_no_date = O_NOATIME;

static void let_go_of(int fd, unsigned how) {
  if (how != 0) fcntl(fd, F_SETFD, FD_CLOEXEC);
  else close(fd);
}
// close_range(2), and where the kernel does not know these words the same for each that /proc names: to ask for all
// numbers that there may be takes seconds on a small box. Without /proc all are asked for, as far as a process has any
// that was not made to have thousands.
static void let_go(unsigned first, unsigned last, unsigned how) {
  if (first > last || syscall(436 /* SYS_close_range */, first, last, how) == 0) return;
  int folder = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) {
    for (unsigned fd = first; fd <= last && fd < 65536; fd++) let_go_of((int)fd, how);
    return;
  }
  _Alignas(struct dirent) char entries[1024];
  for (ssize_t size; (size = clinux_getdents64(folder, entries, sizeof entries)) > 0;) {
    for (ssize_t at = 0; at < size;) {
      struct dirent *entry = (struct dirent *)(entries + at);
      at += entry->d_reclen;
      unsigned fd = (unsigned)atoi(entry->d_name);  // of "." and "..", 0
      if (fd >= first && fd <= last && (int)fd != folder) let_go_of((int)fd, how);
    }
  }
  close(folder);
}
void clinux_close_on_exec_from(unsigned first) { let_go(first, ~0u, 4u /* CLOSE_RANGE_CLOEXEC */); }
void clinux_close_range(unsigned first, unsigned last) { let_go(first, last, 0); }

int clinux_argc(void) { return count; }
char **clinux_argv(void) { return words; }

const void *clinux_find(const void *bytes, size_t count, const void *wanted, size_t length) {
  return memmem(bytes, count, wanted, length);
}

int clinux_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

char **clinux_environment(void) { return environ; }

pid_t clinux_fork(void) {
  static bool hears;
  if (!hears) clinux_default_handler(SIGCHLD);
  hears = true;
  return fork();
}

// Sends to a log of this type of socket; says what that failed with, or 0.
static int send_to_log(int type, const void *line, size_t length) {
  struct sockaddr_un place = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
  struct timeval patience = {.tv_usec = 100000};
  int log = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
  if (log < 0) return errno;
  setsockopt(log, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  int error = 0;
  if (connect(log, (struct sockaddr *)&place, sizeof place) < 0 || send(log, line, length, MSG_NOSIGNAL) < 0) error = errno;
  // What comes in a stream ends with a zero byte.
  if (error == 0 && type == SOCK_STREAM) send(log, "", 1, MSG_NOSIGNAL);
  close(log);
  return error;
}

void clinux_log(const void *line, size_t length) {
  static bool waits;
  if (waits) return;
  int error = send_to_log(SOCK_DGRAM, line, length);
  // As unix-stream of syslog-ng listens, and other readers of lines.
  if (error == EPROTOTYPE) error = send_to_log(SOCK_STREAM, line, length);
  waits = error == EAGAIN;
}

int *clinux_output_error(void) {
  static int error;
  return &error;
}

int clinux_socket_pair(int ends[2]) { return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends); }

// cmsg(3): the union is for its alignment.
union control {
  char bytes[CMSG_SPACE(sizeof(int))];
  struct cmsghdr header;
};

int clinux_send_descriptor(int socket, int number, int fd) {
  struct iovec data = {.iov_base = &number, .iov_len = sizeof number};
  union control control = {{0}};
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
  if (fd >= 0) {
    message.msg_control = &control;
    message.msg_controllen = sizeof control;
    struct cmsghdr *part = CMSG_FIRSTHDR(&message);
    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(part), &fd, sizeof fd);
  }
  return sendmsg(socket, &message, MSG_NOSIGNAL) == sizeof number ? 0 : -1;
}

int clinux_receive_descriptor(int socket, int *number, int *fd) {
  struct iovec data = {.iov_base = number, .iov_len = sizeof *number};
  union control control = {{0}};
  struct msghdr message = {
      .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != sizeof *number) return -1;
  struct cmsghdr *part = CMSG_FIRSTHDR(&message);
  if (!part || part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) return 0;
  memcpy(fd, CMSG_DATA(part), sizeof *fd);
  return 1;
}

int clinux_give_up_truncating(void) {
  // linux/landlock.h, which Debian 11 does not have: struct landlock_ruleset_attr, LANDLOCK_ACCESS_FS_TRUNCATE.
  uint64_t rights = UINT64_C(1) << 14;
  int rules = (int)syscall(444 /* SYS_landlock_create_ruleset */, &rights, sizeof rights, 0u);
  if (rules < 0) return -1;
  int answer = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (answer == 0) answer = (int)syscall(446 /* SYS_landlock_restrict_self */, rules, 0u);
  close(rules);
  return answer;
}

int clinux_status_as_known(int folder, const char *name, struct stat *status) {
  // musl has had a wrapper since 1.2.5 only.
  struct statx known;
  if (syscall(SYS_statx, folder, name, AT_STATX_DONT_SYNC, STATX_TYPE | STATX_MODE | STATX_INO, &known) != 0) return -1;
  memset(status, 0, sizeof *status);
  status->st_mode = known.stx_mode;
  status->st_ino = known.stx_ino;
  status->st_dev = makedev(known.stx_dev_major, known.stx_dev_minor);
  status->st_rdev = makedev(known.stx_rdev_major, known.stx_rdev_minor);
  return 0;
}

static int set_lock(int fd, short kind, int64_t start, int64_t length) {
  struct flock lock = {.l_type = kind, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
  return fcntl(fd, F_OFD_SETLK, &lock);
}
int clinux_try_to_lock_byte(int fd, int64_t byte) { return set_lock(fd, F_WRLCK, byte, 1); }
bool clinux_is_byte_locked(int fd, int64_t byte) {
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
  return fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}
int clinux_unlock_bytes(int fd) { return set_lock(fd, F_UNLCK, 0, 0); }

int clinux_start_writing(int fd) { return sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE); }
int clinux_wait_for_writing(int fd) { return sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WAIT_AFTER); }

void clinux_wait_at(const void *word, uint32_t expected, long nanoseconds) {
  // The kernel's old timespec, whatever the C library takes a time for: SYS_futex has no other one.
  long time[2] = {0, nanoseconds};
  syscall(SYS_futex, word, FUTEX_WAIT, expected, time, NULL, 0);
}
void clinux_wake_at(const void *word) { syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0); }

#if defined(TINY) && __SIZEOF_POINTER__ == 8
// Embedded Swift 6.3 returns the object without its tag bits (mended in swiftlang/swift#91151, July 2026), but declares
// that the argument is returned, on which the code for arm64 and riscv64 relies: a small string loses its kind. These
// take the place of the runtime's weak ones. On 32 bits a string has no such bits.
void *swift_retain_n(void *object, unsigned count);
void *swift_bridgeObjectRetain_n(void *object, unsigned count) {
  if ((long)object >= 0) swift_retain_n((void *)((unsigned long)object & 0x0ffffffffffffff8), count);
  return object;
}
void *swift_bridgeObjectRetain(void *object) { return swift_bridgeObjectRetain_n(object, 1); }
#endif

#endif
