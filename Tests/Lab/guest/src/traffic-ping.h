// Echo requests (RFC 792, RFC 4443) at a steady pace, and what came of each.
#ifndef TRAFFIC_PING_H
#define TRAFFIC_PING_H

#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>

#include "traffic.h"

enum { MOST_PINGS = 1 << 20, MOST_BURSTS = 32, MOST_PAYLOAD = 9000 };

struct pings {
  union address to;
  // The source of request n is the n-th address from `from` on, of `sources`; none when its family is 0.
  union address from;
  unsigned sources;
  size_t payload;
  nanoseconds late;
  int socket;
  // By number: when it was sent, 0 when it couldn't be; when it was answered, 0 when not yet; how long this program had
  // stood still by then; how long the answer took without such times.
  nanoseconds *sent, *answered, *stalled_before, *took;
  // How long this program stood still so far, and since when it should be running; 0: it does.
  nanoseconds stalled, due;
  unsigned count;
  unsigned unsent, late_answers, duplicates;
  int unsent_errno;
  nanoseconds last_answer, longest_gap;
};

// Both kinds of echo message have the layout of struct icmphdr; the payload begins with the request's number.
struct echo {
  struct icmphdr head;
  uint32_t number;
  char filling[MOST_PAYLOAD];
};

static void ping_open(struct pings *pings) {
  bool v4 = pings->to.any.sa_family == AF_INET;
  pings->socket = socket(pings->to.any.sa_family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
                         v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
  if (pings->socket < 0) err(1, "a raw socket");
  // For all answers of seconds in which this program stands still, of 9,000 bytes, and of the others' pings too, which a
  // raw socket hears: far above what net.core.rmem_max allows.
  int room = 64 << 20;
  if (setsockopt(pings->socket, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room)) err(1, "SO_RCVBUFFORCE");
  if (v4) {
    // ICMP_FILTER of linux/icmp.h, which doesn't go with netinet/ip_icmp.h: a mask of types to leave out.
    uint32_t filter = ~(1U << ICMP_ECHOREPLY);
    if (setsockopt(pings->socket, SOL_RAW, 1, &filter, sizeof filter)) err(1, "ICMP_FILTER");
    // A packet that doesn't fit must not arrive in pieces.
    int discover = IP_PMTUDISC_PROBE;
    setsockopt(pings->socket, IPPROTO_IP, IP_MTU_DISCOVER, &discover, sizeof discover);
  } else {
    struct icmp6_filter filter;
    ICMP6_FILTER_SETBLOCKALL(&filter);
    ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
    if (setsockopt(pings->socket, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof filter)) err(1, "ICMP6_FILTER");
    int discover = IPV6_PMTUDISC_PROBE;
    setsockopt(pings->socket, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &discover, sizeof discover);
  }
  pings->sent = calloc(MOST_PINGS, sizeof *pings->sent);
  pings->answered = calloc(MOST_PINGS, sizeof *pings->answered);
  pings->stalled_before = calloc(MOST_PINGS, sizeof *pings->stalled_before);
  pings->took = calloc(MOST_PINGS, sizeof *pings->took);
  if (!pings->sent || !pings->answered || !pings->stalled_before || !pings->took) err(1, "memory");
}

// A machine that has other work lets a guest stand still for seconds: that says nothing about the network.
static nanoseconds ping_stalled(const struct pings *pings, nanoseconds time) {
  return pings->stalled + (pings->due && time > pings->due ? time - pings->due : 0);
}

static uint16_t checksum(const void *bytes, size_t size) {
  const uint16_t *words = bytes;
  uint32_t sum = 0;
  for (; size > 1; size -= 2) sum += *words++;
  if (size) sum += *(const uint8_t *)words;
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum;
}

// Gives the message its source address (ip(7) IP_PKTINFO, ipv6(7) IPV6_PKTINFO).
static void set_source(struct msghdr *message, const struct pings *pings, unsigned number) {
  static union {
    struct cmsghdr head;
    char room[CMSG_SPACE(sizeof(struct in6_pktinfo))];
  } control;
  if (!pings->from.any.sa_family) return;
  memset(&control, 0, sizeof control);
  uint32_t step = number % pings->sources;
  message->msg_control = &control;
  if (pings->from.any.sa_family == AF_INET) {
    struct in_pktinfo info = {.ipi_spec_dst.s_addr = htonl(ntohl(pings->from.v4.sin_addr.s_addr) + step)};
    control.head = (struct cmsghdr){CMSG_LEN(sizeof info), IPPROTO_IP, IP_PKTINFO};
    memcpy(CMSG_DATA(&control.head), &info, sizeof info);
    message->msg_controllen = CMSG_SPACE(sizeof info);
  } else {
    struct in6_pktinfo info = {.ipi6_addr = pings->from.v6.sin6_addr};
    info.ipi6_addr.s6_addr32[3] = htonl(ntohl(info.ipi6_addr.s6_addr32[3]) + step);
    control.head = (struct cmsghdr){CMSG_LEN(sizeof info), IPPROTO_IPV6, IPV6_PKTINFO};
    memcpy(CMSG_DATA(&control.head), &info, sizeof info);
    message->msg_controllen = CMSG_SPACE(sizeof info);
  }
}

static void ping_send(struct pings *pings) {
  static struct echo echo;
  if (pings->count == MOST_PINGS) errx(1, "more than %d pings", MOST_PINGS);
  unsigned number = pings->count++;
  size_t size = sizeof echo.head + sizeof echo.number + pings->payload;
  echo.head = (struct icmphdr){
      .type = pings->to.any.sa_family == AF_INET ? ICMP_ECHO : ICMP6_ECHO_REQUEST,
      .un.echo = {.id = htons(getpid() & 0xffff), .sequence = htons(number & 0xffff)},
  };
  echo.number = htonl(number);
  // That of ICMPv6 is the kernel's.
  if (pings->to.any.sa_family == AF_INET) echo.head.checksum = checksum(&echo, size);
  struct iovec piece = {&echo, size};
  struct msghdr message = {
      .msg_name = &pings->to, .msg_namelen = address_size(&pings->to), .msg_iov = &piece, .msg_iovlen = 1};
  set_source(&message, pings, number);
  nanoseconds time = now();
  if (sendmsg(pings->socket, &message, 0) < 0) {
    if (!pings->unsent++) pings->unsent_errno = errno;
  } else {
    pings->sent[number] = time;
    pings->stalled_before[number] = ping_stalled(pings, time);
  }
}

static void ping_receive(struct pings *pings) {
  static char bytes[sizeof(struct iphdr) + 40 + sizeof(struct echo)];
  ssize_t size;
  while ((size = recv(pings->socket, bytes, sizeof bytes, 0)) > 0) {
    nanoseconds time = now();
    size_t before = pings->to.any.sa_family == AF_INET ? ((struct iphdr *)bytes)->ihl * 4 : 0;
    if ((size_t)size < before + sizeof(struct icmphdr) + 4) continue;
    struct echo *echo = (struct echo *)(bytes + before);
    unsigned number = ntohl(echo->number);
    if (ntohs(echo->head.un.echo.id) != (getpid() & 0xffff) || number >= pings->count || !pings->sent[number])
      continue;
    if (pings->answered[number]) {
      pings->duplicates++;
      continue;
    }
    pings->answered[number] = time;
    pings->took[number] = time - pings->sent[number] - (ping_stalled(pings, time) - pings->stalled_before[number]);
    if (pings->took[number] > pings->late) {
      pings->late_answers++;
      continue;
    }
    if (pings->last_answer && time - pings->last_answer > pings->longest_gap)
      pings->longest_gap = time - pings->last_answer;
    pings->last_answer = time;
  }
}

static bool ping_lost(const struct pings *pings, unsigned number) {
  return !pings->answered[number] || pings->took[number] > pings->late;
}

// Whether nothing is to be waited for any more.
static bool ping_settled(const struct pings *pings) {
  for (unsigned number = pings->count; number-- > 0;) {
    if (!pings->sent[number]) continue;
    if (now() - pings->sent[number] > pings->late) return true;
    if (!pings->answered[number]) return false;
  }
  return true;
}

static void ping_report(struct pings *pings, FILE *file, nanoseconds begin) {
  unsigned lost = 0, bursts = 0;
  nanoseconds slowest = 0;
  for (unsigned number = 0; number < pings->count; number++) {
    lost += ping_lost(pings, number);
    if (!ping_lost(pings, number) && pings->answered[number] - pings->sent[number] > slowest)
      slowest = pings->answered[number] - pings->sent[number];
  }
  // A silence that lasts to the end is a gap too.
  if (pings->count && ping_lost(pings, pings->count - 1) && now() - pings->last_answer > pings->longest_gap)
    pings->longest_gap = now() - pings->last_answer;
  fprintf(file,
          "\"ping\":{\"sent\":%u,\"answered\":%u,\"lost\":%u,\"unsent\":%u,\"unsentErrno\":\"%s\",\"late\":%u,"
          "\"duplicates\":%u,\"longestGapMs\":%.1f,\"slowestMs\":%.1f,\"bursts\":[",
          pings->count, pings->count - lost, lost, pings->unsent,
          pings->unsent ? strerrorname_np(pings->unsent_errno) : "", pings->late_answers, pings->duplicates,
          milliseconds(pings->longest_gap), milliseconds(slowest));
  nanoseconds at = begin;
  for (unsigned number = 0, length = 0; number <= pings->count; number++) {
    bool gone = number < pings->count && ping_lost(pings, number);
    if (gone) {
      if (!length++ && pings->sent[number]) at = pings->sent[number];
    } else {
      if (length && bursts++ < MOST_BURSTS)
        fprintf(file, "%s{\"atMs\":%.0f,\"lost\":%u}", bursts > 1 ? "," : "", milliseconds(at - begin), length);
      length = 0;
      // One that couldn't be sent has the time of the one before it.
      if (number < pings->count) at = pings->sent[number];
    }
  }
  fprintf(file, "]}");
}

#endif
