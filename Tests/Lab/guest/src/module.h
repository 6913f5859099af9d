// Sends messages to the generic netlink family "vrouter", and prints what the kernel answers in the terms of a capture:
// with the family number and the sender's port that it has.
#include <err.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { MOST_BYTES = 1 << 16 };

static int kernel;
// A message: of a request, then of an answer.
static unsigned char bytes[MOST_BYTES];

static struct nlmsghdr *header(void) { return (struct nlmsghdr *)bytes; }

static void transmit(size_t length) {
  if (send(kernel, bytes, length, 0) < 0) err(1, "send");
}

// The kernel has answered when send() returns: nothing is waited for.
static ssize_t receive(void) {
  ssize_t length = recv(kernel, bytes, sizeof bytes, MSG_DONTWAIT);
  if (length < 0 && errno != EAGAIN) err(1, "recv");
  return length;
}

static void connect_kernel(int protocol) {
  struct sockaddr_nl address = {.nl_family = AF_NETLINK};
  kernel = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
  if (kernel < 0 || bind(kernel, (struct sockaddr *)&address, sizeof address)) err(1, "socket");
}

// The family's number.
static unsigned short find_family(void) {
  struct {
    struct nlmsghdr message;
    struct genlmsghdr command;
    struct nlattr attribute;
    char name[8];
  } request = {{sizeof request, GENL_ID_CTRL, NLM_F_REQUEST, 1, 0},
               {CTRL_CMD_GETFAMILY, 1, 0},
               {NLA_HDRLEN + 8, CTRL_ATTR_FAMILY_NAME},
               "vrouter"};
  memcpy(bytes, &request, sizeof request);
  transmit(sizeof request);
  ssize_t length = receive();
  if (length < 0 || header()->nlmsg_type != GENL_ID_CTRL) errx(1, "there is no family \"vrouter\"");
  for (ssize_t at = NLMSG_HDRLEN + GENL_HDRLEN; at + NLA_HDRLEN <= length;) {
    struct nlattr *attribute = (struct nlattr *)(bytes + at);
    if (attribute->nla_type == CTRL_ATTR_FAMILY_ID) return *(unsigned short *)(attribute + 1);
    at += NLA_ALIGN(attribute->nla_len);
  }
  errx(1, "the family has no number");
}

// Sends the message and prints the answers, "recv HEX" each. `theirs` is the family's number in the capture.
static inline void exchange(size_t count, unsigned short theirs, unsigned port, unsigned short ours) {
  if (header()->nlmsg_type == theirs) header()->nlmsg_type = ours;
  transmit(count);
  for (ssize_t length; (length = receive()) > 0;) {
    if (header()->nlmsg_type == ours) header()->nlmsg_type = theirs;
    header()->nlmsg_pid = port;
    // An error repeats the request.
    struct nlmsghdr *repeated = (struct nlmsghdr *)(bytes + NLMSG_HDRLEN + 4);
    if (header()->nlmsg_type == NLMSG_ERROR && length >= NLMSG_HDRLEN + 4 + NLMSG_HDRLEN &&
        repeated->nlmsg_type == ours)
      repeated->nlmsg_type = theirs;
    printf("recv ");
    for (ssize_t i = 0; i < length; i++) printf("%02x", bytes[i]);
    printf("\n");
  }
}
