// Programs that hang or leak, each in its own way, for the test that asks whether explain names the cause.
// usage: hung KIND     (it writes "ready" when it hangs)
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void ready(void) {
  puts("ready");
  fflush(stdout);
}

static void fail(const char *words) {
  perror(words);
  exit(1);
}

static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER, two = PTHREAD_MUTEX_INITIALIZER;

static void *other(void *unused) {
  pthread_mutex_lock(&two);
  usleep(100000);
  pthread_mutex_lock(&one);
  return unused;
}

// Two threads that take two locks in two orders.
static void hang_futex(void) {
  pthread_t thread;
  pthread_mutex_lock(&one);
  pthread_create(&thread, NULL, other, NULL);
  usleep(100000);
  ready();
  pthread_mutex_lock(&two);
}

// The one that writes has this pipe too, and never writes.
static void hang_pipe(void) {
  int ends[2];
  char byte;
  if (pipe(ends)) fail("pipe");
  ready();
  if (read(ends[0], &byte, 1) < 0) fail("read");
}

// A file system whose server never answers.
static void hang_fuse(void) {
  char options[100];
  int device = open("/dev/fuse", O_RDWR);
  if (device < 0) fail("/dev/fuse");
  if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL)) fail("unshare");
  snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0", device);
  if (mount("dead", "/mnt", "fuse", 0, options)) fail("mount");
  ready();
  struct stat status;
  stat("/mnt/file", &status);
}

static void hang_loop(void) {
  ready();
  for (volatile unsigned long turns = 0;; turns++) {}
}

// As many processes as it may have.
static void hang_fork(void) {
  for (int count = 0; count < 100; count++)
    if (fork() == 0) for (;;) pause();
  ready();
  for (;;) pause();
}

// A lock on a file that another process of its own never lets go.
static void hang_lock(void) {
  if (fork() == 0) {
    flock(open("lock", O_RDWR | O_CREAT, 0600), LOCK_EX);
    for (;;) pause();
  }
  usleep(200000);
  ready();
  flock(open("lock", O_RDWR | O_CREAT, 0600), LOCK_EX);
}

// It accepts no more, for it has no number for the next file.
static void hang_files(void) {
  struct rlimit limit = {64, 64};
  setrlimit(RLIMIT_NOFILE, &limit);
  while (open("/dev/null", O_RDONLY) >= 0) {}
  ready();
  for (;;) sleep(1);
}

static void hang_leak(void) {
  for (int count = 0; count < 300; count++) memset(malloc(1 << 20), 1, 1 << 20);
  ready();
  for (;;) pause();
}

// A parent that never asks how its children ended.
static void hang_zombies(void) {
  for (int count = 0; count < 50; count++)
    if (fork() == 0) _exit(0);
  ready();
  for (;;) pause();
}

static void hang_stopped(void) {
  ready();
  raise(SIGSTOP);
}

// It waits for a child, which waits for words that never come.
static void hang_child(void) {
  if (fork() == 0) hang_pipe();
  usleep(200000);
  ready();
  wait(NULL);
}

// In D: the parent of a vfork waits in the kernel for its child to exec.
static void hang_vfork(void) {
  ready();
  if (vfork() == 0) for (;;) pause();
}

// Forks: the child is another process of the program, and stays.
static int child(void) {
  if (fork() == 0) return 1;
  usleep(200000);
  return 0;
}

static int listener(struct sockaddr_in *address, int backlog) {
  socklen_t size = sizeof *address;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  memset(address, 0, size);
  address->sin_family = AF_INET;
  address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bind(listener, (void *)address, size);
  listen(listener, backlog);
  getsockname(listener, (void *)address, &size);
  return listener;
}

// A peer that is connected and says nothing.
static void hang_socket(void) {
  struct sockaddr_in address;
  char byte;
  listener(&address, 1);
  int client = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(client, (void *)&address, sizeof address)) fail("connect");
  ready();
  if (read(client, &byte, 1) < 0) fail("read");
}

