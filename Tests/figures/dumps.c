// The least that listing a host's network takes: the requests that `detect` makes, on one socket, and nothing done with
// the answers but to walk their messages. Prints what it counted. Built and run by Tests/figures/detect.
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char buffer[32 * 1024];
static unsigned sequence;

static int open_socket(void) {
  int one = 1, socket_ = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  struct sockaddr_nl address = {.nl_family = AF_NETLINK};
  if (socket_ < 0 || bind(socket_, (struct sockaddr *)&address, sizeof address) < 0) {
    perror("netlink socket");
    exit(1);
  }
  setsockopt(socket_, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &one, sizeof one);
  return socket_;
}

struct request {
  struct nlmsghdr header;
  char body[64];
};

// Asks, and counts the answers; with `early`, ends after the routes to 0.0.0.0, which the kernel lists first.
static int dump(int *socket_, unsigned short type, const void *body, unsigned size, int early) {
  struct request request = {.header = {.nlmsg_len = NLMSG_HDRLEN + size,
                                       .nlmsg_type = type,
                                       .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
                                       .nlmsg_seq = ++sequence}};
  memcpy(request.body, body, size);
  if (send(*socket_, &request, request.header.nlmsg_len, 0) < 0) {
    perror("send");
    exit(1);
  }
  int count = 0;
  for (;;) {
    ssize_t length = recv(*socket_, buffer, sizeof buffer, 0);
    if (length <= 0) {
      perror("recv");
      exit(1);
    }
    struct nlmsghdr *message = (struct nlmsghdr *)buffer;
    for (unsigned left = length; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
      if (message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR) return count;
      if (early && ((struct rtmsg *)NLMSG_DATA(message))->rtm_dst_len != 0) {
        close(*socket_);
        *socket_ = open_socket();
        return count;
      }
      count++;
    }
  }
}

struct attribute32 {
  struct rtattr header;
  unsigned value;
};

int main(void) {
  int socket_ = open_socket();
  struct {
    struct ifinfomsg header;
    struct attribute32 mask;
  } links = {.mask = {{8, IFLA_EXT_MASK}, 1 << 3}};  // RTEXT_FILTER_SKIP_STATS
  int link_count = dump(&socket_, RTM_GETLINK, &links, sizeof links, 0);
  int address_count = 0, rule_count = 0, route_count = 0;
  unsigned char families[] = {AF_INET, AF_INET6};
  for (int index = 0; index < 2; index++) {
    struct ifaddrmsg addresses = {.ifa_family = families[index]};
    address_count += dump(&socket_, RTM_GETADDR, &addresses, sizeof addresses, 0);
  }
  for (int index = 0; index < 2; index++) {
    struct fib_rule_hdr rules = {.family = families[index]};
    rule_count += dump(&socket_, RTM_GETRULE, &rules, sizeof rules, 0);
  }
  for (int index = 0; index < 2; index++) {
    unsigned tables[] = {RT_TABLE_DEFAULT, RT_TABLE_MAIN};
    // The kernel's own rules name both for IPv4, and main alone for IPv6.
    for (int table = index; table < 2; table++) {
      struct {
        struct rtmsg header;
        struct attribute32 table;
      } routes = {.header = {.rtm_family = families[index]}, .table = {{8, RTA_TABLE}, tables[table]}};
      route_count += dump(&socket_, RTM_GETROUTE, &routes, sizeof routes, families[index] == AF_INET);
    }
  }
  printf("%d links, %d addresses, %d rules, %d routes\n", link_count, address_count, rule_count, route_count);
  return 0;
}
