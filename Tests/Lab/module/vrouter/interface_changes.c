// SPDX-License-Identifier: GPL-2.0-only
/* vr_interface_req: adding and deleting the module's interfaces, with the real one's order of checks. */
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/string.h>

#include "interfaces.h"
#include "messages.h"
#include "standin.h"

/* What a name begins with that is joined with physical interfaces. */
#define HOST_NAME "vhost"

static bool text_is_name(const struct sandesh_value *text)
{
	return text->count < IFNAMSIZ;
}

static void copy_name(char *name, const struct sandesh_value *text)
{
	memcpy(name, text->bytes, text->count);
	name[text->count] = 0;
}

/* A message may set the MTU, and no capability. */
static void change(struct vif *vif, const struct sandesh_value *wanted)
{
	vif->flags = (vif->flags & VIF_CAPABILITIES) | (wanted[4].number & ~VIF_CAPABILITIES);
	if (!(vif->flags & VIF_LAYERS))
		vif->flags |= VIF_LAYERS;
	if ((s32)wanted[5].number >= 0)
		vif->vrf = wanted[5].number;
	if ((s32)wanted[63].number >= 0)
		vif->multicast_vrf = wanted[63].number;
	if (wanted[9].number)
		vif->mtu = wanted[9].number;
}

static void fill(struct vif *vif, const struct sandesh_value *wanted)
{
	change(vif, wanted);
	vif->type = wanted[3].number;
	vif->vrf = wanted[5].number;
	vif->multicast_vrf = wanted[63].number;
	vif->router = wanted[7].number;
	vif->link = (s32)wanted[8].number == -1 ? 0 : wanted[8].number;
	if (!vif->mtu)
		vif->mtu = VIF_MTU;
	copy_name(vif->name, &wanted[10]);
	if (wanted[38].bytes)
		memcpy(vif->address, wanted[38].bytes, ETH_ALEN);
	vif->transport = wanted[53].number;
}

/* The physical interfaces that the list names, one for each that there is: what the list has beyond isn't looked at. */
static int find_physical(const struct sandesh_value *list, struct vif *found[], unsigned int *count)
{
	unsigned int i;

	*count = standin_physical_vifs();
	if (!*count) {
		pr_err("vrouter_add_interface: Num of phy interfaces is 0 \n");
		return -ENODEV;
	}
	if (*count > MOST_PHYSICAL) {
		standin_would_crash("%u physical interfaces, where the list of them has room for %u", *count,
				    MOST_PHYSICAL);
		return -EINVAL;
	}
	/* That one is seen there; one that is empty is not. */
	if (!list->bytes)
		return -EINVAL;
	if (list->count < *count) {
		standin_would_crash("%u of %u physical interfaces are in the list of cross connects", list->count,
				    *count);
		return -EINVAL;
	}
	for (i = 0; i < *count; i++) {
		s32 link = sandesh_list_i32(list, i);

		if (link < 0)
			return -EINVAL;
		found[i] = standin_vif_of_link(link);
		if (!found[i] || found[i]->type != VIF_PHYSICAL) {
			pr_err("vrouter_add_interface vifr_cross_connect_idx eth_vif[%u]is NULL\n", i);
			return -ENODEV;
		}
	}
	return 0;
}

static void cross_connect(struct vif *host)
{
	unsigned int i;

	host->flags |= VIF_CROSS_CONNECT;
	for (i = 0; i < MOST_PHYSICAL; i++) {
		struct vif *physical = rtnl_dereference(host->joined[i]);

		if (physical)
			physical->flags |= VIF_CROSS_CONNECT;
	}
}

static int make(const struct sandesh_value *wanted)
{
	struct vif *physical[MOST_PHYSICAL], *vif;
	unsigned int count = 0;
	int error;

	if (wanted[38].bytes && wanted[38].count != ETH_ALEN) {
		pr_err("Incorrect mac size %u\n", wanted[38].count);
		return -EINVAL;
	}
	if (wanted[3].number == VIF_HOST) {
		error = find_physical(&wanted[49], physical, &count);
		if (error)
			return error;
	}
	vif = standin_vif_make(wanted[6].number);
	if (!vif)
		return -ENOMEM;
	fill(vif, wanted);
	standin_vif_count_physical();
	if (strncmp(vif->name, HOST_NAME, strlen(HOST_NAME)) == 0)
		standin_vif_join(vif, physical, count);
	error = standin_vif_start(vif);
	if (error) {
		standin_vif_delete(vif);
		return error;
	}
	if (vif->type == VIF_HOST)
		cross_connect(vif);
	return 0;
}

static int refusal(u32 type)
{
	switch (type) {
	case VIF_PHYSICAL:
		return standin_refusal(&standin_refuse_vif);
	case VIF_HOST:
		return standin_refusal(&standin_refuse_host);
	default:
		return -EINVAL;
	}
}

int standin_interface_add(const struct sandesh_value *wanted)
{
	u32 index = wanted[6].number;
	int error = refusal(wanted[3].number);
	struct vif *vif;

	if (error)
		return error;
	if (index >= vr_interfaces) {
		standin_danger("an interface's index %d, where there are %u", (s32)index, vr_interfaces);
		return -EINVAL;
	}
	if (!text_is_name(&wanted[10]))
		return -EINVAL;
	vif = standin_vif(index);
	if (!vif)
		return make(wanted);
	if (vif->type == VIF_HOST && !wanted[10].count) {
		standin_would_crash("a change of %s, and the message has no name", vif->name);
		return -EINVAL;
	}
	/* What is there is changed: it keeps its type, its link and those that it is joined with, and loses its flags. */
	change(vif, wanted);
	return 0;
}

int standin_interface_delete(const struct sandesh_value *wanted)
{
	int error = standin_refusal(&standin_refuse_delete);
	struct vif *vif;
	char name[IFNAMSIZ];

	if (error)
		return error;
	if (!text_is_name(&wanted[10]))
		return -ENODEV;
	copy_name(name, &wanted[10]);
	vif = wanted[10].count ? standin_vif_named(name) : standin_vif((s32)wanted[6].number);
	if (!vif)
		return -ENODEV;
	standin_vif_delete(vif);
	return 0;
}
