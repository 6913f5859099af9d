// SPDX-License-Identifier: GPL-2.0-only
/* The assembler of fragments: only its memory and its work queue. */
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "standin.h"

#define QUEUE_BYTES 48
#define BUCKETS_BYTES 16384

static void *queues, *buckets;
static struct workqueue_struct *work;

int standin_assembler_init(void)
{
	queues = standin_zalloc((size_t)standin_cpus * QUEUE_BYTES);
	buckets = standin_zalloc(BUCKETS_BYTES);
	if (!queues || !buckets)
		return -ENOMEM;
	work = alloc_workqueue("vr_linux_assembler", WQ_MEM_RECLAIM, 0);
	return work ? 0 : -ENOMEM;
}

void standin_assembler_exit(void)
{
	if (work)
		destroy_workqueue(work);
	work = NULL;
	kfree(buckets);
	buckets = NULL;
	kfree(queues);
	queues = NULL;
}
