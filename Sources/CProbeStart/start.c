#include "CProbeStart.h"

#include <stdlib.h>

// Two things that the Swift runtime finds out before main, and not without /proc: in an empty chroot, or a container
// that has none.
//
// - Its own place, from which it looks for its crash reporter: by dladdr(3), which knows nothing in a static program,
//   then by /proc/self/exe; else it ends the program. A place that is given beforehand is not looked for, which
//   also saves ten system calls of each start.
// - The arguments: from what lies before the environment on the stack, whose bounds it reads from /proc/self/maps;
//   else CommandLine.arguments is empty, and an option would be passed over. Here they come from glibc, which hands
//   them to every function of this kind.

static int count;
static char **arguments;

// 101 is the first priority that is free for programs; the runtime's own initializers have none and come later.
__attribute__((constructor(101))) static void start(int argc, char **argv) {
  count = argc;
  arguments = argv;
  setenv("SWIFT_BACKTRACE", "enable=no,swift-backtrace=/", 1);
}

int probe_argument_count(void) { return count > 0 ? count - 1 : 0; }

const char *probe_argument(int index) { return arguments[index + 1]; }
