// usage: lab-when link NAME COMMAND...
//        lab-when address ADDRESS COMMAND...
// Runs the command once, at the moment at which the kernel tells of a link of that name, or of that address on a link
// whose name begins with "vhost". Waits in the background and prints its process id. It goes before every other
// program, so that whoever made the link doesn't run on before the command has ended.
#define _GNU_SOURCE
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include "traffic.h"

static const void *attribute(const struct nlmsghdr *message, size_t head, unsigned short type) {
  const struct rtattr *each = (const void *)((const char *)NLMSG_DATA(message) + NLMSG_ALIGN(head));
  int left = message->nlmsg_len - NLMSG_SPACE(head);
  for (; RTA_OK(each, left); each = RTA_NEXT(each, left))
    if (each->rta_type == type) return RTA_DATA(each);
  return NULL;
}

static bool is_link(const struct nlmsghdr *message, const char *name) {
  const char *has = attribute(message, sizeof(struct ifinfomsg), IFLA_IFNAME);
  return message->nlmsg_type == RTM_NEWLINK && has && !strcmp(has, name);
}

static bool is_address(const struct nlmsghdr *message, const union address *wanted) {
  const struct ifaddrmsg *head = NLMSG_DATA(message);
  char name[IF_NAMESIZE] = "";
  if (message->nlmsg_type != RTM_NEWADDR || head->ifa_family != wanted->any.sa_family) return false;
  bool v4 = head->ifa_family == AF_INET;
  const void *has = attribute(message, sizeof *head, v4 ? IFA_LOCAL : IFA_ADDRESS);
  if (!has || memcmp(has, v4 ? (void *)&wanted->v4.sin_addr : (void *)&wanted->v6.sin6_addr, v4 ? 4 : 16)) return false;
  return if_indextoname(head->ifa_index, name) && !strncmp(name, "vhost", 5);
}

int main(int count, char **words) {
  bool link = count >= 4 && !strcmp(words[1], "link");
  if (!link && (count < 4 || strcmp(words[1], "address")))
    errx(2, "usage: lab-when link NAME|address ADDRESS COMMAND...");
  union address wanted = {0};
  if (!link) wanted = parse_address(words[2], 0);
  struct sockaddr_nl self = {.nl_family = AF_NETLINK,
                             .nl_groups = link ? RTMGRP_LINK : RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR};
  run_first();
  go_to_background();
  int kernel = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (kernel < 0 || bind(kernel, (struct sockaddr *)&self, sizeof self)) err(1, "netlink");
  ready();
  static char bytes[1 << 16];
  for (;;) {
    ssize_t size = recv(kernel, bytes, sizeof bytes, 0);
    if (size < 0) continue;
    for (struct nlmsghdr *message = (void *)bytes; NLMSG_OK(message, size); message = NLMSG_NEXT(message, size)) {
      if (link ? !is_link(message, words[2]) : !is_address(message, &wanted)) continue;
      execvp(words[3], words + 3);
      err(1, "%s", words[3]);
    }
  }
}
