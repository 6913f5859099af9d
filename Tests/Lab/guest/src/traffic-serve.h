// A TCP echo server on every address.
#ifndef TRAFFIC_SERVE_H
#define TRAFFIC_SERVE_H

#include <netinet/tcp.h>
#include <sys/epoll.h>

#include "traffic.h"

static void accept_one(int events, int listener) {
  int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC), one = 1;
  if (client < 0) return;
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = client};
  if (epoll_ctl(events, EPOLL_CTL_ADD, client, &event)) close(client);
}

static void echo_back(int client) {
  char bytes[4096];
  ssize_t size = recv(client, bytes, sizeof bytes, MSG_DONTWAIT);
  if (size < 0 && errno == EAGAIN) return;
  // As much as came in goes out: there is room for it unless the other side stopped reading.
  if (size <= 0 || send(client, bytes, size, MSG_NOSIGNAL) != size) close(client);
}

static int serve(unsigned port) {
  union address any = {.v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)}};
  int listener, events, one = 1;
  run_first();
  go_to_background();
  listener = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0) err(1, "a TCP socket");
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, &any.any, sizeof any.v6) || listen(listener, 64)) err(1, "port %u", port);
  events = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
  if (events < 0 || epoll_ctl(events, EPOLL_CTL_ADD, listener, &event)) err(1, "epoll");
  ready();
  for (;;) {
    if (epoll_wait(events, &event, 1, -1) < 1) continue;
    if (event.data.fd == listener)
      accept_one(events, listener);
    else
      echo_back(event.data.fd);
  }
}

#endif
