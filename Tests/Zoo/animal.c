// usage: animal family MARK REGISTRY SLOT KIND...
//
// Becomes the first KIND of process, with a child of each other KIND. Each writes into its slot of REGISTRY who it is,
// and keeps the file MARK open: by that the test finds it, whatever it did to its name, its environment or its parents.
// Tests/zoo compiles this program and uses it also as a keeper, which looks and never believes what kill-stamped says:
//
//        animal wait REGISTRY COUNT             until so many animals are ready
//        animal gone REGISTRY FIRST-LAST MARK…  none of these slots lives, and nobody who holds a MARK
//        animal unharmed REGISTRY FIRST-LAST…   all of these slots live, are the same, and heard no signal
//        animal list MARK…                      the numbers of those who live and hold a MARK
//        animal finish REGISTRY MARK…           kills those
//        animal look REGISTRY SLOT              what a slot holds
//        animal guard COMMAND…                  runs COMMAND, collects all orphans, and leaves none behind
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { slot_count = 1024, mark_descriptor = 200, lifetime = 900 };

struct slot {
  char kind[16];
  volatile int32_t pid;
  volatile uint32_t ready;
  volatile uint64_t start;
  volatile uint32_t turns;     // generations of a chain, children of a forker, wakings of a stopped one
  volatile uint32_t terms;     // how often it heard TERM
  volatile uint32_t killed;    // children that were killed, though nobody had the right to
  volatile uint32_t finished;  // a slow one came to its end by itself
};

struct registry {
  volatile uint32_t over;  // the round is over: what changes its number all the time ends
  struct slot slots[slot_count];
};

static struct registry *registry;
static struct slot *own;
static const char *mark_path, *registry_path;

static void fail(const char *format, ...) {
  va_list words;
  va_start(words, format);
  fprintf(stderr, "animal: fatal: ");
  vfprintf(stderr, format, words);
  fprintf(stderr, ": %s\n", strerror(errno));
  va_end(words);
  _exit(111);
}

static void pause_for(long milliseconds) {
  struct timespec left = {milliseconds / 1000, milliseconds % 1000 * 1000000};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {}
}

static long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void open_registry(const char *path) {
  int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0 || ftruncate(file, sizeof *registry) != 0) fail("unable to open %s", path);
  registry = mmap(NULL, sizeof *registry, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (registry == MAP_FAILED) fail("unable to map %s", path);
  close(file);
}

// --- What /proc says ---

struct status {
  char state;
  int parent;
  long threads;
  uint64_t start;
};

// What /proc/PID/stat says: false when there is no such process.
static bool read_status(int pid, struct status *status) {
  char path[64], text[1024];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  if (length <= 0) return false;
  text[length] = 0;
  char *rest = strrchr(text, ')');
  unsigned long long start;
  if (rest == NULL ||
      sscanf(rest + 1, " %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %ld %*d %llu",
             &status->state, &status->parent, &status->threads, &start) != 4)
    return false;
  status->start = start;
  return true;
}

static bool lives(const struct status *status) {
  return (status->state != 'Z' && status->state != 'X') || status->threads > 1;
}

// Whether a thread of this process has one of the files open. Its first thread may have ended, and has none then.
static bool holds(int pid, char **marks) {
  char path[64], target[PATH_MAX];
  snprintf(path, sizeof path, "/proc/%d/task", pid);
  DIR *threads = opendir(path);
  if (threads == NULL) return false;
  bool found = false;
  for (struct dirent *entry; !found && (entry = readdir(threads)) != NULL;) {
    if (entry->d_name[0] == '.') continue;
    snprintf(path, sizeof path, "/proc/%d/task/%d/fd/%d", pid, atoi(entry->d_name), mark_descriptor);
    ssize_t length = readlink(path, target, sizeof target - 1);
    if (length < 0) continue;
    target[length] = 0;
    for (char **mark = marks; *mark != NULL; mark++) found = found || strcmp(*mark, target) == 0;
  }
  closedir(threads);
  return found;
}

// Calls `body` for each process that lives and holds one of the files; says how many that were.
static int for_each_holder(char **marks, void (*body)(int pid, const struct status *)) {
  DIR *processes = opendir("/proc");
  if (processes == NULL) fail("unable to open /proc");
  int count = 0;
  for (struct dirent *entry; (entry = readdir(processes)) != NULL;) {
    int pid = atoi(entry->d_name);
    struct status status;
    if (pid <= 0 || pid == getpid() || !holds(pid, marks)) continue;
    if (!read_status(pid, &status) || !lives(&status)) continue;
    count++;
    if (body != NULL) body(pid, &status);
  }
  closedir(processes);
  return count;
}

