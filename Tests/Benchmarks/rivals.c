// usage: rivals sqlite-full|sqlite-normal|lmdb|floor|files FOLDER JOB COUNT [WRITER]
//
// Does the jobs of storage-benchmark with others' means, by their C interfaces, as it does: prints "ready", waits for a
// line, and prints when it began and ended, in nanoseconds of CLOCK_MONOTONIC. The floor is what the disk costs: one write
// in place and one fdatasync for each operation; files are what reading costs where each value is a file.
//
// cc -O2 -o rivals rivals.c -lsqlite3 -llmdb

#define _GNU_SOURCE
#include <fcntl.h>
#include <lmdb.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char path[4096], value[100];
static const char *writer = "0";

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void check(int ok, const char *what) {
  if (!ok) {
    printf("%s failed\n", what);
    exit(1);
  }
}

static long long begin;

// Several begin at once: else the first would be done before the last is there.
static void start(void) {
  printf("ready\n");
  fflush(stdout);
  check(getchar() != EOF, "waiting");
  begin = now();
}

static int is_reading(const char *job) {
  return !strcmp(job, "gets") || !strcmp(job, "scattered") || !strcmp(job, "again");
}

// Which key is read as the i-th.
static long read_as(const char *job, long i, long count) {
  if (!strcmp(job, "open")) return 1;
  // It has no divisor with the counts in common, and leads to another page each time.
  if (!strcmp(job, "scattered")) return i * 61803 % count;
  return i * 7 % (strcmp(job, "again") ? count : 200);
}

static int key(char *buffer, size_t size, long number) {
  return snprintf(buffer, size, "key-%s-%ld", writer, number);
}

// A key that is read: all of them are made before the time is taken.
struct key {
  int length;
  char text[60];
};
static struct key *keys;

static void make_keys(const char *job, long count) {
  long distinct = strcmp(job, "again") ? count : 200;
  keys = calloc(distinct > 2 ? distinct : 2, sizeof *keys);
  check(keys != NULL, "memory");
  for (long i = 0; i < distinct || i < 2; i++) keys[i].length = key(keys[i].text, sizeof keys[i].text, i);
}

// A statement that is prepared once, as SQLite's manual recommends.
static sqlite3_stmt *prepare(sqlite3 *base, const char *text) {
  sqlite3_stmt *statement;
  check(sqlite3_prepare_v3(base, text, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) == SQLITE_OK,
        sqlite3_errmsg(base));
  return statement;
}

static void step(sqlite3 *base, sqlite3_stmt *statement, int answer) {
  check(sqlite3_step(statement) == answer, sqlite3_errmsg(base));
  sqlite3_reset(statement);
}

static void run_sqlite(const char *mode, const char *job, long count) {
  sqlite3 *base;
  int opens = !strcmp(job, "open");
  if (opens) start();
  snprintf(path + strlen(path), 16, "/base");
  check(sqlite3_open(path, &base) == SQLITE_OK, "opening");
  sqlite3_busy_timeout(base, 60000);
  sqlite3_exec(base, "PRAGMA journal_mode=WAL", NULL, NULL, NULL);
  sqlite3_exec(base, strcmp(mode, "sqlite-full") ? "PRAGMA synchronous=NORMAL" : "PRAGMA synchronous=FULL", NULL, NULL, NULL);
  sqlite3_exec(base, "CREATE TABLE IF NOT EXISTS pairs (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID", NULL, NULL, NULL);
  sqlite3_exec(base, "INSERT OR IGNORE INTO pairs VALUES ('count', 0)", NULL, NULL, NULL);
  sqlite3_stmt *set = prepare(base, "INSERT OR REPLACE INTO pairs VALUES (?, ?)");
  sqlite3_stmt *get = prepare(base, "SELECT value FROM pairs WHERE key = ?");
  sqlite3_stmt *grow = prepare(base, "UPDATE pairs SET value = value + 1 WHERE key = 'count'");
  if (!opens) start();
  for (long i = 0; i < count; i++) {
    char name[64];
    if (!strcmp(job, "counter")) {
      step(base, grow, SQLITE_DONE);
    } else if (!strcmp(job, "sets") || !strcmp(job, "batches") || !strcmp(job, "fill")) {
      sqlite3_bind_blob(set, 1, name, key(name, sizeof name, i), SQLITE_STATIC);
      sqlite3_bind_blob(set, 2, value, sizeof value, SQLITE_STATIC);
      step(base, set, SQLITE_DONE);
    } else {
      const struct key *wanted = &keys[read_as(job, i, count)];
      sqlite3_bind_blob(get, 1, wanted->text, wanted->length, SQLITE_STATIC);
      check(sqlite3_step(get) == SQLITE_ROW, "reading");
      memcpy(value, sqlite3_column_blob(get, 0), sizeof value);
      sqlite3_reset(get);
    }
  }
}

