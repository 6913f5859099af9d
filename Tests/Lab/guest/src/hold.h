// What the helpers that hold memory share.
#ifndef HOLD_H
#define HOLD_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sysinfo.h>
#include <unistd.h>

// Memory is taken until less than this is free: too little for a block of 2 MiB.
enum { SPARE_BYTES = 1800 << 10 };

static inline _Noreturn void die(const char *what) {
  perror(what);
  exit(1);
}

static inline unsigned long free_bytes(void) {
  struct sysinfo info;
  if (sysinfo(&info)) die("sysinfo");
  return info.freeram * info.mem_unit;
}

// Calls take() in a child that then holds what it took until it is killed; the parent prints the child's process
// id and exits when the memory is taken.
static inline int hold_in_background(void (*take)(void)) {
  int ready[2];
  if (pipe(ready)) die("pipe");
  pid_t child = fork();
  if (child < 0) die("fork");
  if (child == 0) {
    close(ready[0]);
    setsid();
    take();
    if (write(ready[1], "", 1) != 1) die("write");
    close(ready[1]);
    // The caller's streams must not stay open for as long as the memory is held.
    if (!freopen("/dev/null", "r", stdin) || !freopen("/dev/null", "w", stdout) ||
        !freopen("/dev/null", "w", stderr))
      _exit(1);
    for (;;) pause();
  }
  close(ready[1]);
  char byte;
  if (read(ready[0], &byte, 1) != 1) {
    fprintf(stderr, "the child that takes the memory died\n");
    return 1;
  }
  printf("%d\n", child);
  return 0;
}

#endif
