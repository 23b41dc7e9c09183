/* A program of a heart. It can hold a lock only if no other instance holds it, and takes note of itself. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char path[4096];
static unsigned long long state;

static unsigned chance(unsigned below) {
  state = state * 6364136223846793005ull + 1442695040888963407ull;
  return (unsigned)(state >> 33) % below;
}

static const char *in(const char *world, const char *folder, const char *name) {
  snprintf(path, sizeof path, "%s/%s%s", world, folder, name);
  return path;
}

static void append(const char *file, const char *line) {
  int log = open(file, O_WRONLY | O_APPEND | O_CREAT, 0644);
  if (log < 0 || write(log, line, strlen(line)) < 0) _exit(4);
  close(log);
}

static void hang(void) { for (;;) pause(); }

static void wait_for(unsigned milliseconds) {
  struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
  nanosleep(&time, NULL);
}

/* A process that is left behind. It inherits the lock, and with it is part of the instance. */
static void leave_straggler(int is_deaf) {
  if (fork() != 0) return;
  setsid();
  signal(SIGTERM, is_deaf ? SIG_IGN : SIG_DFL);
  hang();
}

static void die_with_straggler(int number) { (void)number; leave_straggler(1); _exit(1); }

static void fail(void) {
  unsigned dice = chance(100);
  if (dice < 25) _exit(1);
  if (dice < 35) kill(getpid(), SIGKILL);
  if (dice < 50) hang();
  if (dice < 62) { signal(SIGTERM, SIG_IGN); hang(); }
  if (dice < 74) { raise(SIGSTOP); return; }
  if (dice < 88) { leave_straggler(dice & 1); _exit(1); }
  signal(SIGTERM, die_with_straggler);
  if (dice < 94) hang();
}

int main(int count, char **words) {
  if (count == 3 && !strcmp(words[1], "hang")) hang(); /* a restart-system that hangs */
  if (count != 5) return 64;
  const char *name = words[1], *world = words[2];
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  state = strtoull(words[3], NULL, 10) * 1000003 + (unsigned)getpid() * 7919ull + now.tv_nsec;
  chance(2);
  /* Which instance it is stands in the command line, and so in those of its stragglers. */
  snprintf(words[4], strlen(words[4]) + 1, "family=%010d", (int)getpid());

  char line[256], holder[32] = "";
  int lock = open(in(world, "instances/", name), O_RDWR | O_CREAT, 0644);
  if (lock < 0) return 4;
  if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
    if (pread(lock, holder, sizeof holder - 1, 0) < 0) return 4;
    snprintf(line, sizeof line, "%s: process %d was started while one of instance %s was alive\n", name,
             (int)getpid(), holder);
    append(in(world, "two", ""), line);
    return 3;
  }
  if (ftruncate(lock, 0) != 0 || pwrite(lock, line, snprintf(line, sizeof line, "%d", (int)getpid()), 0) < 0)
    return 4;
  snprintf(line, sizeof line, "start %d %s %lld%09ld\n", (int)getpid(), name, (long long)now.tv_sec, now.tv_nsec);
  append(in(world, "started", ""), line);

  int faulty = access(in(world, "faults", ""), F_OK) == 0;
  if (faulty && chance(10) == 0) return 1;
  if (faulty && chance(10) == 0) wait_for(chance(5000));
  for (;;) {
    utimensat(AT_FDCWD, in(world, "run/beats/", name), NULL, 0);
    wait_for(200);
    if (access(in(world, "faults", ""), F_OK) == 0 && chance(12) == 0) fail();
  }
}
