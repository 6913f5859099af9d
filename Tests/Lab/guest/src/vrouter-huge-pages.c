// usage: vrouter-huge-pages BRIDGE_FILE BYTES FLOW_FILE BYTES
// Sends a vr_hugepage_config that gives two files of huge pages of 2 MiB, as the vRouter agent does, and prints the
// answer ("recv HEX", the family's number is 32). A file that is named "-" isn't mapped: its address is wrong.
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "module.h"

enum { FILES = 2, HUGE_PAGE = 2 << 20, FAMILY = 32 };

static size_t length;

static void put(uint64_t value, int size) {
  while (size--) bytes[length++] = value >> (8 * size);
}

static void put_list(int number, int type, int count) {
  put(15, 1);
  put(number, 2);
  put(type, 1);
  put(count, 4);
}

static void put_numbers(int number, int type, int size, const uint64_t *values) {
  put_list(number, type, FILES);
  for (int i = 0; i < FILES; i++) put(values[i], size);
}

static uint64_t map(const char *path, uint64_t size) {
  if (!strcmp(path, "-")) return 4096;
  int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  uint64_t whole = (size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
  if (file < 0 || ftruncate(file, whole)) err(1, "%s", path);
  char *start = mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file, 0);
  if (start == MAP_FAILED) err(1, "%s", path);
  return (uintptr_t)start;
}

int main(int argc, char **argv) {
  if (argc != 1 + 2 * FILES) errx(2, "usage: vrouter-huge-pages BRIDGE_FILE BYTES FLOW_FILE BYTES");
  static const char name[] = "vr_hugepage_config";
  uint64_t addresses[FILES], pages[FILES], sizes[FILES], paths[FILES];
  for (int i = 0; i < FILES; i++) {
    sizes[i] = strtoull(argv[2 + 2 * i], NULL, 0);
    addresses[i] = map(argv[1 + 2 * i], sizes[i]);
    pages[i] = HUGE_PAGE;
    paths[i] = strlen(argv[1 + 2 * i]) + 1;
  }
  connect_kernel(NETLINK_GENERIC);
  unsigned short family = find_family();
  // struct nlmsghdr, genlmsghdr and nlattr, in the host's order; the lengths follow.
  uint32_t head[] = {0, FAMILY | NLM_F_REQUEST << 16, 1, 0, 1, 0};
  length = sizeof head;
  put(strlen(name), 4);
  for (const char *byte = name; *byte; byte++) put(*byte, 1);
  put_numbers(2, 9, 8, addresses);
  put_numbers(3, 20, 4, pages);
  put_numbers(5, 20, 4, sizes);
  put_list(6, 3, paths[0] + paths[1]);
  for (int i = 0; i < FILES; i++)
    for (size_t at = 0; at < paths[i]; at++) put(argv[1 + 2 * i][at], 1);
  put_numbers(7, 20, 4, paths);
  put(0, 1);
  head[0] = length;
  head[5] = (length - 20) | 1 << 16;
  memcpy(bytes, head, sizeof head);
  exchange(length, FAMILY, 0, family);
  return 0;
}
