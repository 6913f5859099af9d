// SPDX-License-Identifier: GPL-2.0-only
/* Interfaces follow their links: one whose link goes away stays without, until a link of its name comes. */
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>

#include "interfaces.h"
#include "standin.h"

static bool registered;

/* The real module finds an interface by the link's name, and by nothing else. */
static void stop(const struct net_device *device)
{
	struct vif *named = standin_vif_named(device->name), *vif;

	while ((vif = standin_vif_on(device))) {
		if (vif != named)
			standin_danger("%s can't go away: the interface %s of another name, or one more, holds it",
				       device->name, vif->name);
		standin_vif_stop(vif);
	}
}

static void start(struct vif *vif, const struct net_device *device)
{
	vif->link = device->ifindex;
	/* Nobody hears of an error here, nor in the real module. */
	standin_vif_start(vif);
	if (!rtnl_dereference(vif->device))
		vif->link = 0;
}

static int follow(struct notifier_block *block, unsigned long event, void *information)
{
	struct net_device *device = netdev_notifier_info_to_dev(information);
	struct vif *vif;

	/* Links of other namespaces are none of the module's. */
	if (!net_eq(dev_net(device), &init_net))
		return NOTIFY_DONE;
	if (event == NETDEV_UNREGISTER) {
		stop(device);
		standin_vhost_link_goes(device);
	} else if (event == NETDEV_REGISTER) {
		vif = standin_vif_named(device->name);
		/* Those of the packet devices need none. */
		if (vif && vif->type != VIF_STATISTICS && !rtnl_dereference(vif->device))
			start(vif, device);
		standin_vhost_link_came(device);
	}
	return NOTIFY_DONE;
}

static struct notifier_block block = {
	.notifier_call = follow,
};

int standin_links_init(void)
{
	int error = register_netdevice_notifier(&block);

	registered = !error;
	return error ? standin_failed(error, 0) : 0;
}

void standin_links_exit(void)
{
	if (registered)
		unregister_netdevice_notifier(&block);
	registered = false;
}
