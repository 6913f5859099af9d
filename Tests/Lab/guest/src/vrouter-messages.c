// usage: vrouter-messages [FAMILY_ID [PORT_ID]] <CAPTURE
//        vrouter-messages route <CAPTURE
// Sends the messages of a capture's lines "send HEX" to the generic netlink family "vrouter", one by one, and prints
// what the kernel answers: "recv HEX", in the capture's terms, that is with its family number (32) and its sender's
// port (0). What else is in the capture is left out. With "route" they are messages about links, for rtnetlink.
#include <ctype.h>
#include <stdbool.h>

#include "module.h"

static size_t read_hex(const char *text) {
  size_t count = 0;
  unsigned value;
  for (; isxdigit(text[0]) && isxdigit(text[1]) && count < MOST_BYTES; text += 2) {
    sscanf(text, "%2x", &value);
    bytes[count++] = value;
  }
  return count;
}

int main(int argc, char **argv) {
  bool route = argc > 1 && !strcmp(argv[1], "route");
  unsigned short theirs = route ? 0 : argc > 1 ? atoi(argv[1]) : 32;
  unsigned port = argc > 2 ? atoi(argv[2]) : 0;
  connect_kernel(route ? NETLINK_ROUTE : NETLINK_GENERIC);
  unsigned short ours = route ? 0 : find_family();
  char *line = NULL;
  size_t room = 0;
  while (getline(&line, &room, stdin) > 0) {
    if (strncmp(line, "send ", 5)) continue;
    size_t count = read_hex(line + 5);
    if (count < sizeof(struct nlmsghdr)) errx(1, "not a message: %s", line);
    exchange(count, theirs, port, ours);
  }
  return 0;
}
