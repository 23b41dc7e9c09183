// pass [stat]: what a look at all processes takes at least: the list, and the environment of each searched for an
// entry; with `stat` that file of each too, which says who is whose parent. Prints nothing.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static char buffer[1 << 17];
static const char wanted[] = "WATCHDOG_STAMP=00000000-0000-8000-8000-000000000000";

static ssize_t get(int proc, const char *pid, const char *file) {
  char path[64];
  snprintf(path, sizeof path, "%s/%s", pid, file);
  int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  ssize_t count = read(fd, buffer, sizeof buffer);
  close(fd);
  return count;
}

int main(int argc, char **argv) {
  int stats = argc > 1 && strcmp(argv[1], "stat") == 0, found = 0;
  int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  static char list[1 << 15];
  long got;
  while ((got = syscall(SYS_getdents64, proc, list, sizeof list)) > 0)
    for (long place = 0; place < got;) {
      unsigned short length;
      memcpy(&length, list + place + 16, sizeof length);
      const char *name = list + place + 19;
      place += length;
      if (*name < '0' || *name > '9') continue;
      ssize_t count = get(proc, name, "environ");
      if (count > 0 && memmem(buffer, (size_t)count, wanted, sizeof wanted)) found++;
      if (stats && get(proc, name, "stat") > 0 && strrchr(buffer, ')') == NULL) found++;
    }
  return found ? 1 : 0;
}
