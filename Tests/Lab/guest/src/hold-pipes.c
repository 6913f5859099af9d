// usage: hold-pipes
// Fills pipes until nearly all memory is in them, then reads back all but one page of each. What a pipe holds
// can't be moved.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/resource.h>

#include "hold.h"

enum { PAGE = 4096, PIPE_PAGES = 256, MOST_PIPES = 1 << 16 };

static int ends[MOST_PIPES][2];
static int filled[MOST_PIPES];

static void take(void) {
  static char page[PAGE];
  struct rlimit files = {2 * MOST_PIPES + 16, 2 * MOST_PIPES + 16};
  if (setrlimit(RLIMIT_NOFILE, &files)) die("setrlimit");
  int pipes = 0;
  while (pipes < MOST_PIPES && free_bytes() > SPARE_BYTES) {
    if (pipe2(ends[pipes], O_NONBLOCK | O_CLOEXEC)) die("pipe2");
    if (fcntl(ends[pipes][1], F_SETPIPE_SZ, PIPE_PAGES * PAGE) < 0) die("F_SETPIPE_SZ");
    while (filled[pipes] < PIPE_PAGES && free_bytes() > SPARE_BYTES &&
           write(ends[pipes][1], page, PAGE) == PAGE)
      filled[pipes]++;
    pipes++;
  }
  for (int i = 0; i < pipes; i++)
    for (int left = filled[i]; left > 1; left--)
      if (read(ends[i][0], page, PAGE) != PAGE) die("read");
}

int main(void) { return hold_in_background(take); }
