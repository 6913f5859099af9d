/* SPDX-License-Identifier: GPL-2.0-only */
/* The module's interfaces ("vifs"). */
#ifndef STANDIN_INTERFACES_H
#define STANDIN_INTERFACES_H

#include <linux/if.h>
#include <linux/if_ether.h>
#include <linux/types.h>

enum { VIF_HOST = 0, VIF_PHYSICAL = 2, VIF_STATISTICS = 7 };
enum { VIF_CROSS_CONNECT = 0x2, VIF_LAYERS = 0xc0 };

struct vif {
	u32 index, type, flags, vrf, multicast_vrf, router, transport, mtu;
	int link;
	char name[IFNAMSIZ];
	u8 address[ETH_ALEN];
	/* What it takes of memory. */
	void *interface, *statistics, *drop_statistics;
	void **queues;
	struct standin_table *drop_counters;
};

/* All are called with the family's lock held, or while the module comes or goes. */
struct vif *standin_vif(s64 index);
struct vif *standin_vif_of_link(int link);
struct vif *standin_vif_named(const char *name);
/* The first whose index is greater; NULL at the end. */
struct vif *standin_vif_after(s64 index);
unsigned int standin_vif_count(u32 type);

/* Memory is taken as the real module takes it. NULL when there is none, or no such index. */
struct vif *standin_vif_make(s64 index);
void standin_vif_delete(struct vif *vif);

/* packet_devices.c: the interface index of pkt1 or pkt3. */
int standin_packet_device_link(const char *name);

#endif