// --- The animals ---

static void open_mark(const char *path) {
  int file = open(path, O_RDWR | O_CREAT, 0666);
  if (file < 0) fail("unable to open %s", path);
  if (file != mark_descriptor) {
    if (dup2(file, mark_descriptor) < 0) fail("unable to keep %s open", path);
    close(file);
  }
}

static void enter(void) {
  struct status status;
  if (!read_status(getpid(), &status)) fail("unable to read who this is");
  own->pid = getpid();
  own->start = status.start;
}

static void get_ready(void) {
  enter();
  __atomic_store_n(&own->ready, 1, __ATOMIC_SEQ_CST);
}

// Nobody lives longer than that, should the test be killed.
static void rest(void) {
  long end = now() + lifetime * 1000L;
  while (now() < end && access(registry_path, F_OK) == 0) {
    struct timespec left = {60, 0};
    nanosleep(&left, NULL);
  }
  _exit(0);
}

static void overwrite_environment(void) {
  extern char **environ;
  if (environ == NULL || environ[0] == NULL) return;
  char *last = environ[0];
  for (char **entry = environ; *entry != NULL; entry++) last = *entry;
  char *end = last + strlen(last);
  memset(environ[0], 0, (size_t)(end - environ[0]));
  strncpy(environ[0], "animal: worker", (size_t)(end - environ[0]));
  environ[0] = NULL;
}

static void leave_parent(void) {
  pid_t child = fork();
  if (child < 0) fail("unable to fork");
  if (child > 0) _exit(0);
  setsid();
}

static void count_term(int signal) {
  (void)signal;
  own->terms++;
}

static void end_politely(int signal) {
  count_term(signal);
  _exit(0);
}

// Takes half a second to end.
static void end_slowly(int number) {
  (void)number;
  own->terms++;
  pause_for(500);
  own->finished = 1;
  _exit(0);
}

// Asked to end it leaves another one, who does not listen.
static void end_as_hydra(int number) {
  (void)number;
  own->terms++;
  if (fork() != 0) _exit(0);
  signal(SIGTERM, SIG_IGN);
  rest();
}

static void ignore_all(void) {
  signal(SIGTERM, SIG_IGN);
  signal(SIGINT, SIG_IGN);
  signal(SIGHUP, SIG_IGN);
}

// Children that live a few milliseconds each, one after the other.
static void fork_for_ever(int salt) {
  get_ready();
  while (!registry->over && access(registry_path, F_OK) == 0) {
    pid_t child = fork();
    if (child == 0) {
      pause_for(2 + salt % 5);
      _exit(0);
    }
    int result = 0;
    if (child > 0 && waitpid(child, &result, 0) == child && WIFSIGNALED(result)) own->killed++;
    own->turns++;
    pause_for(4);
  }
  _exit(0);
}

// Each generation starts the next and ends: its number changes all the time.
static void descend_for_ever(int salt) {
  leave_parent();
  get_ready();
  while (!registry->over && access(registry_path, F_OK) == 0) {
    pause_for(5 + salt % 6);
    pid_t child = fork();
    if (child > 0) _exit(0);
    if (child < 0) continue;
    enter();
    own->turns++;
  }
  _exit(0);
}

static void *live_without_first_thread(void *nothing) {
  struct status status;
  while (read_status(getpid(), &status) && status.state != 'Z') pause_for(1);
  get_ready();
  rest();
  return nothing;
}

static void end_first_thread(void) {
  pthread_t thread;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 64 * 1024);
  if (pthread_create(&thread, &attributes, live_without_first_thread, NULL) != 0) fail("unable to start a thread");
  pthread_exit(NULL);
}

static void have_zombies(void) {
  for (int count = 0; count < 3; count++) {
    pid_t child = fork();
    if (child == 0) _exit(0);
    siginfo_t end;
    if (child > 0) waitid(P_PID, (id_t)child, &end, WEXITED | WNOWAIT);
  }
}

// A line of descendants who have nothing to show but their parents.
static void have_descendants(int depth) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) fail("unable to make a pipe");
  pid_t child = fork();
  if (child < 0) fail("unable to fork");
  if (child == 0) {
    close(ends[0]);
    if (depth > 1) have_descendants(depth - 1);
    if (write(ends[1], "", 1) != 1) fail("unable to write to a pipe");
    rest();
  }
  close(ends[1]);
  char byte;
  while (read(ends[0], &byte, 1) < 0 && errno == EINTR) {}
  close(ends[0]);
}