static void run_lmdb(const char *job, long count) {
  MDB_env *environment;
  MDB_dbi base;
  MDB_txn *change;
  int opens = !strcmp(job, "open");
  if (opens) start();
  mdb_env_create(&environment);
  mdb_env_set_mapsize(environment, 1L << 30);
  snprintf(path + strlen(path), 16, "/lmdb");
  // What is only there to be read need not be flushed.
  unsigned flags = MDB_NOSUBDIR | (strcmp(job, "fill") ? 0 : MDB_NOSYNC);
  check(mdb_env_open(environment, path, flags, 0600) == 0, "opening");
  mdb_txn_begin(environment, NULL, 0, &change);
  mdb_dbi_open(change, NULL, MDB_CREATE, &base);
  mdb_txn_commit(change);
  int reads = opens || is_reading(job);
  if (!opens) start();
  for (long i = 0; i < count; i++) {
    char name[64];
    MDB_val found, wanted;
    if (reads) {
      struct key *one = &keys[read_as(job, i, count)];
      wanted = (MDB_val){one->length, one->text};
    } else {
      wanted = (MDB_val){key(name, sizeof name, i), name};
    }
    check(mdb_txn_begin(environment, NULL, reads ? MDB_RDONLY : 0, &change) == 0, "beginning");
    if (reads) {
      check(mdb_get(change, base, &wanted, &found) == 0, "reading");
      memcpy(value, found.mv_data, sizeof value);
      mdb_txn_abort(change);
      continue;
    }
    MDB_val given = {sizeof value, value};
    long number = 0;
    if (!strcmp(job, "counter")) {
      wanted = (MDB_val){5, "count"};
      if (mdb_get(change, base, &wanted, &found) == 0) memcpy(&number, found.mv_data, sizeof number);
      number++;
      given = (MDB_val){sizeof number, &number};
    }
    check(mdb_put(change, base, &wanted, &given, 0) == 0 && mdb_txn_commit(change) == 0, "writing");
  }
}

static void run_floor(long count) {
  snprintf(path + strlen(path), 64, "/floor-%s", writer);
  int file = open(path, O_RDWR | O_CREAT, 0600);
  check(write(file, value, sizeof value) == sizeof value && fsync(file) == 0, "writing");
  start();
  for (long i = 0; i < count; i++) {
    value[0] = (char)i;
    check(pwrite(file, value, sizeof value, 0) == sizeof value && fdatasync(file) == 0, "writing");
  }
}

// What files cost, whoever reads them: one call each to open, read and close.
static void run_files(const char *job, long count) {
  snprintf(path + strlen(path), 16, "/files");
  mkdir(path, 0700);
  int folder = open(path, O_RDONLY | O_DIRECTORY);
  check(folder >= 0, "opening");
  start();
  if (!strcmp(job, "fill")) {
    for (long i = 0; i < count; i++) {
      char name[64];
      key(name, sizeof name, i);
      int file = openat(folder, name, O_WRONLY | O_CREAT, 0600);
      check(write(file, value, sizeof value) == sizeof value && close(file) == 0, "writing");
    }
    return;
  }
  for (long i = 0; i < count; i++) {
    char found[4096];
    int file = openat(folder, keys[read_as(job, i, count)].text, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOATIME);
    check(pread(file, found, sizeof found, 0) == sizeof value && close(file) == 0, "reading");
    memcpy(value, found, sizeof value);
  }
}

int main(int argc, char **argv) {
  if (argc < 5) return 64;
  snprintf(path, sizeof path - 128, "%s", argv[2]);
  memset(value, 'x', sizeof value);
  if (argc > 5) writer = argv[5];
  long count = atol(argv[4]);
  if (!strcmp(argv[3], "open") || is_reading(argv[3])) make_keys(argv[3], count);
  if (!strcmp(argv[1], "floor")) {
    run_floor(count);
  } else if (!strcmp(argv[1], "files")) {
    run_files(argv[3], count);
  } else if (!strcmp(argv[1], "lmdb")) {
    run_lmdb(argv[3], count);
  } else {
    run_sqlite(argv[1], argv[3], count);
  }
  printf("%lld %lld\n", begin, now());
}
