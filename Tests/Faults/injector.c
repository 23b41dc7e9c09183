/* Runs a command and everything that it starts, counts their system calls, and disturbs one of them.

   usage: injector LOG list COMMAND...
          injector LOG FAULT VALUE PROCESS CALL NUMBER COMMAND...

   Processes are numbered as they are forked, from 0, and calls in each of them from 0; what the dynamic loader does is
   not counted. NUMBER is the system call that is meant: where another one has that place, the next of this kind is
   disturbed. A fault is one of
     error VALUE   the call is not made, and fails with this errno; close is made all the same, as Linux does
     short 0       a write takes half of what it is given
     before 0      SIGKILL in place of the call
     after 0       SIGKILL when it has been made
     hang 0        SIGSTOP when it has been made
   After the fault all go on by themselves. LOG gets a line for each call ("PROCESS CALL NUMBER EXECUTABLE PATH"), or
   "hit PID". Exits as the command does, with 128 and the signal where one ended it. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 512 };

struct tracee {
  pid_t pid;
  int number, calls, inside, loading, isTarget, isHit;
  char executable[64];
};

static struct tracee tracees[MOST];
static int count, forked;
static FILE *file;
static const char *fault = "list";
static long value, wantedProcess, wantedCall, wantedNumber;
static int isDone;

static struct tracee *find(pid_t pid) {
  for (int i = 0; i < count; i++)
    if (tracees[i].pid == pid) return &tracees[i];
  if (count == MOST) exit(99);
  struct tracee *new = &tracees[count++];
  *new = (struct tracee){.pid = pid, .number = forked++, .loading = 0};
  new->isTarget = new->number == wantedProcess;
  return new;
}

static void name_executable(struct tracee *t) {
  char path[64], target[4096];
  snprintf(path, sizeof path, "/proc/%d/exe", (int)t->pid);
  ssize_t length = readlink(path, target, sizeof target - 1);
  target[length > 0 ? length : 0] = 0;
  const char *slash = strrchr(target, '/');
  snprintf(t->executable, sizeof t->executable, "%s", slash ? slash + 1 : "?");
}

static void forget(struct tracee *t) { *t = tracees[--count]; }

static void detach(struct tracee *t) {
  ptrace(PTRACE_DETACH, t->pid, 0, 0);
  forget(t);
}

/* The path that a call names, where it names one. */
static void read_path(pid_t pid, struct user_regs_struct *r, char *path, size_t size) {
  unsigned long long from = 0;
  switch (r->orig_rax) {
    case SYS_openat: case SYS_newfstatat: case SYS_unlinkat: case SYS_linkat: case SYS_renameat: case SYS_mkdirat:
    case SYS_utimensat: case SYS_statx: case SYS_fchmodat: case SYS_fchownat: case SYS_mknodat: case SYS_faccessat:
    case SYS_readlinkat: from = r->rsi; break;
    case SYS_open: case SYS_access: case SYS_readlink: case SYS_execve: case SYS_chdir: from = r->rdi; break;
  }
  struct iovec here = {path, size - 1}, there = {(void *)from, size - 1};
  ssize_t length = from ? process_vm_readv(pid, &here, 1, &there, 1, 0) : 0;
  path[length > 0 ? length : 0] = 0;
  path[strcspn(path, "\n")] = 0;
  if (!path[0]) strcpy(path, "-");
}

static void hit(struct tracee *t) {
  isDone = 1;
  t->isHit = 1;
  fprintf(file, "hit %d\n", (int)t->pid);
  fflush(file);
}

static void disturb_entry(struct tracee *t, struct user_regs_struct *r) {
  hit(t);
  if (!strcmp(fault, "before")) kill(t->pid, SIGKILL);
  else if (!strcmp(fault, "short")) r->rdx /= 2;
  else if (!strcmp(fault, "error") && r->orig_rax != SYS_close) r->orig_rax = (unsigned long long)-1;
  else return;
  ptrace(PTRACE_SETREGS, t->pid, 0, r);
}

