// SPDX-License-Identifier: GPL-2.0-only
/* Memory is taken atomically and contiguously, as the real module does: no reclaim, no compaction, no retry. */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "agent_phase.h"
#include "standin.h"

/* The largest block that a table is made of. */
#define CHUNK_BYTES (4UL << 20)

/* The real header has 40 bytes before its list of chunks, of which each takes 16. */
struct chunk {
	unsigned long address;
	unsigned int order;
	unsigned int unused;
};

struct standin_table {
	unsigned int chunks;
	u8 unused[36];
	struct chunk chunk[];
};

static_assert(sizeof(struct standin_table) == 40);
static_assert(sizeof(struct chunk) == 16);

/* Checked allocations carry a mark of 8 bytes in front. */
static size_t with_mark(size_t bytes)
{
	return bytes + (vr_memory_alloc_checks == 1 ? 8 : 0);
}

void *standin_alloc(size_t bytes)
{
	return kmalloc(with_mark(bytes), GFP_ATOMIC);
}

void *standin_zalloc(size_t bytes)
{
	return kzalloc(with_mark(bytes), GFP_ATOMIC);
}

static bool take_chunk(struct standin_table *table, size_t bytes)
{
	struct chunk *chunk = &table->chunk[table->chunks];

	chunk->order = get_order(bytes);
	chunk->address = __get_free_pages(GFP_ATOMIC | __GFP_ZERO | __GFP_COMP, chunk->order);
	if (!chunk->address)
		return false;
	table->chunks++;
	return true;
}

struct standin_table *standin_table_make(u32 entries, u32 entry_size)
{
	/* In 32 bits: a product of 4 GiB or more wraps, as in the real module. */
	u32 bytes = entries * entry_size;
	u32 full = bytes / CHUNK_BYTES;
	u32 rest = bytes % CHUNK_BYTES;
	struct standin_table *table;
	u32 i;

	if (!bytes || (full && CHUNK_BYTES % entry_size))
		return NULL;
	table = standin_zalloc(struct_size(table, chunk, full + !!rest));
	if (!table)
		return NULL;
	for (i = 0; i < full; i++) {
		if (!take_chunk(table, CHUNK_BYTES))
			goto fail;
	}
	if (rest && !take_chunk(table, rest))
		goto fail;
	return table;

fail:
	standin_table_free(table);
	return NULL;
}

void standin_table_free(struct standin_table *table)
{
	if (!table)
		return;
	while (table->chunks) {
		struct chunk *chunk = &table->chunk[--table->chunks];

		free_pages(chunk->address, chunk->order);
	}
	kfree(table);
}

/* The real head has 80 bytes. */
struct standin_hash {
	struct standin_table *entries, *overflow, *deletion;
	u8 unused[56];
};

static_assert(sizeof(struct standin_hash) == 80);

#define ENTRIES_IN_A_BUCKET 4
#define DELETION_BYTES 16

/* Only the header is taken: the entries lie elsewhere. */
static struct standin_table *table_attach(void)
{
	struct standin_table *table;

	return standin_zalloc(struct_size(table, chunk, 1));
}

struct standin_hash *standin_hash_make(u32 entries, u32 overflow, u32 entry_size, void *memory)
{
	struct standin_hash *hash;

	if (!entries)
		return NULL;
	hash = standin_zalloc(sizeof(*hash));
	if (!hash)
		return NULL;
	entries = roundup(entries, ENTRIES_IN_A_BUCKET);
	hash->entries = memory ? table_attach() : standin_table_make(entries, entry_size);
	if (!hash->entries)
		goto fail;
	if (!overflow)
		return hash;
	hash->overflow = memory ? table_attach() : standin_table_make(overflow, entry_size);
	if (!hash->overflow)
		goto fail;
	hash->deletion = standin_table_make(entries / ENTRIES_IN_A_BUCKET, DELETION_BYTES);
	if (!hash->deletion)
		goto fail;
	return hash;

fail:
	standin_hash_free(hash);
	return NULL;
}

void standin_hash_free(struct standin_hash *hash)
{
	if (!hash)
		return;
	standin_table_free(hash->deletion);
	standin_table_free(hash->overflow);
	standin_table_free(hash->entries);
	kfree(hash);
}
