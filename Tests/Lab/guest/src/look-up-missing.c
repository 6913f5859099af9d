// usage: look-up-missing FOLDER FREE_MIB
// Looks up long names that don't exist until no more than FREE_MIB is free: the kernel remembers each in slab
// memory that it can reclaim. The folder must be on a filesystem that remembers them (ext4 does, tmpfs doesn't).
#include <errno.h>
#include <sys/stat.h>

#include "hold.h"

enum { MOST_NAMES = 5000000 };

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: look-up-missing FOLDER FREE_MIB\n");
    return 2;
  }
  unsigned long until = strtoul(argv[2], NULL, 10) << 20;
  int names = 0;
  while (names < MOST_NAMES && (names % 64 || free_bytes() > until)) {
    char path[512];
    struct stat found;
    // A name of 250 bytes takes 512 of slab memory besides its entry.
    snprintf(path, sizeof path, "%s/%0250d", argv[1], names++);
    if (!stat(path, &found) || errno != ENOENT) die(path);
  }
  printf("%d names\n", names);
  return 0;
}
