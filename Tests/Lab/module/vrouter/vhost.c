// SPDX-License-Identifier: GPL-2.0-only
/* The link kind "vhost": devices that carry no traffic yet. */
#include <linux/etherdevice.h>
#include <linux/netdevice.h>
#include <linux/slab.h>
#include <net/rtnetlink.h>

#include "standin.h"

#define MOST_DEVICES 64
#define PRIVATE_BYTES 248

static void *list;
static bool registered;
/* Under the rtnl lock. */
static unsigned int count;

static int vhost_init(struct net_device *device)
{
	count++;
	return 0;
}

static void vhost_uninit(struct net_device *device)
{
	count--;
}

static netdev_tx_t vhost_xmit(struct sk_buff *skb, struct net_device *device)
{
	device->stats.tx_dropped++;
	dev_kfree_skb_any(skb);
	return NETDEV_TX_OK;
}

static int vhost_set_address(struct net_device *device, void *address)
{
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
};

static void vhost_setup(struct net_device *device)
{
	ether_setup(device);
	device->netdev_ops = &operations;
	device->max_mtu = 65535;
	device->needs_free_netdev = true;
	eth_hw_addr_random(device);
}

static int vhost_validate(struct nlattr *link[], struct nlattr *data[], struct netlink_ext_ack *ack)
{
	return count < MOST_DEVICES ? 0 : -ENOMEM;
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

	list = kzalloc(MOST_DEVICES * sizeof(void *), GFP_KERNEL);
	if (!list)
		return standin_failed(-ENOMEM, MOST_DEVICES * sizeof(void *));
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
