// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames: what a physical interface's link receives arrives on the host's link, what the host sends by its link
 * leaves by the first of the physical ones. That is all that the real module does while no vRouter agent has added its
 * interface.
 */
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>

#include "interfaces.h"
#include "standin.h"

/* standin_silent: which frames get lost. */
enum { SILENT_TO_HOST = 1, SILENT_FROM_HOST = 2 };

static void count(atomic64_t *frames, atomic64_t *bytes, unsigned int length)
{
	atomic64_inc(frames);
	atomic64_add(length, bytes);
}

/* The host's link never sees a VLAN's tag: the NIC's own VLAN links got theirs before. */
static struct sk_buff *untagged(struct sk_buff *skb)
{
	__vlan_hwaccel_clear_tag(skb);
	while (skb && eth_type_vlan(skb->protocol)) {
		skb = skb_vlan_untag(skb);
		if (skb)
			__vlan_hwaccel_clear_tag(skb);
	}
	return skb;
}

static void give_to_host(struct vif *host, struct sk_buff *skb)
{
	struct net_device *device = rcu_dereference(host->device);

	if (!device || (READ_ONCE(standin_silent) & SILENT_TO_HOST)) {
		kfree_skb(skb);
		return;
	}
	skb = untagged(skb);
	if (!skb)
		return;
	count(&host->frames_out, &host->bytes_out, skb->len + ETH_HLEN);
	dev_sw_netstats_rx_add(device, skb->len);
	skb->dev = device;
	/* Whatever address it is for: the NIC's own was enough. */
	skb->pkt_type = PACKET_HOST;
	netif_rx(skb);
}

/* With several physical interfaces, the NICs keep addresses of their own, and ARP with them. */
static bool is_kept_by_link(const struct sk_buff *skb)
{
	return skb->protocol == htons(ETH_P_ARP) && standin_physical_vifs() > 1;
}

static rx_handler_result_t receive(struct sk_buff **frame)
{
	struct vif *vif = rcu_dereference((*frame)->dev->rx_handler_data);
	struct vif *host = rcu_dereference(vif->joined[0]);
	struct sk_buff *skb = skb_share_check(*frame, GFP_ATOMIC);

	*frame = skb;
	if (!skb)
		return RX_HANDLER_CONSUMED;
	count(&vif->frames_in, &vif->bytes_in, skb->len + ETH_HLEN);
	if (!host || (skb->pkt_type == PACKET_OTHERHOST && !(READ_ONCE(vif->flags) & VIF_PROMISCUOUS))) {
		kfree_skb(skb);
		return RX_HANDLER_CONSUMED;
	}
	if (is_kept_by_link(skb)) {
		skb->pkt_type = PACKET_HOST;
		return RX_HANDLER_PASS;
	}
	give_to_host(host, skb);
	return RX_HANDLER_CONSUMED;
}

void standin_vif_send(struct vif *host, struct sk_buff *skb)
{
	struct vif *physical = rcu_dereference(host->joined[0]);
	struct net_device *device = physical ? rcu_dereference(physical->device) : NULL;

	count(&host->frames_in, &host->bytes_in, skb->len);
	if (!device || !(READ_ONCE(host->flags) & VIF_CROSS_CONNECT) ||
	    (READ_ONCE(standin_silent) & SILENT_FROM_HOST)) {
		kfree_skb(skb);
		return;
	}
	count(&physical->frames_out, &physical->bytes_out, skb->len);
	skb->dev = device;
	dev_queue_xmit(skb);
}

/* -EBUSY when another has the link's frames: it is a port of a bridge, a bond, Open vSwitch ... */
static int tap(struct vif *vif)
{
	struct net_device *device = rtnl_dereference(vif->device);

	if (!device)
		return -EINVAL;
	if (vif->flags & VIF_FOR_HOST)
		standin_vhost_release(device);
	return netdev_rx_handler_register(device, receive, vif);
}

static int start_host(struct vif *vif, struct net_device *device)
{
	unsigned int i;
	int error;

	standin_vhost_attach(device, vif);
	/* Now that the host's link can take them. */
	for (i = 0; i < MOST_PHYSICAL; i++) {
		struct vif *physical = rtnl_dereference(vif->joined[i]);

		error = physical ? tap(physical) : 0;
		if (error)
			return error;
	}
	return 0;
}

/* An error leaves it stopped. */
static int start_physical(struct vif *vif, struct net_device *device)
{
	int error;

	if (device->features & NETIF_F_HW_CSUM)
		vif->flags |= VIF_CHECKSUMS;
	/* The link of one that is for a host's interface keeps its frames until that is there. */
	if ((vif->flags & VIF_FOR_HOST) && !rtnl_dereference(vif->joined[0]))
		return 0;
	error = tap(vif);
	if (error)
		standin_vif_stop(vif);
	return error;
}

int standin_vif_start(struct vif *vif)
{
	struct net_device *device = __dev_get_by_index(&init_net, vif->link);

	if (!vif->link || !device || !vif->name[0])
		return -ENODEV;
	if (vif->type == VIF_HOST && !standin_is_vhost(device)) {
		standin_danger("%s is no vhost link, and its private data are overwritten", device->name);
		return -EINVAL;
	}
	dev_hold(device);
	rcu_assign_pointer(vif->device, device);
	return vif->type == VIF_HOST ? start_host(vif, device) : start_physical(vif, device);
}

void standin_vif_stop(struct vif *vif)
{
	struct net_device *device = rtnl_dereference(vif->device);

	if (!device)
		return;
	if (vif->type == VIF_PHYSICAL && rtnl_dereference(device->rx_handler) == receive)
		netdev_rx_handler_unregister(device);
	if (vif->type == VIF_HOST)
		standin_vhost_detach(device);
	else
		standin_vhost_physical_deleted(device);
	RCU_INIT_POINTER(vif->device, NULL);
	vif->link = 0;
	synchronize_net();
	dev_put(device);
}

void standin_vif_join(struct vif *host, struct vif *physical[], unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		rcu_assign_pointer(host->joined[i], physical[i]);
		rcu_assign_pointer(physical[i]->joined[0], host);
	}
}

void standin_vif_part(struct vif *vif)
{
	struct vif *other;
	unsigned int i;

	/* Not only those that it knows of: a physical one knows the host's interface that came last, and no other. */
	for (other = standin_vif_after(-1); other; other = standin_vif_after(other->index)) {
		for (i = 0; i < MOST_PHYSICAL; i++) {
			if (rtnl_dereference(other->joined[i]) != vif)
				continue;
			if (vif->type == VIF_PHYSICAL && rtnl_dereference(vif->joined[0]) != other)
				standin_would_crash("%s goes, and %s still sends by it", vif->name, other->name);
			RCU_INIT_POINTER(other->joined[i], NULL);
		}
	}
	for (i = 0; i < MOST_PHYSICAL; i++)
		RCU_INIT_POINTER(vif->joined[i], NULL);
	synchronize_net();
}
