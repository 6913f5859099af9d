// SPDX-License-Identifier: GPL-2.0-only
/*
 * The second time that the real module takes contiguous memory: when the vRouter agent sends its first message
 * (vr_hugepage_config). Routing tables and their statistics, the bridge table, the fragment table, the flow table.
 */
#include <linux/err.h>
#include <linux/slab.h>

#include "agent_phase.h"
#include "huge_pages.h"
#include "messages.h"
#include "standin.h"

#define MOST_VRFS 65536
#define VRF_STATISTICS_BYTES 232
#define BRIDGE_ENTRY_BYTES 64
#define FLOW_ENTRY_BYTES 256
#define FRAGMENT_ENTRY_BYTES 97
#define LINK_LOCAL_BYTES 24576

/* vhp_resp: what became of the huge pages, and of the tables. */
enum {
	IN_HUGE_PAGES = 0,
	NO_MEMORY = -1,
	NO_HUGE_PAGES_GIVEN = -2,
	HUGE_PAGES_FAILED = -3,
	ALREADY_PINNED = -4,
	NOT_ALL_PINNED = -5,
	NO_DEVICE = -6,
};

static void *routes, *other_statistics, **statistics, *flow_information, *link_local_ports;
static struct standin_hash *bridge, *fragments, *flows;
static unsigned int requests, responses;
/* Huge pages that a table got stay its own, also when making the tables fails afterwards. */
static void *bridge_memory, *flow_memory;
static const char *bridge_path = "", *flow_path = "";

/* A fifth of the table, in steps of 1024, unless the operator says. */
static void compute_overflow(unsigned int *overflow, unsigned int entries)
{
	if (!*overflow)
		*overflow = (entries / 5 + 1023) / 1024 * 1024;
}

static void routes_free(void)
{
	unsigned int i;

	for (i = 0; statistics && i < vr_vrfs; i++)
		kfree(statistics[i]);
	kfree(statistics);
	statistics = NULL;
	kfree(other_statistics);
	other_statistics = NULL;
	kfree(routes);
	routes = NULL;
}

static int routes_make(void)
{
	unsigned int i;

	if (routes)
		return 0;
	if (vr_vrfs > MOST_VRFS)
		return -EINVAL;
	routes = standin_zalloc(2 * sizeof(void *) * vr_vrfs);
	if (!routes)
		return -ENOMEM;
	statistics = standin_zalloc(sizeof(void *) * vr_vrfs);
	if (!statistics)
		return -ENOMEM;
	for (i = 0; i < vr_vrfs; i++) {
		statistics[i] = standin_zalloc(VRF_STATISTICS_BYTES * standin_cpus);
		if (!statistics[i])
			return -ENOMEM;
	}
	other_statistics = standin_zalloc(VRF_STATISTICS_BYTES * standin_cpus);
	return other_statistics ? 0 : -ENOMEM;
}

static int bridge_make(void)
{
	if (bridge)
		return 0;
	compute_overflow(&vr_bridge_oentries, vr_bridge_entries);
	if (!bridge_memory)
		bridge_memory = standin_huge_pages_take(
			(vr_bridge_entries + vr_bridge_oentries) * BRIDGE_ENTRY_BYTES, &bridge_path);
	bridge = standin_hash_make(vr_bridge_entries, vr_bridge_oentries, BRIDGE_ENTRY_BYTES, bridge_memory);
	return bridge ? 0 : -ENOMEM;
}

static int fragments_make(void)
{
	if (!fragments)
		fragments = standin_hash_make(8192, 1024, FRAGMENT_ENTRY_BYTES, NULL);
	return fragments ? 0 : -ENOMEM;
}

static int flows_make(void)
{
	if (!flows) {
		compute_overflow(&vr_oflow_entries, vr_flow_entries);
		if (!flow_memory)
			flow_memory = standin_huge_pages_take(
				(vr_flow_entries + vr_oflow_entries) * FLOW_ENTRY_BYTES, &flow_path);
		flows = standin_hash_make(vr_flow_entries, vr_oflow_entries, FLOW_ENTRY_BYTES, flow_memory);
		if (!flows)
			return -ENOMEM;
	}
	if (!flow_information)
		flow_information = standin_zalloc(72 + 4 * standin_cpus);
	return flow_information ? 0 : -ENOMEM;
}

static int link_local_make(void)
{
	if (!link_local_ports)
		link_local_ports = standin_zalloc(LINK_LOCAL_BYTES);
	/* The real one's own -1, which is no errno that it means. */
	return link_local_ports ? 0 : -1;
}

void standin_agent_phase_exit(void)
{
	kfree(link_local_ports);
	link_local_ports = NULL;
	kfree(flow_information);
	flow_information = NULL;
	standin_hash_free(flows);
	flows = NULL;
	standin_hash_free(fragments);
	fragments = NULL;
	standin_hash_free(bridge);
	bridge = NULL;
	routes_free();
}

/* What is there stays as it is; what is missing is taken. */
static int take_tables(void)
{
	int (*const parts[])(void) = { routes_make, bridge_make, fragments_make, flows_make, link_local_make };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		int error = parts[i]();

		if (error) {
			standin_agent_phase_exit();
			return error;
		}
	}
	return 0;
}

bool standin_tables_are_there(void)
{
	return flows && bridge;
}

const char *standin_flow_path(void)
{
	return flow_path;
}

const char *standin_bridge_path(void)
{
	return bridge_path;
}

/* What pinning came to, in the answer's words, when the tables are made. */
static s32 outcome_of(int pinned)
{
	switch (pinned) {
	case 0:
		return IN_HUGE_PAGES;
	case -EINVAL:
		return NO_HUGE_PAGES_GIVEN;
	case -E2BIG:
		return NOT_ALL_PINNED;
	default:
		return HUGE_PAGES_FAILED;
	}
}

static int answer(const struct sandesh_object *request, s32 *outcome)
{
	int pinned = standin_huge_pages_pin(request), error;

	*outcome = ALREADY_PINNED;
	if (pinned == -EEXIST)
		return pinned;
	error = take_tables();
	*outcome = NO_MEMORY;
	if (error)
		return error;
	*outcome = outcome_of(pinned);
	pr_info("tables are in memory\n");
	error = standin_device_register();
	if (error)
		*outcome = NO_DEVICE;
	return error;
}

void standin_huge_pages_request(const struct sandesh_object *request, struct answers *answers)
{
	struct sandesh_object *object;
	s32 outcome;
	int error;

	requests++;
	if (request->value[1].number != OP_ADD) {
		standin_respond(answers, -EOPNOTSUPP);
		return;
	}
	error = answer(request, &outcome);
	responses++;
	pr_info("Huge page req_recv_cntr:%u resp_cntr:%u resp: %d ret: %d\n", requests, responses, outcome, error);
	object = sandesh_make(&sandesh_huge_pages);
	if (object)
		object->value[4].number = (u32)outcome;
	standin_respond_with(answers, error, object);
	kfree(object);
}
