// TCP connections on which a known sequence of bytes goes out at a steady pace and must come back.
#ifndef TRAFFIC_STREAMS_H
#define TRAFFIC_STREAMS_H

#include <netinet/tcp.h>

#include "traffic.h"

enum { MOST_STREAMS = 64, RECORD_BYTES = 64 };

struct stream {
  int socket;
  uint64_t sent, received;
  nanoseconds last_received, longest_stall;
  bool broken;
};

struct streams {
  struct stream each[MOST_STREAMS];
  unsigned count, resets, wrong;
  int reset_errno;
};

static char byte_at(unsigned stream, uint64_t position) { return (char)(stream * 37 + position * 7 + (position >> 8)); }

static void stream_broke(struct streams *streams, struct stream *stream, int error) {
  if (!streams->resets++) streams->reset_errno = error;
  stream->broken = true;
  close(stream->socket);
}

static void streams_open(struct streams *streams, const union address *to, const union address *from) {
  for (unsigned i = 0; i < streams->count; i++) {
    int number = socket(to->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
    if (number < 0) err(1, "a TCP socket");
    struct timeval limit = {.tv_sec = 5};
    setsockopt(number, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (from->any.sa_family && bind(number, &from->any, address_size(from))) err(1, "bind");
    if (connect(number, &to->any, address_size(to))) err(1, "connect");
    setsockopt(number, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    streams->each[i] = (struct stream){.socket = number, .last_received = now()};
  }
}

static void streams_send(struct streams *streams) {
  for (unsigned i = 0; i < streams->count; i++) {
    struct stream *stream = &streams->each[i];
    if (stream->broken) continue;
    char record[RECORD_BYTES];
    for (unsigned at = 0; at < RECORD_BYTES; at++) record[at] = byte_at(i, stream->sent + at);
    // Silence is counted from when something is due.
    if (stream->sent == stream->received) stream->last_received = now();
    ssize_t size = send(stream->socket, record, sizeof record, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (size > 0)
      stream->sent += size;
    else if (size < 0 && errno != EAGAIN)
      stream_broke(streams, stream, errno);
  }
}

static void stream_receive(struct streams *streams, unsigned i) {
  struct stream *stream = &streams->each[i];
  char bytes[4096];
  while (!stream->broken) {
    ssize_t size = recv(stream->socket, bytes, sizeof bytes, MSG_DONTWAIT);
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) {
      stream_broke(streams, stream, size < 0 ? errno : 0);
      return;
    }
    for (ssize_t at = 0; at < size; at++)
      if (bytes[at] != byte_at(i, stream->received++)) streams->wrong++;
    nanoseconds time = now();
    if (time - stream->last_received > stream->longest_stall) stream->longest_stall = time - stream->last_received;
    stream->last_received = time;
  }
}

static bool streams_settled(const struct streams *streams) {
  for (unsigned i = 0; i < streams->count; i++)
    if (!streams->each[i].broken && streams->each[i].sent != streams->each[i].received) return false;
  return true;
}

static bool streams_begun(const struct streams *streams) {
  for (unsigned i = 0; i < streams->count; i++)
    if (!streams->each[i].received) return false;
  return true;
}

static void streams_report(struct streams *streams, FILE *file) {
  uint64_t bytes = 0, missing = 0;
  nanoseconds stall = 0;
  for (unsigned i = 0; i < streams->count; i++) {
    struct stream *stream = &streams->each[i];
    bytes += stream->received;
    missing += stream->sent - stream->received;
    if (stream->sent != stream->received && now() - stream->last_received > stream->longest_stall)
      stream->longest_stall = now() - stream->last_received;
    if (stream->longest_stall > stall) stall = stream->longest_stall;
  }
  fprintf(file,
          "\"tcp\":{\"connections\":%u,\"bytes\":%llu,\"missing\":%llu,\"wrong\":%u,\"resets\":%u,"
          "\"resetErrno\":\"%s\",\"longestStallMs\":%.1f}",
          streams->count, (unsigned long long)bytes, (unsigned long long)missing, streams->wrong, streams->resets,
          !streams->resets ? "" : streams->reset_errno ? strerrorname_np(streams->reset_errno) : "end of stream",
          milliseconds(stall));
}

#endif