static void disturb_exit(struct tracee *t, struct user_regs_struct *r) {
  t->isHit = 0;
  if (!strcmp(fault, "after")) kill(t->pid, SIGKILL);
  if (!strcmp(fault, "hang")) syscall(SYS_tgkill, t->pid, t->pid, SIGSTOP);
  if (strcmp(fault, "error")) return;
  r->rax = (unsigned long long)-value;
  ptrace(PTRACE_SETREGS, t->pid, 0, r);
}

static void at_call(struct tracee *t) {
  struct user_regs_struct r;
  if (ptrace(PTRACE_GETREGS, t->pid, 0, &r) != 0) return;
  t->inside = !t->inside;
  if (!t->inside) {
    if (t->isHit) disturb_exit(t, &r);
    return;
  }
  if (t->loading && r.orig_rax != SYS_rt_sigaction) return;
  t->loading = 0;
  int call = t->calls++;
  if (!strcmp(fault, "list")) {
    char path[256];
    read_path(t->pid, &r, path, sizeof path);
    fprintf(file, "%d %d %lld %s %s\n", t->number, call, (long long)r.orig_rax, t->executable, path);
  } else if (!isDone && t->isTarget && call >= wantedCall && (long)r.orig_rax == wantedNumber) {
    disturb_entry(t, &r);
  }
}

/* Returns whether it is traced still. */
static int at_event(struct tracee *t, int event) {
  if (event != PTRACE_EVENT_EXEC) return 1;
  t->loading = 1;
  name_executable(t);
  /* What is watched over is none of ours. */
  if (!strcmp(t->executable, "program")) { detach(t); return 0; }
  return 1;
}

/* Lets a stopped process go on. */
static void go_on(struct tracee *t, int status) {
  int number = WSTOPSIG(status), event = status >> 16, deliver = 0;
  if (number == (SIGTRAP | 0x80)) at_call(t);
  else if (event == PTRACE_EVENT_STOP && number != SIGTRAP) { ptrace(PTRACE_LISTEN, t->pid, 0, 0); return; }
  else if (event) { if (!at_event(t, event)) return; }
  else deliver = number;
  /* Whoever was hit is left when the call is over; the others at once. */
  if (isDone && !t->isHit && !t->inside) {
    ptrace(PTRACE_DETACH, t->pid, 0, deliver);
    forget(t);
    return;
  }
  ptrace(PTRACE_SYSCALL, t->pid, 0, deliver);
}

static pid_t start(char **command) {
  pid_t pid = fork();
  if (pid == 0) {
    setpgid(0, 0);
    raise(SIGSTOP);
    execvp(command[0], command);
    _exit(127);
  }
  int status;
  waitpid(pid, &status, WUNTRACED);
  long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC;
  if (ptrace(PTRACE_SEIZE, pid, 0, options) != 0) { perror("injector: ptrace"); exit(98); }
  struct tracee *first = find(pid);
  first->loading = 1;
  kill(pid, SIGCONT);
  return pid;
}

static int code_of(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

int main(int words, char **argv) {
  int first = words > 2 && !strcmp(argv[2], "list") ? 3 : 7;
  if (words <= first || !(file = fopen(argv[1], "ae"))) return 64;
  fault = argv[2];
  if (first == 7) {
    value = atol(argv[3]); wantedProcess = atol(argv[4]);
    wantedCall = atol(argv[5]); wantedNumber = atol(argv[6]);
  }
  pid_t child = start(argv + first);
  int code = -1, status;
  while (count > 0 || code < 0) {
    pid_t pid = waitpid(-1, &status, __WALL);
    if (pid < 0 && errno == EINTR) continue;
    if (pid < 0) break;
    if (WIFSTOPPED(status)) {
      struct tracee *t = find(pid);
      /* A new process is first seen when it stops itself, or when its parent tells of it. */
      if (!t->executable[0]) name_executable(t);
      go_on(t, status);
      continue;
    }
    for (int i = 0; i < count; i++)
      if (tracees[i].pid == pid) { forget(&tracees[i]); break; }
    if (pid == child) code = code_of(status);
  }
  fclose(file);
  return code < 0 ? 97 : code;
}
