// usage: lab-advertise INTERFACE PREFIX
// Is a router that advertises itself and a prefix of 64 bits three times a second (RFC 4861, sections 4.2 and 4.6.2), for
// hosts that make their own address of it. In the background; prints its process id.
#define _GNU_SOURCE
#include <net/if.h>
#include <netinet/icmp6.h>

#include "traffic.h"

enum { ROUTER_SECONDS = 1800, VALID_SECONDS = 7200, PREFERRED_SECONDS = 3600 };

int main(int count, char **words) {
  if (count != 3) errx(2, "usage: lab-advertise INTERFACE PREFIX");
  unsigned index = if_nametoindex(words[1]);
  if (!index) err(1, "%s", words[1]);
  struct {
    struct nd_router_advert head;
    struct nd_opt_prefix_info prefix;
  } message = {
      .head = {.nd_ra_hdr = {.icmp6_type = ND_ROUTER_ADVERT}, .nd_ra_router_lifetime = htons(ROUTER_SECONDS)},
      .prefix = {.nd_opt_pi_type = ND_OPT_PREFIX_INFORMATION,
                 .nd_opt_pi_len = sizeof(struct nd_opt_prefix_info) / 8,
                 .nd_opt_pi_prefix_len = 64,
                 .nd_opt_pi_flags_reserved = ND_OPT_PI_FLAG_ONLINK | ND_OPT_PI_FLAG_AUTO,
                 .nd_opt_pi_valid_time = htonl(VALID_SECONDS),
                 .nd_opt_pi_preferred_time = htonl(PREFERRED_SECONDS),
                 .nd_opt_pi_prefix = parse_address(words[2], 0).v6.sin6_addr},
  };
  union address everyone = parse_address("ff02::1", 0);
  everyone.v6.sin6_scope_id = index;
  go_to_background();
  int hops = 255, out = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6);
  if (out < 0 || setsockopt(out, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof hops)) err(1, "a raw socket");
  ready();
  for (;;) {
    sendto(out, &message, sizeof message, 0, &everyone.any, sizeof everyone.v6);
    usleep(333000);
  }
}
