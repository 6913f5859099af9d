// SPDX-License-Identifier: GPL-2.0-only
/* The link kind "vhost": the host's own link, whose frames go by a NIC. */
#include <linux/etherdevice.h>
#include <linux/netdevice.h>
#include <linux/slab.h>
#include <net/rtnetlink.h>

#include "interfaces.h"
#include "standin.h"

#define MOST_DEVICES 64
#define PRIVATE_BYTES 248
/* Of what the vRouter puts before a frame: an Ethernet header and one for its agent. */
#define HEADROOM (ETH_HLEN + 32)

/* Written under the rtnl lock, read where frames pass. */
struct vhost {
	struct vif __rcu *host;
	/* The links of the physical interfaces that it is or was joined with; they outlive the interfaces. */
	struct net_device __rcu *physical[MOST_PHYSICAL];
	char names[MOST_PHYSICAL][IFNAMSIZ];
};

static_assert(sizeof(struct vhost) <= PRIVATE_BYTES);

/* The links that ever had an interface. */
static struct net_device **list;
static bool registered;
/* Under the rtnl lock. */
static unsigned int count;

static const struct net_device_ops operations;
static void vhost_uninit(struct net_device *device);

bool standin_is_vhost(const struct net_device *device)
{
	return device->netdev_ops == &operations;
}

static int vhost_init(struct net_device *device)
{
	device->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	if (!device->tstats)
		return -ENOMEM;
	/* A frame is handed on while this link's queue is locked. */
	netdev_lockdep_set_classes(device);
	count++;
	return 0;
}

static void vhost_destroy(struct net_device *device)
{
	free_percpu(device->tstats);
}

/* Without an interface, frames still leave by the first link that it had. */
static void send_past(struct vhost *vhost, struct sk_buff *skb)
{
	unsigned int i;

	for (i = 0; i < MOST_PHYSICAL; i++) {
		struct net_device *physical = rcu_dereference(vhost->physical[i]);

		if (!physical)
			continue;
		skb->dev = physical;
		dev_queue_xmit(skb);
		return;
	}
	kfree_skb(skb);
}

static netdev_tx_t vhost_xmit(struct sk_buff *skb, struct net_device *device)
{
	struct vhost *vhost = netdev_priv(device);
	struct vif *host;

	skb = skb_share_check(skb, GFP_ATOMIC);
	if (!skb)
		return NETDEV_TX_OK;
	dev_sw_netstats_tx_add(device, 1, skb->len);
	rcu_read_lock();
	host = rcu_dereference(vhost->host);
	if (host)
		standin_vif_send(host, skb);
	else
		send_past(vhost, skb);
	rcu_read_unlock();
	return NETDEV_TX_OK;
}

static int vhost_set_address(struct net_device *device, void *address)
{
	const struct sockaddr *wanted = address;

	if (!is_valid_ether_addr(wanted->sa_data))
		return -EADDRNOTAVAIL;
	standin_danger("the address of %s is set after its creation, and becomes a wrong one", device->name);
	/*
	 * The real module's mistake on kernels from 5.17: it takes the bytes from where the address' family
	 * stands, and the link gets a MAC that nobody asked for.
	 */
	eth_hw_addr_set(device, address);
	return 0;
}

static const struct net_device_ops operations = {
	.ndo_init = vhost_init,
	.ndo_uninit = vhost_uninit,
	.ndo_start_xmit = vhost_xmit,
	.ndo_set_mac_address = vhost_set_address,
	.ndo_get_stats64 = dev_get_tstats64,
};

static void vhost_setup(struct net_device *device)
{
	ether_setup(device);
	device->netdev_ops = &operations;
	device->max_mtu = 65535;
	device->needed_headroom = HEADROOM;
	device->needs_free_netdev = true;
	device->priv_destructor = vhost_destroy;
	eth_hw_addr_random(device);
}

static int vhost_validate(struct nlattr *link[], struct nlattr *data[], struct netlink_ext_ack *ack)
{
	int refused = standin_refusal(&standin_refuse_link);

	if (refused)
		return refused;
	return count < MOST_DEVICES ? 0 : -ENOMEM;
}

/* Past all interfaces: from the NIC right to the host's link. */
static rx_handler_result_t receive_past(struct sk_buff **frame)
{
	struct net_device *device = rcu_dereference((*frame)->dev->rx_handler_data);
	struct sk_buff *skb = skb_share_check(*frame, GFP_ATOMIC);

	*frame = skb;
	if (!skb)
		return RX_HANDLER_CONSUMED;
	dev_sw_netstats_rx_add(device, skb->len);
	skb->dev = device;
	return RX_HANDLER_ANOTHER;
}

void standin_vhost_release(struct net_device *physical)
{
	if (rtnl_dereference(physical->rx_handler) == receive_past)
		netdev_rx_handler_unregister(physical);
}

/* Not while an interface says where frames go, nor when another has the NIC's. */
static void take_past(struct net_device *device, struct net_device *physical)
{
	struct vhost *vhost = netdev_priv(device);

	if (!rtnl_dereference(vhost->host) && !netdev_is_rx_handler_busy(physical))
		netdev_rx_handler_register(physical, receive_past, device);
}

static unsigned int slot_of(const struct net_device *device)
{
	unsigned int slot = 0;

	while (slot < MOST_DEVICES && list[slot] != device)
		slot++;
	return slot;
}

void standin_vhost_attach(struct net_device *device, struct vif *host)
{
	struct vhost *vhost = netdev_priv(device);
	unsigned int i;

	/* As there: whatever the NIC can't do, the kernel does on the way to it. */
	device->features |= NETIF_F_GSO | NETIF_F_TSO | NETIF_F_SG | NETIF_F_IP_CSUM;
	for (i = 0; i < MOST_PHYSICAL; i++) {
		struct vif *joined = rtnl_dereference(host->joined[i]);
		struct net_device *physical = joined ? rtnl_dereference(joined->device) : NULL;
		struct net_device *former = rtnl_dereference(vhost->physical[i]);

		if (!physical)
			continue;
		if (former && former != physical)
			standin_vhost_release(former);
		rcu_assign_pointer(vhost->physical[i], physical);
		strscpy(vhost->names[i], physical->name, IFNAMSIZ);
	}
	rcu_assign_pointer(vhost->host, host);
	if (slot_of(device) == MOST_DEVICES)
		list[slot_of(NULL)] = device;
}

void standin_vhost_detach(struct net_device *device)
{
	struct vhost *vhost = netdev_priv(device);

	RCU_INIT_POINTER(vhost->host, NULL);
}

#define for_each_physical(i, at) \
	for (i = 0; i < MOST_DEVICES; i++) \
		for (at = 0; list[i] && at < MOST_PHYSICAL; at++)

void standin_vhost_physical_deleted(struct net_device *physical)
{
	unsigned int i, at;

	for_each_physical(i, at) {
		struct vhost *vhost = netdev_priv(list[i]);

		if (rtnl_dereference(vhost->physical[at]) == physical)
			take_past(list[i], physical);
	}
}

void standin_vhost_link_came(struct net_device *device)
{
	unsigned int i, at;

	for_each_physical(i, at) {
		struct vhost *vhost = netdev_priv(list[i]);

		if (strcmp(vhost->names[at], device->name))
			continue;
		rcu_assign_pointer(vhost->physical[at], device);
		take_past(list[i], device);
	}
}

void standin_vhost_link_goes(struct net_device *device)
{
	unsigned int i, at;

	for_each_physical(i, at) {
		struct vhost *vhost = netdev_priv(list[i]);

		if (rtnl_dereference(vhost->physical[at]) != device)
			continue;
		standin_vhost_release(device);
		RCU_INIT_POINTER(vhost->physical[at], NULL);
	}
}

/* However the link goes: deleted, with its namespace, or when its creation failed after all. */
static void vhost_uninit(struct net_device *device)
{
	struct vhost *vhost = netdev_priv(device);
	unsigned int i, slot = slot_of(device);

	count--;
	if (slot < MOST_DEVICES)
		list[slot] = NULL;
	for (i = 0; i < MOST_PHYSICAL; i++) {
		struct net_device *physical = rtnl_dereference(vhost->physical[i]);

		if (physical)
			standin_vhost_release(physical);
		RCU_INIT_POINTER(vhost->physical[i], NULL);
		vhost->names[i][0] = 0;
	}
}

static struct rtnl_link_ops kind = {
	.kind = "vhost",
	.priv_size = PRIVATE_BYTES,
	.setup = vhost_setup,
	.validate = vhost_validate,
};

int standin_vhost_init(void)
{
	int error;

	list = kcalloc(MOST_DEVICES, sizeof(*list), GFP_KERNEL);
	if (!list)
		return standin_failed(-ENOMEM, MOST_DEVICES * sizeof(*list));
	error = rtnl_link_register(&kind);
	registered = !error;
	/* Unlike the real module, which doesn't look at the result. */
	return error ? standin_failed(error, 0) : 0;
}

void standin_vhost_exit(void)
{
	/* Deletes the devices of this kind. */
	if (registered)
		rtnl_link_unregister(&kind);
	registered = false;
	kfree(list);
	list = NULL;
}
