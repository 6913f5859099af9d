#include <stdlib.h>

// The Swift runtime looks for its crash reporter before main runs. It finds its own place by dladdr(3), which knows
// nothing in a static program, then by /proc/self/exe, and ends the program when that isn't there either: in a
// container without /proc, or an empty chroot. A place that is given beforehand is not looked for, which also saves
// a dozen system calls of each start. 101 is the first priority that is free for programs; the runtime's own
// initializers have none and come later.
__attribute__((constructor(101))) static void tell_runtime_not_to_look(void) {
  setenv("SWIFT_BACKTRACE", "enable=no,swift-backtrace=/", 1);
}
