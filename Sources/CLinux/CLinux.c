#define _GNU_SOURCE
#include "CLinux.h"

static int count;
static char **words;

// glibc hands argc, argv and envp to constructor functions, in dynamic and in static programs.
__attribute__((constructor)) static void keep_arguments(int argc, char **argv, char **envp) {
  (void)envp;
  count = argc;
  words = argv;
}

int clinux_argc(void) { return count; }
char **clinux_argv(void) { return words; }

int clinux_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }
