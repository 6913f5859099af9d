/* SPDX-License-Identifier: GPL-2.0-only */
/* The module's interfaces ("vifs"). */
#ifndef STANDIN_INTERFACES_H
#define STANDIN_INTERFACES_H

#include <linux/atomic.h>
#include <linux/if.h>
#include <linux/if_ether.h>
#include <linux/netdevice.h>
#include <linux/types.h>

enum { VIF_HOST = 0, VIF_PHYSICAL = 2, VIF_STATISTICS = 7, VIF_TYPES = 10 };

enum {
	VIF_CROSS_CONNECT = 0x2,
	VIF_CHECKSUMS = 0x20,
	VIF_LAYERS = 0xc0,
	/* A physical one whose frames go to the host. */
	VIF_FOR_HOST = 0x200,
	VIF_PROMISCUOUS = 0x400,
	/* What the module knows of its own, and a message can't change. */
	VIF_CAPABILITIES = 0xc20020,
};

/* How many physical interfaces the host's one can be joined with. */
#define MOST_PHYSICAL 3
/* The MTU, in bytes of a frame, of an interface whose message gives none. */
#define VIF_MTU 1514

struct vif {
	u32 index, type, flags, vrf, multicast_vrf, router, transport, mtu;
	int link;
	char name[IFNAMSIZ];
	u8 address[ETH_ALEN];
	/*
	 * Of frames: written under the rtnl lock, read where they pass. NULL without a link. A host's interface is joined
	 * with physical ones, each of which has the host's as its first.
	 */
	struct net_device __rcu *device;
	struct vif __rcu *joined[MOST_PHYSICAL];
	atomic64_t frames_in, bytes_in, frames_out, bytes_out;
	/* What it takes of memory. */
	void *interface, *statistics, *drop_statistics;
	void **queues;
	struct standin_table *drop_counters;
};

/* All are called with the rtnl lock held. */
struct vif *standin_vif(s64 index);
struct vif *standin_vif_of_link(int link);
struct vif *standin_vif_named(const char *name);
/* One that holds this link; NULL when none does. */
struct vif *standin_vif_on(const struct net_device *device);
/* The first whose index is greater; NULL at the end. */
struct vif *standin_vif_after(s64 index);
unsigned int standin_vif_count(u32 type);
/* May be asked where frames pass. */
unsigned int standin_physical_vifs(void);
/* When an interface has become physical. */
void standin_vif_count_physical(void);

/* Memory is taken as the real module takes it. NULL when there is none, or no such index. */
struct vif *standin_vif_make(s64 index);
/* Gives the link's frames back, too. */
void standin_vif_delete(struct vif *vif);

/* packet_devices.c: the interface index of pkt1 or pkt3. */
int standin_packet_device_link(const char *name);

/*
 * cross_connect.c: frames between the links of a host's interface and of physical ones, under the rtnl lock.
 * An interface whose link went away is stopped; it is started again when a link of its name comes.
 */
int standin_vif_start(struct vif *vif);
void standin_vif_stop(struct vif *vif);
void standin_vif_join(struct vif *host, struct vif *physical[], unsigned int count);
void standin_vif_part(struct vif *vif);
/* Where frames pass: what the host sends. Takes the frame. */
void standin_vif_send(struct vif *host, struct sk_buff *skb);

/* vhost.c, under the rtnl lock. */
bool standin_is_vhost(const struct net_device *device);
/* The link sends to this interface from now on. */
void standin_vhost_attach(struct net_device *device, struct vif *host);
void standin_vhost_detach(struct net_device *device);
/* A physical interface goes whose link stays: when the host's went before, the frames go past both. */
void standin_vhost_physical_deleted(struct net_device *physical);
/* Ends that. */
void standin_vhost_release(struct net_device *physical);
/* A link in the initial namespace came, or goes. */
void standin_vhost_link_came(struct net_device *device);
void standin_vhost_link_goes(struct net_device *device);

/* links.c: follows links that come and go. */
int standin_links_init(void);
void standin_links_exit(void);

#endif
