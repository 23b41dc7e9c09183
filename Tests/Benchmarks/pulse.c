// pulse FILE: a program with a heart: touches FILE five times a second.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 2) return 64;
  for (;;) {
    utimensat(AT_FDCWD, argv[1], NULL, 0);
    usleep(200000);
  }
}
