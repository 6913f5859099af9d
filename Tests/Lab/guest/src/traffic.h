// What the parts of lab-traffic share: time, addresses, life in the background.
#ifndef TRAFFIC_H
#define TRAFFIC_H

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// Nanoseconds; a signed type, as differences may be negative.
typedef int64_t nanoseconds;
#define MILLISECOND ((nanoseconds)1000000)
#define SECOND ((nanoseconds)1000000000)

static inline nanoseconds now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * SECOND + time.tv_nsec;
}

static inline double milliseconds(nanoseconds time) { return (double)time / MILLISECOND; }

static inline struct timespec duration(nanoseconds time) {
  if (time < 0) time = 0;
  return (struct timespec){.tv_sec = time / SECOND, .tv_nsec = time % SECOND};
}

union address {
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
};

static inline union address parse_address(const char *text, unsigned port) {
  union address address = {0};
  if (inet_pton(AF_INET, text, &address.v4.sin_addr) == 1) {
    address.v4.sin_family = AF_INET;
    address.v4.sin_port = htons(port);
  } else if (inet_pton(AF_INET6, text, &address.v6.sin6_addr) == 1) {
    address.v6.sin6_family = AF_INET6;
    address.v6.sin6_port = htons(port);
  } else {
    errx(2, "%s is no address", text);
  }
  return address;
}

static inline socklen_t address_size(const union address *address) {
  return address->any.sa_family == AF_INET ? sizeof address->v4 : sizeof address->v6;
}

// What is measured is the network, not how busy the only processor is.
static inline void run_first(void) {
  struct sched_param priority = {.sched_priority = 1};
  if (sched_setscheduler(0, SCHED_FIFO, &priority)) err(1, "sched_setscheduler");
}

static int told_when_ready = -1;

// The caller goes on in a child; the parent waits until it calls ready(), prints its process id, and exits.
static inline void go_to_background(void) {
  int pipes[2];
  if (pipe(pipes)) err(1, "pipe");
  pid_t child = fork();
  if (child < 0) err(1, "fork");
  if (child > 0) {
    close(pipes[1]);
    char byte;
    // What went wrong was said by the child.
    if (read(pipes[0], &byte, 1) != 1) exit(1);
    printf("%d\n", child);
    exit(0);
  }
  close(pipes[0]);
  setsid();
  told_when_ready = pipes[1];
}

static inline void ready(void) {
  if (told_when_ready < 0) return;
  // The caller's streams must not stay open for as long as this runs.
  if (!freopen("/dev/null", "r", stdin) || !freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr))
    exit(1);
  if (write(told_when_ready, "", 1) != 1) exit(1);
  close(told_when_ready);
  told_when_ready = -1;
}

#endif
