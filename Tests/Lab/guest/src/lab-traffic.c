// usage: lab-traffic watch FILE ADDRESS [OPTION=VALUE...]
//        lab-traffic serve PORT
//        lab-traffic stop PID...
//
// watch  pings ADDRESS (IPv4 or IPv6) at a steady pace and exchanges bytes with an echo server there, in the
//        background; prints its process id as soon as there were answers of each kind. What it saw is in FILE when it
//        has ended: one JSON object.
//          every=10     milliseconds between two pings, and two records of a connection
//          late=1000    milliseconds after which an answer counts as lost, without those in which this program stood still
//          size=56      bytes of a ping's payload
//          from=A[+N]   the source address; with +N that and the following ones in turn (pings alone)
//          streams=0    how many TCP connections
//          port=7777    of the echo server
//          wait=5000    milliseconds within which there must be answers, else it fails
// serve  echoes what comes over TCP on PORT at any address, in the background; prints its process id.
// stop   tells such processes to end, and waits until they have.
#define _GNU_SOURCE
#include <sys/pidfd.h>

#include "traffic-ping.h"
#include "traffic-serve.h"
#include "traffic-streams.h"
#include "traffic.h"

static struct pings pings = {.payload = 56, .late = 1000 * MILLISECOND, .sources = 1};
static struct streams streams;
static nanoseconds every = 10 * MILLISECOND, limit = 5000 * MILLISECOND;
static volatile sig_atomic_t told_to_end;

static void end(int signal) {
  (void)signal;
  told_to_end = 1;
}

// Receives until that time, or until a signal says to end.
static void receive_until(nanoseconds time, const sigset_t *awake) {
  struct pollfd all[1 + MOST_STREAMS];
  for (nanoseconds left = time - now();; left = time - now()) {
    all[0] = (struct pollfd){pings.socket, POLLIN, 0};
    for (unsigned i = 0; i < streams.count; i++)
      all[1 + i] = (struct pollfd){streams.each[i].broken ? -1 : streams.each[i].socket, POLLIN, 0};
    struct timespec pause = duration(left);
    int count = ppoll(all, 1 + streams.count, &pause, awake);
    if (count < 0 && errno == EINTR) return;
    if (count < 0) err(1, "ppoll");
    if (all[0].revents) ping_receive(&pings);
    for (unsigned i = 0; i < streams.count; i++)
      if (all[1 + i].revents) stream_receive(&streams, i);
    if (left <= 0) return;
  }
}

static void report(const char *path, const char *to, nanoseconds begin, nanoseconds length, nanoseconds own_delay) {
  char unfinished[4096];
  snprintf(unfinished, sizeof unfinished, "%s.unfinished", path);
  FILE *file = fopen(unfinished, "w");
  if (!file) exit(1);
  fprintf(file, "{\"to\":\"%s\",\"seconds\":%.3f,\"everyMs\":%.1f,\"ownDelayMs\":%.1f,", to, (double)length / SECOND,
          milliseconds(every), milliseconds(own_delay));
  ping_report(&pings, file, begin);
  fprintf(file, ",");
  streams_report(&streams, file);
  fprintf(file, "}\n");
  if (fclose(file) || rename(unfinished, path)) exit(1);
}

static void watch(const char *path, const char *to) {
  sigset_t blocked, awake;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  sigprocmask(SIG_BLOCK, &blocked, &awake);
  signal(SIGTERM, end);
  nanoseconds begin = now(), due = begin, own_delay = 0;
  bool begun = false;
  while (!told_to_end) {
    ping_send(&pings);
    streams_send(&streams);
    due += every;
    pings.due = due;
    receive_until(due, &awake);
    nanoseconds behind = now() - due;
    if (!told_to_end && behind > own_delay) own_delay = behind;
    // What was missed isn't made up for: the pace is the promise.
    if (behind > every) {
      pings.stalled += behind;
      pings.due = due = now();
    }
    if (!begun && pings.last_answer && streams_begun(&streams)) {
      begun = true;
      ready();
    }
    if (!begun && now() - begin > limit)
      errx(1, "%s doesn't answer%s", to, pings.last_answer ? " over TCP" : "");
  }
  nanoseconds ended = now();
  pings.due = 0;
  while (now() - ended <= pings.late && !(ping_settled(&pings) && streams_settled(&streams)))
    receive_until(now() + every, NULL);
  report(path, to, begin, ended - begin, own_delay);
}

static void parse_source(char *text) {
  char *plus = strchr(text, '+');
  if (plus) {
    *plus = 0;
    pings.sources = atoi(plus + 1);
    if (pings.sources == 0) errx(2, "no number of source addresses");
  }
  pings.from = parse_address(text, 0);
}

static int start_watch(int count, char **words) {
  unsigned port = 7777;
  for (int i = 2; i < count; i++) {
    char *value = strchr(words[i], '=');
    if (!value) errx(2, "%s is no option", words[i]);
    *value++ = 0;
    const char *name = words[i];
    if (!strcmp(name, "every")) every = atoi(value) * MILLISECOND;
    else if (!strcmp(name, "late")) pings.late = atoi(value) * MILLISECOND;
    else if (!strcmp(name, "wait")) limit = atoi(value) * MILLISECOND;
    else if (!strcmp(name, "size")) pings.payload = atoi(value);
    else if (!strcmp(name, "streams")) streams.count = atoi(value);
    else if (!strcmp(name, "port")) port = atoi(value);
    else if (!strcmp(name, "from")) parse_source(value);
    else errx(2, "there is no option %s", name);
  }
  // The request's number is part of the payload.
  if (pings.payload < 4 || pings.payload > MOST_PAYLOAD || streams.count > MOST_STREAMS || every <= 0)
    errx(2, "a size is 4 to %d, there are at most %d streams, and time goes on", MOST_PAYLOAD, MOST_STREAMS);
  pings.payload -= 4;
  pings.to = parse_address(words[1], 0);
  union address server = parse_address(words[1], port), none = {0};
  run_first();
  go_to_background();
  ping_open(&pings);
  streams_open(&streams, &server, pings.sources > 1 ? &none : &pings.from);
  watch(words[0], words[1]);
  return 0;
}

static int stop(int count, char **words) {
  for (int i = 0; i < count; i++) {
    int process = pidfd_open(atoi(words[i]), 0);
    if (process < 0) err(1, "process %s", words[i]);
    if (pidfd_send_signal(process, SIGTERM, NULL, 0)) err(1, "process %s", words[i]);
    struct pollfd ended = {process, POLLIN, 0};
    if (poll(&ended, 1, -1) < 0) err(1, "poll");
    close(process);
  }
  return 0;
}

int main(int count, char **words) {
  if (count >= 4 && !strcmp(words[1], "watch")) return start_watch(count - 2, words + 2);
  if (count == 3 && !strcmp(words[1], "serve")) return serve(atoi(words[2]));
  if (count >= 3 && !strcmp(words[1], "stop")) return stop(count - 2, words + 2);
  errx(2, "usage: lab-traffic watch FILE ADDRESS [OPTION=VALUE...] | serve PORT | stop PID...");
}
