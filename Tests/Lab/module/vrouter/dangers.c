// SPDX-License-Identifier: GPL-2.0-only
/* What would crash or corrupt the kernel with the real module in it is counted here, and goes on. */
#include <linux/atomic.h>
#include <linux/moduleparam.h>

#include "standin.h"

static atomic_t dangers = ATOMIC_INIT(0);

unsigned int standin_count_danger(void)
{
	return atomic_inc_return(&dangers);
}

static int tell(char *buffer, const struct kernel_param *parameter)
{
	return sysfs_emit(buffer, "%d\n", atomic_read(&dangers));
}

static int refuse(const char *value, const struct kernel_param *parameter)
{
	return -EPERM;
}

static const struct kernel_param_ops operations = {
	.set = refuse,
	.get = tell,
};

module_param_cb(standin_danger_count, &operations, NULL, 0444);
MODULE_PARM_DESC(standin_danger_count,
		 "to be read: how often the real module would have crashed or corrupted the kernel");
