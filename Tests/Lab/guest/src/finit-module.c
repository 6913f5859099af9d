// usage: finit-module FILE [OPTIONS]
// Asks the kernel itself to load a module's file (finit_module(2)), without anything that insmod(8) or modprobe(8)
// looks at before, and prints its answer: "loads", or the errno's name.
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc < 2 || argc > 3) errx(2, "usage: finit-module FILE [OPTIONS]");
  int file = open(argv[1], O_RDONLY | O_CLOEXEC);
  if (file < 0) err(2, "%s", argv[1]);
  if (syscall(SYS_finit_module, file, argc > 2 ? argv[2] : "", 0) == 0) {
    puts("loads");
    return 0;
  }
  const char *name = strerrorname_np(errno);
  puts(name ? name : strerror(errno));
  return 0;
}
