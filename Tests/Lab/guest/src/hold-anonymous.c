// usage: hold-anonymous [locked]
// Maps nearly all memory, then gives back all but one page of each physical block of 2 MiB. The pages that stay
// can be moved; "locked" locks them into memory, and they still can.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "hold.h"

enum { PAGE = 4096, BLOCK_PAGES = 512 };

static bool locked;

// Page frame of each mapped page; only root may know (Documentation/admin-guide/mm/pagemap.rst).
static void read_frames(const char *map, size_t pages, uint64_t *frames) {
  int file = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  if (file < 0) die("/proc/self/pagemap");
  off_t offset = (uintptr_t)map / PAGE * 8;
  for (size_t done = 0; done < pages * 8;) {
    ssize_t got = pread(file, (char *)frames + done, pages * 8 - done, offset + done);
    if (got <= 0) die("/proc/self/pagemap");
    done += got;
  }
  close(file);
  for (size_t i = 0; i < pages; i++) frames[i] &= (1ULL << 55) - 1;
}

static void take(void) {
  struct sysinfo info;
  if (sysinfo(&info)) die("sysinfo");
  size_t most = info.totalram * info.mem_unit / PAGE;
  // Made before memory is short; a frame number is below 2^32 for 16 TiB.
  uint64_t *frames = calloc(most, sizeof *frames);
  bool *kept = calloc(1 << 23, 1);
  char *map = mmap(NULL, most * PAGE, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (!frames || !kept || map == MAP_FAILED) die("mmap");
  memset(frames, 1, most * sizeof *frames);
  if (madvise(map, most * PAGE, MADV_NOHUGEPAGE)) die("madvise");

  size_t pages = 0;
  while (pages < most && free_bytes() > SPARE_BYTES) map[pages++ * PAGE] = 1;

  read_frames(map, pages, frames);
  for (size_t i = 0; i < pages; i++) {
    uint64_t block = frames[i] / BLOCK_PAGES;
    if (!kept[block]) {
      kept[block] = true;
      if (locked && mlock(map + i * PAGE, PAGE)) die("mlock");
    } else if (madvise(map + i * PAGE, PAGE, MADV_DONTNEED)) {
      die("madvise");
    }
  }
  free(frames);
}

int main(int argc, char **argv) {
  locked = argc > 1 && !strcmp(argv[1], "locked");
  return hold_in_background(take);
}
