// SPDX-License-Identifier: GPL-2.0-only
/* Sub-module "Interface": the table, the packet devices, the link kind "vhost", and two interfaces of its own. */
#include <linux/slab.h>

#include "standin.h"

#define LARGEST_POINTER_LIST 524288
#define INTERFACE_BYTES 1384
#define INTERFACE_STATISTICS_BYTES 200
#define DROP_STATISTICS_BYTES 440
#define DROP_COUNTERS 55

/* What one interface takes of memory. */
struct vif {
	void *interface, *statistics, *drop_statistics;
	void **queues;
	struct standin_table *drop_counters;
};

static void **interfaces;
/* Those of pkt1 and pkt3. */
static struct vif vifs[2];

static bool vif_make(struct vif *vif)
{
	unsigned int cpu;

	vif->interface = standin_zalloc(INTERFACE_BYTES);
	vif->statistics = standin_zalloc(INTERFACE_STATISTICS_BYTES * standin_cpus);
	vif->queues = kcalloc(standin_cpus, sizeof(void *), GFP_KERNEL);
	vif->drop_statistics = standin_zalloc(DROP_STATISTICS_BYTES);
	vif->drop_counters = standin_table_make(DROP_COUNTERS, standin_cpus);
	if (!vif->interface || !vif->statistics || !vif->queues || !vif->drop_statistics ||
	    !vif->drop_counters)
		return false;
	for (cpu = 0; cpu < standin_cpus; cpu++) {
		vif->queues[cpu] = standin_zalloc(standin_cpus * 8);
		if (!vif->queues[cpu])
			return false;
	}
	return true;
}

static void vif_free(struct vif *vif)
{
	unsigned int cpu;

	for (cpu = 0; vif->queues && cpu < standin_cpus; cpu++)
		kfree(vif->queues[cpu]);
	kfree(vif->queues);
	kfree(vif->interface);
	kfree(vif->statistics);
	kfree(vif->drop_statistics);
	standin_table_free(vif->drop_counters);
	memset(vif, 0, sizeof(*vif));
}

int standin_interfaces_init(void)
{
	unsigned int i;
	int error;

	if (vr_interfaces && vr_interfaces <= LARGEST_POINTER_LIST)
		interfaces = standin_zalloc((size_t)vr_interfaces * sizeof(void *));
	if (!interfaces)
		return standin_failed(-ENOMEM, vr_interfaces);
	error = standin_packet_devices_init();
	if (error)
		return error;
	error = standin_vhost_init();
	if (error)
		return error;
	for (i = 0; i < ARRAY_SIZE(vifs); i++) {
		if (!vif_make(&vifs[i]))
			return standin_failed(-ENOMEM, INTERFACE_BYTES);
	}
	return 0;
}

void standin_interfaces_exit(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vifs); i++)
		vif_free(&vifs[i]);
	standin_vhost_exit();
	standin_packet_devices_exit();
	kfree(interfaces);
	interfaces = NULL;
}