// Executes this program again with the stamp far behind in a large environment.
static void be_crowded(void) {
  extern char **environ;
  static char *entries[512];
  static char filler[8192] = "FILLER=";
  memset(filler + 7, 'x', sizeof filler - 8);
  int count = 0;
  while (count < 24) entries[count++] = filler;
  for (char **entry = environ; *entry != NULL && count < 511; entry++) entries[count++] = *entry;
  char slot[16], *kind = "plain";
  snprintf(slot, sizeof slot, "%d", (int)(own - registry->slots));
  char *words[] = {"animal", "family", (char *)mark_path, (char *)registry_path, slot, kind, NULL};
  execve("/proc/self/exe", words, entries);
  fail("unable to execute myself");
}

static const char *const strange_names[] = {") Z 1 ", "a\n(b) Z 1 1 1", "\n) Z 1 (\n", "((]) X 0 0 0"};

// Becomes a process of this kind.
static void live(const char *kind, int slot) {
  own = &registry->slots[slot];
  strncpy(own->kind, kind, sizeof own->kind - 1);
#define IS(word) (strcmp(kind, word) == 0)
  if (IS("plain")) {
  } else if (IS("daemon")) {
    leave_parent();
  } else if (IS("overwritten")) {
    overwrite_environment();
  } else if (IS("line")) {
    overwrite_environment();
    have_descendants(3);
  } else if (IS("lost")) {
    leave_parent();
    overwrite_environment();
  } else if (IS("stopped")) {
    get_ready();
    while (access(registry_path, F_OK) == 0) {
      raise(SIGSTOP);
      own->turns++;
    }
    _exit(0);
  } else if (IS("ignores")) {
    ignore_all();
  } else if (IS("refuses")) {
    signal(SIGTERM, count_term);
  } else if (IS("polite")) {
    signal(SIGTERM, end_politely);
  } else if (IS("slow")) {
    signal(SIGTERM, end_slowly);
  } else if (IS("hydra")) {
    signal(SIGTERM, end_as_hydra);
  } else if (IS("forker")) {
    fork_for_ever(slot);
  } else if (IS("stubborn-forker")) {
    ignore_all();
    fork_for_ever(slot);
  } else if (IS("chain")) {
    descend_for_ever(slot);
  } else if (IS("stubborn-chain")) {
    ignore_all();
    descend_for_ever(slot);
  } else if (IS("lost-chain")) {
    overwrite_environment();
    descend_for_ever(slot);
  } else if (IS("zombies")) {
    have_zombies();
  } else if (IS("threads")) {
    end_first_thread();
  } else if (IS("loose")) {
    leave_parent();
    end_first_thread();
  } else if (IS("named")) {
    prctl(PR_SET_NAME, strange_names[slot % 4]);
  } else if (IS("executes")) {
    get_ready();
    execl("/bin/sleep", "sleep", "900", NULL);
    fail("unable to execute sleep");
  } else if (IS("bare")) {
    get_ready();
    char *nothing[] = {NULL};
    execle("/bin/sleep", "sleep", "900", NULL, nothing);
    fail("unable to execute sleep");
  } else if (IS("session")) {
    setsid();
  } else if (IS("group")) {
    setpgid(0, 0);
  } else if (IS("undumpable")) {
    prctl(PR_SET_DUMPABLE, 0);
  } else if (IS("crowded")) {
    be_crowded();
  } else {
    errno = EINVAL;
    fail("no such kind: %s", kind);
  }
  get_ready();
  rest();
}

static bool leaves(const char *kind) {
  return IS("daemon") || IS("lost") || IS("loose") || IS("chain") || IS("stubborn-chain") || IS("lost-chain");
}

static int family(int count, char **words) {
  if (count < 4) return 64;
  mark_path = words[0];
  registry_path = words[1];
  open_mark(mark_path);
  open_registry(registry_path);
  int slot = atoi(words[2]);
  if (slot < 0 || slot + count - 3 > slot_count) return 64;
  for (int index = 1; index < count - 3; index++) {
    pid_t child = fork();
    if (child < 0) fail("unable to fork");
    if (child == 0) live(words[3 + index], slot + index);
    // Who leaves its parent does so by way of one that ends, and is no zombie of ours.
    if (leaves(words[3 + index])) waitpid(child, NULL, 0);
  }
  live(words[3], slot);
  return 111;
}

// --- The keeper ---

