/* SPDX-License-Identifier: GPL-2.0-only */
/* The tables of the agent's phase. */
#ifndef STANDIN_AGENT_PHASE_H
#define STANDIN_AGENT_PHASE_H

#include <linux/types.h>

/*
 * memory.c: a hash table of the real module's: entries in fours, an overflow table, what deleting needs, a head. With
 * `memory` the entries of both tables lie there.
 */
struct standin_hash;
struct standin_hash *standin_hash_make(u32 entries, u32 overflow, u32 entry_size, void *memory);
void standin_hash_free(struct standin_hash *hash);

bool standin_tables_are_there(void);
/* The files of huge pages that the tables lie in; empty for page blocks. */
const char *standin_flow_path(void);
const char *standin_bridge_path(void);

#endif
