// usage: lab-writes FILE
// Counts the netlink messages with which programs ask the kernel to change something, as the link "nlmon0" (which is
// there and up) shows them: of rtnetlink all but RTM_GET..., of generic netlink ethtool's other than the questions that the
// agent asks, and the vrouter module's other than GET and DUMP. Runs in the background, prints its process id, and leaves
// one JSON object in FILE when it is told to end (lab-traffic stop).
#define _GNU_SOURCE
#include <linux/ethtool_netlink.h>
#include <linux/genetlink.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include "traffic.h"

enum { MOST_KINDS = 64 };

static struct kind {
  int family, type;
  unsigned count;
} kinds[MOST_KINDS];
static unsigned kind_count, requests, writes;
static int ethtool_type = -1;
static volatile sig_atomic_t told_to_end;

static void end(int signal) {
  (void)signal;
  told_to_end = 1;
}

// Whether a request to the module is a GET or a DUMP: its operation is the first field of its first message (sandesh:
// length and name of the message, then type, number and value of the field).
static bool only_asks(const unsigned char *payload, size_t size) {
  if (size < 4) return false;
  size_t name = payload[0] << 24 | payload[1] << 16 | payload[2] << 8 | payload[3];
  const unsigned char *field = payload + 4 + name;
  if (name > 64 || size < 4 + name + 7 || memcmp(field, "\10\0\1\0\0\0", 6)) return false;
  return field[6] == 1 || field[6] == 3;
}

// The message type of a generic netlink family (Documentation/userspace-api/netlink/intro.rst, "Resolving the Family ID");
// -1 where the kernel has none of that name.
static int type_of(const char *family) {
  struct {
    struct nlmsghdr message;
    struct genlmsghdr command;
    char attributes[512];
  } request = {{NLMSG_LENGTH(GENL_HDRLEN), GENL_ID_CTRL, NLM_F_REQUEST, 1, 0}, {CTRL_CMD_GETFAMILY, 1, 0}, {0}};
  struct nlattr name = {NLA_HDRLEN + strlen(family) + 1, CTRL_ATTR_FAMILY_NAME};
  memcpy(request.attributes, &name, sizeof name);
  strcpy(request.attributes + NLA_HDRLEN, family);
  request.message.nlmsg_len += NLA_ALIGN(name.nla_len);
  int asked = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
  if (asked < 0 || send(asked, &request, request.message.nlmsg_len, 0) < 0) err(1, "generic netlink");
  static char answer[1 << 15];
  ssize_t size = recv(asked, answer, sizeof answer, 0);
  close(asked);
  const struct nlmsghdr *message = (void *)answer;
  if (size < 0 || !NLMSG_OK(message, size) || message->nlmsg_type != GENL_ID_CTRL) return -1;
  for (size_t place = NLMSG_HDRLEN + GENL_HDRLEN; place + NLA_HDRLEN <= message->nlmsg_len;) {
    struct nlattr attribute;
    memcpy(&attribute, answer + place, sizeof attribute);
    if (attribute.nla_len < NLA_HDRLEN) return -1;
    if (attribute.nla_type == CTRL_ATTR_FAMILY_ID) return *(unsigned short *)(answer + place + NLA_HDRLEN);
    place += NLA_ALIGN(attribute.nla_len);
  }
  return -1;
}

static bool is_write(int family, const struct nlmsghdr *message) {
  if (family == NETLINK_ROUTE) return message->nlmsg_type >= RTM_BASE && (message->nlmsg_type & 3) != 2;
  if (message->nlmsg_type == GENL_ID_CTRL) return false;
  size_t head = NLMSG_HDRLEN + GENL_HDRLEN + NLA_HDRLEN;
  if (message->nlmsg_len < NLMSG_HDRLEN + GENL_HDRLEN) return true;
  if (message->nlmsg_type == ethtool_type) {
    int command = ((const struct genlmsghdr *)NLMSG_DATA(message))->cmd;
    switch (command) {
      case ETHTOOL_MSG_STRSET_GET:
      case ETHTOOL_MSG_FEATURES_GET:
      case ETHTOOL_MSG_RINGS_GET:
      case ETHTOOL_MSG_CHANNELS_GET:
      case ETHTOOL_MSG_COALESCE_GET: return false;
      default: return true;
    }
  }
  if (message->nlmsg_len < head) return true;
  return !only_asks((const unsigned char *)message + head, message->nlmsg_len - head);
}

static void count(int family, const struct nlmsghdr *message) {
  requests++;
  if (!is_write(family, message)) return;
  writes++;
  for (unsigned i = 0; i < MOST_KINDS; i++) {
    if (i == kind_count) kinds[kind_count++] = (struct kind){family, message->nlmsg_type, 0};
    if (kinds[i].family != family || kinds[i].type != message->nlmsg_type) continue;
    kinds[i].count++;
    return;
  }
}

static void receive(int socket) {
  static char bytes[1 << 18];
  struct sockaddr_ll from;
  socklen_t length = sizeof from;
  ssize_t size = recvfrom(socket, bytes, sizeof bytes, MSG_DONTWAIT, (struct sockaddr *)&from, &length);
  int family = ntohs(from.sll_protocol);
  // The direction isn't shown. What the kernel says by itself, or answers, has no NLM_F_REQUEST.
  if (size < 0 || (family != NETLINK_ROUTE && family != NETLINK_GENERIC)) return;
  for (struct nlmsghdr *message = (void *)bytes; NLMSG_OK(message, size); message = NLMSG_NEXT(message, size))
    if (message->nlmsg_flags & NLM_F_REQUEST) count(family, message);
}

static void report(int socket, const char *path) {
  struct tpacket_stats packets = {0};
  socklen_t length = sizeof packets;
  getsockopt(socket, SOL_PACKET, PACKET_STATISTICS, &packets, &length);
  char unfinished[4096];
  snprintf(unfinished, sizeof unfinished, "%s.unfinished", path);
  FILE *file = fopen(unfinished, "w");
  if (!file) exit(1);
  fprintf(file, "{\"requests\":%u,\"writes\":%u,\"missed\":%u,\"kinds\":[", requests, writes, packets.tp_drops);
  for (unsigned i = 0; i < kind_count; i++)
    fprintf(file, "%s{\"family\":%d,\"type\":%d,\"count\":%u}", i ? "," : "", kinds[i].family, kinds[i].type,
            kinds[i].count);
  fprintf(file, "]}\n");
  if (fclose(file) || rename(unfinished, path)) exit(1);
}

int main(int argument_count, char **words) {
  if (argument_count != 2) errx(2, "usage: lab-writes FILE");
  run_first();
  go_to_background();
  // Before anything is watched.
  ethtool_type = type_of("ethtool");
  int room = 8 << 20, watched = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(0x0003));
  struct sockaddr_ll link = {
      .sll_family = AF_PACKET, .sll_protocol = htons(0x0003), .sll_ifindex = if_nametoindex("nlmon0")};
  if (watched < 0 || link.sll_ifindex == 0 || bind(watched, (struct sockaddr *)&link, sizeof link)) err(1, "nlmon0");
  setsockopt(watched, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
  sigset_t blocked, awake;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  sigprocmask(SIG_BLOCK, &blocked, &awake);
  signal(SIGTERM, end);
  ready();
  struct pollfd one = {watched, POLLIN, 0};
  while (!told_to_end) {
    if (ppoll(&one, 1, NULL, &awake) > 0) receive(watched);
  }
  // What came before it was told to end belongs to it.
  while (poll(&one, 1, 0) > 0) receive(watched);
  report(watched, words[1]);
  return 0;
}