static int wait_ready(int count, char **words) {
  if (count != 2) return 64;
  open_registry(words[0]);
  int wanted = atoi(words[1]);
  long end = now() + 20000;
  while (true) {
    int ready = 0;
    for (int index = 0; index < slot_count; index++) {
      struct slot *slot = &registry->slots[index];
      struct status status;
      if (!slot->ready) continue;
      bool is_stopped = read_status(slot->pid, &status) && status.state == 'T';
      if (strcmp(slot->kind, "stopped") != 0 || is_stopped) ready++;
    }
    if (ready == wanted) return 0;
    if (now() >= end) {
      printf("only %d of %d are ready\n", ready, wanted);
      return 1;
    }
    pause_for(5);
  }
}

static bool changes_number(const struct slot *slot) { return strstr(slot->kind, "chain") != NULL; }
static bool makes_turns(const struct slot *slot) {
  return changes_number(slot) || strstr(slot->kind, "forker") != NULL;
}

static bool same_lives(const struct slot *slot, struct status *status) {
  return read_status(slot->pid, status) && status->start == slot->start && lives(status);
}

static void read_range(const char *word, int *first, int *last) {
  if (sscanf(word, "%d-%d", first, last) != 2 || *first < 0 || *last >= slot_count) {
    errno = EINVAL;
    fail("no range: %s", word);
  }
}

static void tell(int pid, const struct status *status) {
  char path[64], name[64] = "";
  snprintf(path, sizeof path, "/proc/%d/comm", pid);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t length = file < 0 ? 0 : read(file, name, sizeof name - 1);
  if (file >= 0) close(file);
  for (ssize_t index = 0; index < length; index++)
    if (name[index] < ' ' || name[index] > '~') name[index] = '?';
  printf("alive: %d, state %c, %ld threads, parent %d, name %s", pid, status->state, status->threads, status->parent,
         name);
  for (int index = 0; registry != NULL && index < slot_count; index++)
    if (registry->slots[index].pid == pid)
      printf(", slot %d: %s", index, registry->slots[index].kind);
  printf("\n");
}

static int gone(int count, char **words) {
  if (count < 3) return 64;
  int first, last, failures = 0;
  open_registry(words[0]);
  read_range(words[1], &first, &last);
  static uint32_t turns[slot_count];
  for (int index = first; index <= last; index++) turns[index] = registry->slots[index].turns;
  // Twice: one that changes its number may slip through one look.
  for (int look = 0; look < 2 && failures == 0; look++) {
    if (look > 0) pause_for(30);
    failures += for_each_holder(words + 2, tell);
  }
  for (int index = first; index <= last; index++) {
    struct slot *slot = &registry->slots[index];
    struct status status;
    if (!slot->ready) continue;
    if (same_lives(slot, &status)) {
      printf("slot %d (%s, process %d) lives\n", index, slot->kind, slot->pid);
      failures++;
    }
    if (slot->turns != turns[index]) {
      printf("slot %d (%s) goes on\n", index, slot->kind);
      failures++;
    }
  }
  return failures > 0;
}

static int unharmed(int count, char **words) {
  if (count < 2) return 64;
  int failures = 0, seen = 0;
  open_registry(words[0]);
  static uint32_t turns[slot_count];
  static bool meant[slot_count];
  for (int word = 1; word < count; word++) {
    int first, last;
    read_range(words[word], &first, &last);
    for (int index = first; index <= last; index++) {
      struct slot *slot = &registry->slots[index];
      struct status status;
      if (!slot->ready) continue;
      seen++;
      meant[index] = true;
      turns[index] = slot->turns;
      if (!changes_number(slot) && !same_lives(slot, &status)) {
        printf("slot %d (%s, process %d) is gone\n", index, slot->kind, slot->pid);
        failures++;
      } else if (strcmp(slot->kind, "stopped") == 0 && (status.state != 'T' || slot->turns > 0)) {
        printf("slot %d (%s, process %d) was made to go on\n", index, slot->kind, slot->pid);
        failures++;
      } else if (!changes_number(slot) && strcmp(slot->kind, "stopped") != 0 && status.state == 'T') {
        printf("slot %d (%s, process %d) was stopped\n", index, slot->kind, slot->pid);
        failures++;
      }
      if (slot->terms > 0 || slot->killed > 0) {
        printf("slot %d (%s, process %d) heard TERM %u times, and lost %u children\n", index, slot->kind, slot->pid,
               slot->terms, slot->killed);
        failures++;
      }
    }
  }
  long end = now() + 5000;
  for (int index = 0; index < slot_count; index++) {
    struct slot *slot = &registry->slots[index];
    if (!meant[index] || !makes_turns(slot)) continue;
    while (slot->turns == turns[index] && now() < end) pause_for(2);
    if (slot->turns == turns[index]) {
      printf("slot %d (%s, last process %d) goes on no more\n", index, slot->kind, slot->pid);
      failures++;
    }
  }
  if (seen == 0) printf("there was nobody to look at\n");
  return failures > 0 || seen == 0;
}

