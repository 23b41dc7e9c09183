// herd N: N processes that sleep. Says "ready" when all are there, and ends them when its input ends.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 2) return 64;
  setpgid(0, 0);
  for (int i = atoi(argv[1]); i > 0; i--) {
    pid_t pid = fork();
    if (pid < 0) return 71;
    if (pid == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      for (;;) pause();
    }
  }
  puts("ready");
  fflush(stdout);
  char byte;
  while (read(0, &byte, 1) > 0) {}
  // Waited for, or they would be counted as processes of the next herd.
  signal(SIGTERM, SIG_IGN);
  kill(0, SIGTERM);
  while (wait(NULL) > 0) {}
  return 0;
}
