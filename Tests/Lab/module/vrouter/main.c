// SPDX-License-Identifier: GPL-2.0-only
/* Load and unload: the real module's phases in its order, with its words in the log when one fails. */
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "huge_pages.h"
#include "standin.h"

unsigned int standin_cpus;

const char standin_build_information[] = "{\"build-info\": [{\"build-version\": \"stand-in for tests\"}]}";

/* A sub-module without an init takes nothing at load. */
static const struct submodule {
	const char *name;
	int (*init)(void);
	void (*exit)(void);
} submodules[] = {
	{ "Stats", standin_statistics_init, standin_statistics_exit },
	{ "Nexthop", standin_nexthops_init, standin_nexthops_exit },
	{ "Fib", NULL, NULL },
	{ "Mpls", standin_mpls_init, standin_mpls_exit },
	{ "Flow", NULL, NULL },
	{ "Mirror", standin_mirrors_init, standin_mirrors_exit },
	{ "Vxlan", standin_vxlan_init, standin_vxlan_exit },
	{ "QOS", standin_qos_init, standin_qos_exit },
	{ "Offloads", standin_offloads_init, NULL },
	{ "Vrf", standin_vrfs_init, standin_vrfs_exit },
	{ "Interface", standin_interfaces_init, standin_interfaces_exit },
};

static struct {
	const char *function;
	int line, error;
	unsigned long data;
} failure;

static void *huge_page_configuration;

int standin_failed_at(const char *function, int line, int error, unsigned long data)
{
	failure.function = function;
	failure.line = line;
	failure.error = error;
	failure.data = data;
	return error;
}

static int submodules_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(submodules); i++) {
		int error = submodules[i].init ? submodules[i].init() : 0;

		if (!error)
			continue;
		pr_err("vrouter module %u init error (%d)\n", i, error);
		pr_err("vrouter (%s): Init failed at %s:%d with return %d (data %lu)\n", submodules[i].name,
		       failure.function, failure.line, failure.error, failure.data);
		return error;
	}
	return 0;
}

static void release(void)
{
	int i;

	standin_genetlink_exit();
	standin_assembler_exit();
	standin_device_exit();
	standin_agent_phase_exit();
	if (standin_drop_log_is_missing())
		standin_would_crash("vr_pkt_drop_log_exit finds no drop log");
	for (i = ARRAY_SIZE(submodules) - 1; i >= 0; i--) {
		if (submodules[i].exit)
			submodules[i].exit();
	}
	standin_huge_pages_exit();
	kfree(huge_page_configuration);
}

static int vr_perfq_check(void)
{
	const struct {
		const char *name;
		int cpu;
	} options[] = { { "vr_perfq1", vr_perfq1 }, { "vr_perfq2", vr_perfq2 }, { "vr_perfq3", vr_perfq3 } };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		if (options[i].cpu >= (int)standin_cpus) {
			pr_err("%s:%d Invalid CPU number %s:%d\n", __func__, __LINE__, options[i].name,
			       options[i].cpu);
			return -EPERM;
		}
	}
	return 0;
}

static void hang(void)
{
	if (standin_hang)
		pr_err("vrouter stand-in: hangs, as it was told to\n");
	while (standin_hang == 1 || (standin_hang == 2 && !fatal_signal_pending(current))) {
		set_current_state(standin_hang == 1 ? TASK_UNINTERRUPTIBLE : TASK_KILLABLE);
		schedule();
	}
}

/* What the stand-in's own parameters ask for, when everything else is done. */
static int obey(void)
{
	hang();
	if (standin_hang)
		return -EINTR;
	if (standin_delay_ms)
		msleep(standin_delay_ms);
	if (standin_fail_errno && (!standin_fail_until || ktime_get_boottime_seconds() < standin_fail_until)) {
		pr_err("vrouter stand-in: fails with %d, as it was told to\n", -abs(standin_fail_errno));
		return -abs(standin_fail_errno);
	}
	return 0;
}

static int __init standin_init(void)
{
	int error;

	pr_info("vrouter version: %s\n", standin_build_information);
	standin_cpus = num_present_cpus() & 0xffff;
	error = vr_perfq_check();
	if (error)
		return error;
	huge_page_configuration = standin_zalloc(4 * 48);
	error = submodules_init();
	if (!error)
		error = standin_assembler_init();
	if (!error)
		error = standin_device_init();
	if (!error)
		error = standin_genetlink_init();
	if (!error)
		error = obey();
	if (error)
		release();
	return error;
}

static void __exit standin_exit(void)
{
	release();
}

module_init(standin_init);
module_exit(standin_exit);

MODULE_DESCRIPTION("Stand-in for the vrouter module, for tests");
MODULE_VERSION("1.0-standin");
MODULE_LICENSE("GPL");
