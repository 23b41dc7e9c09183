#define _GNU_SOURCE
#include "CLinux.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static int count;
static char **words;

// glibc hands argc, argv and envp to constructor functions, in dynamic and in static programs.
__attribute__((constructor)) static void keep_arguments(int argc, char **argv, char **envp) {
  (void)envp;
  count = argc;
  words = argv;
}

int clinux_argc(void) { return count; }
char **clinux_argv(void) { return words; }

const void *clinux_find(const void *bytes, size_t count, const void *wanted, size_t length) {
  return memmem(bytes, count, wanted, length);
}

int clinux_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int clinux_status_as_known(int folder, const char *name, struct stat *status) {
  struct statx known;
  if (statx(folder, name, AT_STATX_DONT_SYNC, STATX_TYPE | STATX_INO, &known) != 0) return -1;
  memset(status, 0, sizeof *status);
  status->st_mode = known.stx_mode;
  status->st_ino = known.stx_ino;
  status->st_dev = makedev(known.stx_dev_major, known.stx_dev_minor);
  status->st_rdev = makedev(known.stx_rdev_major, known.stx_rdev_minor);
  return 0;
}

int clinux_try_to_lock_byte(int fd, int64_t byte) {
  struct flock64 lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
  return fcntl(fd, F_OFD_SETLK, &lock);
}
