// SPDX-License-Identifier: GPL-2.0-only
/* Sub-module "Stats": counters of allocations and drops and the drop log, for each processor. */
#include <linux/slab.h>

#include "standin.h"

#define MALLOC_STATISTICS_BYTES 1984
#define DROP_STATISTICS_BYTES 440
#define DROP_LOG_RECORD_BYTES 168

/* A list of blocks, one for each processor. */
struct per_cpu_blocks {
	void **block;
};

static struct per_cpu_blocks malloc_statistics, drop_statistics;

static struct drop_log {
	struct per_cpu_blocks buffers;
	void *positions;
} *drop_log;

static_assert(sizeof(struct drop_log) == 16);

/* Since the load came to it. */
static bool is_without_log;

static void give_back(struct per_cpu_blocks *blocks)
{
	unsigned int cpu;

	for (cpu = 0; blocks->block && cpu < standin_cpus; cpu++)
		kfree(blocks->block[cpu]);
	kfree(blocks->block);
	blocks->block = NULL;
}

static int take(struct per_cpu_blocks *blocks, size_t bytes)
{
	unsigned int cpu;

	blocks->block = standin_zalloc(standin_cpus * sizeof(void *));
	if (!blocks->block)
		return -ENOMEM;
	for (cpu = 0; cpu < standin_cpus; cpu++) {
		blocks->block[cpu] = standin_zalloc(bytes);
		if (!blocks->block[cpu])
			return -ENOMEM;
	}
	return 0;
}

static int drop_log_init(void)
{
	int error;

	if (vr_pkt_droplog_buf_en != 1)
		return 0;
	drop_log = standin_zalloc(sizeof(*drop_log));
	if (!drop_log)
		return -ENOMEM;
	error = take(&drop_log->buffers, (size_t)vr_pkt_droplog_bufsz * DROP_LOG_RECORD_BYTES);
	if (!error) {
		drop_log->positions = standin_zalloc(standin_cpus * sizeof(void *));
		if (drop_log->positions)
			return 0;
		error = -ENOMEM;
	}
	give_back(&drop_log->buffers);
	kfree(drop_log);
	drop_log = NULL;
	return error;
}

bool standin_drop_log_is_missing(void)
{
	return is_without_log;
}

int standin_statistics_init(void)
{
	if (take(&malloc_statistics, MALLOC_STATISTICS_BYTES))
		return standin_failed(-ENOMEM, MALLOC_STATISTICS_BYTES);
	if (take(&drop_statistics, DROP_STATISTICS_BYTES))
		return standin_failed(-ENOMEM, DROP_STATISTICS_BYTES);
	/* The real module goes on without its drop log, and crashes when it is time to give it back. */
	is_without_log = drop_log_init() || !drop_log;
	if (is_without_log)
		standin_danger("there is no drop log, and an unload would crash");
	return 0;
}

void standin_statistics_exit(void)
{
	if (drop_log) {
		kfree(drop_log->positions);
		give_back(&drop_log->buffers);
		kfree(drop_log);
		drop_log = NULL;
	}
	give_back(&drop_statistics);
	give_back(&malloc_statistics);
}
