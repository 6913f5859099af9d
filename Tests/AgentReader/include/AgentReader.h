#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Takes a key that was read: as `SECTION.key`, with its value, and whether it was registered beforehand.
typedef void (*agent_reader_entry)(void *context, const char *key, const char *value, int is_registered);

/// Reads a configuration as the vRouter agent does its own, by Boost.Program_options: registered keys have one value, other
/// keys are kept aside.
///
/// Returns null when it was read, else why not; the text is the caller's, to be given to free(3).
char *agent_reader_options(
    const char *text, const char *const *registered, size_t count, agent_reader_entry entry, void *context);

/// Reads a configuration as the vRouter agent does the sections that it doesn't know beforehand (queues and priority
/// groups), by Boost.PropertyTree. A section or key that comes twice is an error there; `#` within a value isn't a comment.
///
/// Every section is told once with an empty value and nothing behind the dot. Returns as above.
char *agent_reader_tree(const char *text, agent_reader_entry entry, void *context);

#ifdef __cplusplus
}
#endif
