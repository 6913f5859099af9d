// SPDX-License-Identifier: GPL-2.0-only
/* The network devices pkt1, pkt3 and pkt2, made in this order. */
#include <linux/if_arp.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>

#include "interfaces.h"
#include "standin.h"

static const char *const names[] = { "pkt1", "pkt3", "pkt2" };
static struct net_device *devices[ARRAY_SIZE(names)];

static netdev_tx_t packet_device_xmit(struct sk_buff *skb, struct net_device *device)
{
	device->stats.tx_dropped++;
	dev_kfree_skb_any(skb);
	return NETDEV_TX_OK;
}

static const struct net_device_ops operations = {
	.ndo_start_xmit = packet_device_xmit,
};

static void setup(struct net_device *device)
{
	device->netdev_ops = &operations;
	device->type = ARPHRD_VOID;
	device->mtu = 65535;
	device->max_mtu = 65535;
	device->needs_free_netdev = false;
}

/* Taken so that nobody else can have the device's frames: there are none. */
static rx_handler_result_t packet_device_receive(struct sk_buff **skb)
{
	kfree_skb(*skb);
	*skb = NULL;
	return RX_HANDLER_CONSUMED;
}

int standin_packet_devices_init(void)
{
	unsigned int i;
	int error;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		struct net_device *device =
			alloc_netdev_mqs(0, names[i], NET_NAME_UNKNOWN, setup, 1, standin_cpus);

		if (!device)
			return standin_failed(-ENOMEM, 0);
		rtnl_lock();
		error = register_netdevice(device);
		if (!error)
			error = netdev_rx_handler_register(device, packet_device_receive, NULL);
		if (error && device->reg_state == NETREG_REGISTERED)
			unregister_netdevice(device);
		rtnl_unlock();
		if (error) {
			free_netdev(device);
			/* The log alone tells the true error; function and line as there. */
			standin_failed_at("linux_pkt_dev_init", 1723, error, 0);
			return -ENOMEM;
		}
		devices[i] = device;
	}
	return 0;
}

int standin_packet_device_link(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(devices); i++) {
		if (devices[i] && !strcmp(names[i], name))
			return devices[i]->ifindex;
	}
	return 0;
}

void standin_packet_devices_exit(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(devices); i++) {
		if (!devices[i])
			continue;
		rtnl_lock();
		netdev_rx_handler_unregister(devices[i]);
		unregister_netdevice(devices[i]);
		rtnl_unlock();
		free_netdev(devices[i]);
		devices[i] = NULL;
	}
}
