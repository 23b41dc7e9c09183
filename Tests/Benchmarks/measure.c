// measure ROUNDS COMMAND... [--- COMMAND...]...
//
// Runs the commands in turn, so that whatever else the machine does hits all of them alike, and prints a line for
// each: median and smallest wall time, median processor time (all in microseconds), largest resident set in kB.
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;
enum { most_commands = 16 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}
static double microseconds(struct timeval t) { return (double)t.tv_sec * 1e6 + (double)t.tv_usec; }
static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  if (argc < 3) return 64;
  int rounds = atoi(argv[1]), count = 1;
  char **commands[most_commands] = {&argv[2]};
  for (int i = 2; i < argc; i++)
    if (strcmp(argv[i], "---") == 0 && count < most_commands) {
      argv[i] = NULL;
      commands[count++] = &argv[i + 1];
    }
  double *wall = calloc((size_t)(rounds * count), sizeof *wall), *cpu = calloc((size_t)(rounds * count), sizeof *cpu);
  long largest[most_commands] = {0};
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0);
  for (int round = 0; round < rounds; round++)
    for (int c = 0; c < count; c++) {
      pid_t pid;
      int status;
      struct rusage usage;
      double begun = now();
      if (posix_spawnp(&pid, commands[c][0], &quiet, NULL, commands[c], environ) != 0) {
        fprintf(stderr, "measure: unable to run %s\n", commands[c][0]);
        return 66;
      }
      wait4(pid, &status, 0, &usage);
      wall[c * rounds + round] = now() - begun;
      cpu[c * rounds + round] = microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
      if (usage.ru_maxrss > largest[c]) largest[c] = usage.ru_maxrss;
    }
  for (int c = 0; c < count; c++) {
    double *w = wall + c * rounds, *p = cpu + c * rounds;
    qsort(w, (size_t)rounds, sizeof *w, compare);
    qsort(p, (size_t)rounds, sizeof *p, compare);
    printf("%.1f %.1f %.1f %ld\n", w[rounds / 2], w[0], p[rounds / 2], largest[c]);
  }
  return 0;
}
