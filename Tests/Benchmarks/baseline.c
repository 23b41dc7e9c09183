// mark-problems' job as lean as good C is: compares each heart with its beat, keeps its vigil, and notes what is late.
// It has the thresholds, the rule about time and the file layout of the real one, and none of its complaints.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct record {
  unsigned long long inode;
  long long offset;
  unsigned short length;
  unsigned char type;
  char name[];
};

static double seconds(clockid_t id) {
  struct timespec t;
  clock_gettime(id, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}
static int folder(int parent, const char *name) { return openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC); }

int main(void) {
  const char *config = getenv("WATCHDOG_CONFIG"), *state = getenv("WATCHDOG_STATE");
  int etc = folder(AT_FDCWD, config ? config : "/etc/watchdog"), run = folder(AT_FDCWD, state ? state : "/run/watchdog");
  int hearts = folder(etc, "hearts"), beats = folder(run, "beats"), problems = folder(run, "problems");
  int alive = folder(run, "alive");
  if (hearts < 0 || beats < 0 || problems < 0 || alive < 0) return 66;
  double wall = seconds(CLOCK_REALTIME), mono = seconds(CLOCK_MONOTONIC), last = 0, offset = 0, since = wall;
  char line[256];
  int file = openat(alive, "mark-problems", O_RDONLY | O_CLOEXEC);
  if (file >= 0) {
    ssize_t got = read(file, line, sizeof line - 1);
    close(file);
    line[got > 0 ? got : 0] = 0;
    double began;
    if (sscanf(line, "%lf %lf %lf", &last, &offset, &began) == 3 && mono - last <= 5 && mono >= last &&
        wall - mono - offset <= 1 && offset - wall + mono <= 1)
      since = began;
  }
  static char buffer[32768];
  long size;
  while ((size = syscall(SYS_getdents64, hearts, buffer, sizeof buffer)) > 0)
    for (long at = 0; at < size;) {
      struct record *entry = (struct record *)(buffer + at);
      at += entry->length;
      if (entry->name[0] == '.' || entry->type != DT_REG) continue;
      int heart = openat(hearts, entry->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
      struct stat status, beat;
      if (heart < 0 || fstat(heart, &status) < 0) continue;
      ssize_t got = read(heart, line, sizeof line - 1);
      close(heart);
      line[got > 0 ? got : 0] = 0;
      long limit = strtol(line, NULL, 10);
      if (limit < 1) continue;
      double touched = (double)status.st_mtim.tv_sec;
      if (fstatat(beats, entry->name, &beat, AT_SYMLINK_NOFOLLOW) == 0 && beat.st_uid == status.st_uid &&
          beat.st_mtim.tv_sec != 0)
        touched = (double)beat.st_mtim.tv_sec + (double)beat.st_mtim.tv_nsec / 1e9;
      if (touched > wall + 1) touched = 0;
      double age = wall - (touched > since ? touched : since);
      if (age <= (double)limit) continue;
      int problem = openat(problems, entry->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
      if (problem < 0) continue;
      dprintf(problem, "mark-problems\nno beat for %.1f s: the limit is %ld s\n", age, limit);
      close(problem);
    }
  file = openat(alive, ".new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  int length = snprintf(line, sizeof line, "%.9f %.9f %.9f\n", mono, wall - mono, since);
  if (file < 0 || write(file, line, (size_t)length) != length) return 74;
  close(file);
  return renameat(alive, ".new", alive, "mark-problems") == 0 ? 0 : 74;
}