// Nobody accepts any more, and the queue is full: the last one waits to be connected.
static void hang_accept(void) {
  struct sockaddr_in address;
  listener(&address, 1);
  ready();
  for (int count = 0; count < 4; count++)
    connect(socket(AF_INET, SOCK_STREAM, 0), (void *)&address, sizeof address);
}

// It waits for events of the wrong end of a connection: what came to the other one it never reads.
static void hang_unread(void) {
  struct sockaddr_in address;
  int server = listener(&address, 1), client = socket(AF_INET, SOCK_STREAM, 0), end;
  connect(client, (void *)&address, sizeof address);
  end = accept(server, NULL, NULL);
  if (write(client, "question", 8) != 8) fail("write");
  fd_set set;
  FD_ZERO(&set);
  FD_SET(client, &set);
  ready();
  select(end + 1, &set, NULL, NULL, NULL);
}

// A child reads from its terminal in the background.
static void hang_background(void) {
  char byte;
  int master = posix_openpt(O_RDWR);
  grantpt(master);
  unlockpt(master);
  if (child()) {
    setsid();
    int terminal = open(ptsname(master), O_RDWR);
    ioctl(terminal, TIOCSCTTY, 0);
    if (child()) {
      setpgid(0, 0);
      if (read(terminal, &byte, 1) < 0) fail("read");
    }
    for (;;) pause();
  }
  ready();
  wait(NULL);
}

// The lock of an open file description, which /proc/locks knows no process of.
static void hang_description(void) {
  struct flock lock = {.l_type = F_WRLCK};
  if (child()) {
    fcntl(open("described", O_RDWR | O_CREAT, 0600), F_OFD_SETLK, &lock);
    for (;;) pause();
  }
  ready();
  fcntl(open("described", O_RDWR | O_CREAT, 0600), F_OFD_SETLKW, &lock);
}

static void hang_queue(void) {
  char name[40], message[8192];
  snprintf(name, sizeof name, "/hung-%d", getpid());
  mqd_t queue = mq_open(name, O_RDWR | O_CREAT, 0600, NULL);
  if (queue < 0) fail("mq_open");
  mq_unlink(name);
  ready();
  mq_receive(queue, message, sizeof message, NULL);
}

static void hang_eventfd(void) {
  eventfd_t value;
  int event = eventfd(0, 0);
  ready();
  eventfd_read(event, &value);
}

static void hang_inotify(void) {
  char event[4096];
  int news = inotify_init();
  ready();
  if (read(news, event, sizeof event) < 0) fail("read");
}

static void *takes(void *unused) {
  pthread_mutex_lock(&one);
  return unused;
}

// A thread has ended with the lock that the others wait for.
static void hang_owner(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, takes, NULL);
  usleep(100000);
  pthread_create(&thread, NULL, takes, NULL);
  ready();
  pthread_mutex_lock(&one);
}

static void *reads(void *unused) { return hang_pipe(), unused; }

static void hang_join(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, reads, NULL);
  pthread_join(thread, NULL);
}

// Its parent looks at it as a debugger does, and forgot it.
static void hang_traced(void) {
  if (child()) {
    ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    raise(SIGSTOP);
  }
  ready();
  for (;;) pause();
}

int main(int count, char **words) {
  struct { const char *name; void (*hang)(void); } kinds[] = {
      {"futex", hang_futex},     {"pipe", hang_pipe},       {"fuse", hang_fuse},
      {"loop", hang_loop},       {"fork", hang_fork},       {"lock", hang_lock},
      {"files", hang_files},     {"socket", hang_socket},   {"leak", hang_leak},
      {"zombies", hang_zombies}, {"stopped", hang_stopped}, {"child", hang_child},
      {"vfork", hang_vfork},     {"accept", hang_accept},   {"unread", hang_unread},
      {"queue", hang_queue},     {"eventfd", hang_eventfd}, {"inotify", hang_inotify},
      {"owner", hang_owner},     {"join", hang_join},       {"traced", hang_traced},
      {"background", hang_background}, {"description", hang_description},
  };
  for (unsigned kind = 0; count == 2 && kind < sizeof kinds / sizeof *kinds; kind++)
    if (strcmp(words[1], kinds[kind].name) == 0) kinds[kind].hang();
  return 64;
}
