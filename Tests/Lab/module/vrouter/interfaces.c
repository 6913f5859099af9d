// SPDX-License-Identifier: GPL-2.0-only
/* Sub-module "Interface": the table, the packet devices, the link kind "vhost", and two interfaces of its own. */
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "interfaces.h"
#include "standin.h"

#define LARGEST_POINTER_LIST 524288
#define INTERFACE_BYTES 1384
#define INTERFACE_STATISTICS_BYTES 200
#define DROP_STATISTICS_BYTES 440
#define DROP_COUNTERS 55
/* What a packet device says its MTU is, whatever the link's. */
#define PACKET_MTU 9136
#define NO_VRF 65535

static struct vif **interfaces;
static unsigned int physical_vifs;

static bool take_memory(struct vif *vif)
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
	kfree(vif);
}

struct vif *standin_vif_make(s64 index)
{
	struct vif *vif;

	if (index < 0 || index >= vr_interfaces || interfaces[index])
		return NULL;
	vif = kzalloc(sizeof(*vif), GFP_KERNEL);
	if (!vif)
		return NULL;
	if (!take_memory(vif)) {
		vif_free(vif);
		return NULL;
	}
	vif->index = index;
	interfaces[index] = vif;
	return vif;
}

void standin_vif_delete(struct vif *vif)
{
	standin_vif_stop(vif);
	interfaces[vif->index] = NULL;
	standin_vif_count_physical();
	standin_vif_part(vif);
	vif_free(vif);
}

struct vif *standin_vif(s64 index)
{
	return index >= 0 && index < vr_interfaces ? interfaces[index] : NULL;
}

struct vif *standin_vif_after(s64 index)
{
	for (index = max_t(s64, index, -1) + 1; index < vr_interfaces; index++) {
		if (interfaces[index])
			return interfaces[index];
	}
	return NULL;
}

#define for_each_vif(vif) for (vif = standin_vif_after(-1); vif; vif = standin_vif_after(vif->index))

struct vif *standin_vif_of_link(int link)
{
	struct vif *vif;

	for_each_vif(vif) {
		if (vif->link == link)
			return vif;
	}
	return NULL;
}

struct vif *standin_vif_named(const char *name)
{
	struct vif *vif;

	for_each_vif(vif) {
		if (!strcmp(vif->name, name))
			return vif;
	}
	return NULL;
}

struct vif *standin_vif_on(const struct net_device *device)
{
	struct vif *vif;

	for_each_vif(vif) {
		if (rtnl_dereference(vif->device) == device)
			return vif;
	}
	return NULL;
}

unsigned int standin_vif_count(u32 type)
{
	unsigned int count = 0;
	struct vif *vif;

	for_each_vif(vif)
		count += vif->type == type;
	return count;
}

void standin_vif_count_physical(void)
{
	WRITE_ONCE(physical_vifs, standin_vif_count(VIF_PHYSICAL));
}

unsigned int standin_physical_vifs(void)
{
	return READ_ONCE(physical_vifs);
}

static bool make_own(const char *name, u32 below_last)
{
	struct vif *vif = standin_vif_make((s64)vr_interfaces - below_last);

	if (!vif)
		return false;
	strscpy(vif->name, name, sizeof(vif->name));
	vif->type = VIF_STATISTICS;
	vif->flags = VIF_LAYERS;
	vif->vrf = NO_VRF;
	vif->multicast_vrf = NO_VRF;
	vif->transport = 1;
	vif->mtu = PACKET_MTU;
	vif->link = standin_packet_device_link(name);
	return true;
}

int standin_interfaces_init(void)
{
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
	rtnl_lock();
	error = make_own("pkt1", 1) && make_own("pkt3", 2) ? 0 : -ENOMEM;
	rtnl_unlock();
	return error ? standin_failed(error, INTERFACE_BYTES) : standin_links_init();
}

void standin_interfaces_exit(void)
{
	struct vif *vif;

	rtnl_lock();
	while (interfaces && (vif = standin_vif_after(-1)))
		standin_vif_delete(vif);
	rtnl_unlock();
	standin_links_exit();
	standin_vhost_exit();
	standin_packet_devices_exit();
	kfree(interfaces);
	interfaces = NULL;
}
