// SPDX-License-Identifier: GPL-2.0-only
/* The sub-modules whose start only takes memory. */
#include <linux/slab.h>

#include "standin.h"

/* More than this many VRFs or interfaces fit in no block of memory. */
#define LARGEST_POINTER_LIST 524288

static struct standin_table *nexthops, *mpls_labels;
static void *discard_nexthop, *mirrors, *vxlan[3], *qos_maps, *forwarding_classes, *vrfs;

int standin_nexthops_init(void)
{
	nexthops = standin_table_make(vr_nexthops, sizeof(void *));
	if (!nexthops) /* function and line as the real module's log has them */
		return standin_failed_at("nh_table_init", 4715, -ENOMEM, vr_nexthops * 8U);
	discard_nexthop = standin_zalloc(168);
	return discard_nexthop ? 0 : standin_failed(-ENOMEM, 168);
}

void standin_nexthops_exit(void)
{
	kfree(discard_nexthop);
	discard_nexthop = NULL;
	standin_table_free(nexthops);
	nexthops = NULL;
}

int standin_mpls_init(void)
{
	mpls_labels = standin_table_make(vr_mpls_labels, sizeof(void *));
	return mpls_labels ? 0 : standin_failed(-ENOMEM, vr_mpls_labels * 8U);
}

void standin_mpls_exit(void)
{
	standin_table_free(mpls_labels);
	mpls_labels = NULL;
}

int standin_mirrors_init(void)
{
	mirrors = standin_zalloc(255 * 8);
	return mirrors ? 0 : standin_failed(-ENOMEM, 255);
}

void standin_mirrors_exit(void)
{
	kfree(mirrors);
	mirrors = NULL;
}

int standin_vxlan_init(void)
{
	static const size_t bytes[ARRAY_SIZE(vxlan)] = { 32, 8, 8 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vxlan); i++) {
		vxlan[i] = standin_zalloc(bytes[i]);
		if (!vxlan[i])
			return standin_failed(-ENOMEM, bytes[i]);
	}
	return 0;
}

void standin_vxlan_exit(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vxlan); i++) {
		kfree(vxlan[i]);
		vxlan[i] = NULL;
	}
}

int standin_qos_init(void)
{
	qos_maps = standin_zalloc(32768);
	if (!qos_maps)
		return standin_failed(-ENOMEM, 32768);
	forwarding_classes = standin_zalloc(1024);
	return forwarding_classes ? 0 : standin_failed(-ENOMEM, 1024);
}

void standin_qos_exit(void)
{
	kfree(forwarding_classes);
	forwarding_classes = NULL;
	kfree(qos_maps);
	qos_maps = NULL;
}

int standin_offloads_init(void)
{
	if (datapath_offloads)
		pr_info("vrouter stand-in: no offloads here\n");
	return 0;
}

int standin_vrfs_init(void)
{
	if (vr_vrfs <= LARGEST_POINTER_LIST)
		vrfs = standin_zalloc((size_t)vr_vrfs * sizeof(void *));
	return vrfs ? 0 : standin_failed(-ENOMEM, vr_vrfs);
}

void standin_vrfs_exit(void)
{
	kfree(vrfs);
	vrfs = NULL;
}