static void print_number(int pid, const struct status *status) {
  (void)status;
  printf("%d\n", pid);
}

static char **marks_to_finish;
static void kill_holder(int pid, const struct status *status) {
  (void)status;
  int hold = (int)syscall(SYS_pidfd_open, pid, 0);
  if (hold < 0) return;
  if (holds(pid, marks_to_finish)) syscall(SYS_pidfd_send_signal, hold, SIGKILL, NULL, 0);
  close(hold);
}

static int finish(int count, char **words) {
  if (count < 2) return 64;
  open_registry(words[0]);
  registry->over = 1;
  marks_to_finish = words + 1;
  long end = now() + 10000;
  for (int empty = 0; empty < 2 && now() < end;) {
    empty = for_each_holder(marks_to_finish, kill_holder) == 0 ? empty + 1 : 0;
    if (empty == 0) pause_for(2);
  }
  return for_each_holder(marks_to_finish, NULL) > 0;
}

static int look(int count, char **words) {
  if (count != 2) return 64;
  open_registry(words[0]);
  struct slot *slot = &registry->slots[atoi(words[1])];
  struct status status;
  printf("pid=%d lives=%d terms=%u finished=%u turns=%u\n", slot->pid, same_lives(slot, &status), slot->terms,
         slot->finished, slot->turns);
  return 0;
}

static int guard(int count, char **words) {
  if (count < 1) return 64;
  // The animals that lost their parents become ours, which are collected and of which none is left behind.
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  sigaddset(&signals, SIGCHLD);
  sigprocmask(SIG_BLOCK, &signals, NULL);
  pid_t command = fork();
  if (command < 0) fail("unable to fork");
  if (command == 0) {
    sigprocmask(SIG_UNBLOCK, &signals, NULL);
    execvp(words[0], words);
    fail("unable to execute %s", words[0]);
  }
  int code = 111;
  for (bool runs = true; runs;) {
    siginfo_t signal;
    struct timespec second = {1, 0};
    int number = sigtimedwait(&signals, &signal, &second);
    if (number > 0 && number != SIGCHLD) {
      // It has some seconds to tidy up.
      kill(command, SIGTERM);
      int result;
      for (long end = now() + 15000; now() < end && waitpid(command, &result, WNOHANG) == 0;) pause_for(10);
      code = 128 + number;
      break;
    }
    int result;
    for (pid_t child; (child = waitpid(-1, &result, WNOHANG)) > 0;) {
      if (child != command) continue;
      runs = false;
      code = WIFEXITED(result) ? WEXITSTATUS(result) : 128 + WTERMSIG(result);
    }
  }
  long end = now() + 20000;
  while (now() < end) {
    while (waitpid(-1, NULL, WNOHANG) > 0) {}
    if (waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD) break;
    DIR *processes = opendir("/proc");
    for (struct dirent *entry; processes != NULL && (entry = readdir(processes)) != NULL;) {
      struct status status;
      int pid = atoi(entry->d_name);
      // Ours and not collected: the number is nobody else's.
      if (pid > 0 && read_status(pid, &status) && status.parent == getpid()) kill(pid, SIGKILL);
    }
    if (processes != NULL) closedir(processes);
    pause_for(1);
  }
  return code;
}

int main(int count, char **words) {
  static const struct {
    const char *name;
    int (*run)(int count, char **words);
  } acts[] = {{"family", family}, {"wait", wait_ready}, {"gone", gone}, {"unharmed", unharmed},
              {"finish", finish}, {"look", look},       {"guard", guard}};
  if (count > 2 && strcmp(words[1], "list") == 0) return for_each_holder(words + 2, print_number) < 0;
  for (size_t index = 0; index < sizeof acts / sizeof *acts; index++)
    if (count > 1 && strcmp(words[1], acts[index].name) == 0) {
      int code = acts[index].run(count - 2, words + 2);
      if (code != 64) return code;
    }
  fprintf(stderr, "usage: animal family MARK REGISTRY SLOT KIND...\n");
  return 64;
}
