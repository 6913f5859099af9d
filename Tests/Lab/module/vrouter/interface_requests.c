// SPDX-License-Identifier: GPL-2.0-only
/* vr_interface_req: adding, deleting, and asking about the module's interfaces. */
#include <linux/ethtool.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "interfaces.h"
#include "messages.h"
#include "standin.h"

/* Bytes of a list in one answer, and the bit of its code that says that it goes on. */
#define LIST_BYTES 3968
#define MORE (1 << 30)
#define LINK_HEADER_BYTES 14
#define UNKNOWN ((u32)-1)

static bool text_is_name(const struct sandesh_value *text)
{
	return text->count && text->count < IFNAMSIZ;
}

static void copy_name(char *name, const struct sandesh_value *text)
{
	memcpy(name, text->bytes, text->count);
	name[text->count] = 0;
}

static struct vif *find_named(const struct sandesh_value *text)
{
	char name[IFNAMSIZ];

	if (!text_is_name(text))
		return NULL;
	copy_name(name, text);
	return standin_vif_named(name);
}

static void describe_speed(int link, struct sandesh_value *value)
{
	struct ethtool_link_ksettings settings;
	struct net_device *device;

	value[44].number = UNKNOWN;
	value[45].number = UNKNOWN;
	rtnl_lock();
	device = __dev_get_by_index(&init_net, link);
	if (device && !__ethtool_get_link_ksettings(device, &settings)) {
		value[44].number = settings.base.speed;
		value[45].number = settings.base.duplex;
	}
	rtnl_unlock();
}

static struct sandesh_object *describe(const struct vif *vif)
{
	static const u8 no_errors[8];
	struct sandesh_object *object = sandesh_make(&sandesh_interface);
	struct sandesh_value *value;

	if (!object)
		return NULL;
	value = object->value;
	value[2].number = UNKNOWN;
	value[3].number = vif->type;
	value[4].number = vif->flags;
	value[5].number = vif->vrf;
	value[6].number = vif->index;
	value[7].number = vif->router;
	value[8].number = vif->link;
	value[9].number = vif->mtu;
	value[10].bytes = vif->name;
	value[10].count = strlen(vif->name);
	value[19].bytes = no_errors;
	value[19].count = 1;
	value[36].number = 1;
	value[38].bytes = vif->address;
	value[38].count = sizeof(vif->address);
	value[43].number = 255;
	describe_speed(vif->link, value);
	value[47].number = UNKNOWN;
	value[53].number = vif->transport;
	value[63].number = vif->multicast_vrf;
	return object;
}

static void get(const struct sandesh_value *wanted, struct answers *answers)
{
	s32 index = wanted[6].number, link = wanted[8].number;
	struct vif *vif = index >= 0 ? standin_vif(index) : standin_vif_of_link(link);
	struct sandesh_object *object = vif ? describe(vif) : NULL;

	standin_respond_with(answers, object ? 0 : -ENOENT, object);
	kfree(object);
}

static void dump(const struct sandesh_value *wanted, struct answers *answers)
{
	struct sandesh_buffer *list;
	struct vif *vif;
	u8 *code;
	u32 count = 0;

	/* The code is known when the list is made, and goes before it. */
	list = standin_respond(answers, 0);
	if (!list)
		return;
	code = list->bytes + list->position - 1 - 4;
	vif = standin_vif_after((s32)wanted[37].number);
	if (!vif)
		return;
	list = standin_answer(answers);
	if (!list)
		return;
	list->size = LIST_BYTES;
	for (; vif; vif = standin_vif_after(vif->index)) {
		struct sandesh_object *object = describe(vif);
		bool fits = object && sandesh_encode(list, object);

		kfree(object);
		if (!fits) {
			count |= MORE;
			break;
		}
		count++;
	}
	code[0] = count >> 24;
	code[1] = count >> 16;
	code[2] = count >> 8;
	code[3] = count;
}

static void cross_connect(bool both)
{
	struct vif *vif;

	for (vif = standin_vif_after(-1); vif; vif = standin_vif_after(vif->index)) {
		if (vif->type != VIF_PHYSICAL && vif->type != VIF_HOST)
			continue;
		vif->flags = both ? vif->flags | VIF_CROSS_CONNECT : vif->flags & ~VIF_CROSS_CONNECT;
	}
}

static bool link_is_taken(int link)
{
	struct net_device *device;
	bool taken;

	rtnl_lock();
	device = __dev_get_by_index(&init_net, link);
	taken = device && netdev_is_rx_handler_busy(device);
	rtnl_unlock();
	return taken;
}

/* Whether the host's interface can be joined with the physical ones that the list names. */
static int check_cross_connect(const struct sandesh_value *list)
{
	unsigned int physical = standin_vif_count(VIF_PHYSICAL);
	u32 i;

	if (!physical) {
		pr_err("Num of phy interfaces is 0\n");
		return -ENODEV;
	}
	if (list->count < physical) {
		standin_would_crash("%u of %u physical interfaces are in the list of cross connects", list->count,
				    physical);
		return -EINVAL;
	}
	for (i = 0; i < list->count; i++) {
		struct vif *vif = standin_vif(sandesh_list_i32(list, i));

		if (!vif || vif->type != VIF_PHYSICAL)
			return -EINVAL;
		if (link_is_taken(vif->link))
			return -EBUSY;
	}
	return 0;
}

static int link_mtu(int link)
{
	struct net_device *device = dev_get_by_index(&init_net, link);
	int mtu;

	if (!device)
		return -ENODEV;
	mtu = device->mtu + LINK_HEADER_BYTES;
	dev_put(device);
	return mtu;
}

static int add(const struct sandesh_value *wanted)
{
	u32 type = wanted[3].number;
	s32 index = wanted[6].number;
	struct vif *vif = standin_vif(index);
	int mtu, error;

	if (type != VIF_HOST && type != VIF_PHYSICAL)
		return -EINVAL;
	if (wanted[38].count != ETH_ALEN) {
		pr_err("Incorrect mac size %u\n", wanted[38].count);
		return -EINVAL;
	}
	mtu = link_mtu(wanted[8].number);
	if (mtu < 0)
		return mtu;
	if (!text_is_name(&wanted[10]) || index < 0 || index >= vr_interfaces)
		return -EINVAL;
	if (type == VIF_HOST) {
		error = check_cross_connect(&wanted[49]);
		if (error)
			return error;
	}
	/* What is there is changed. */
	if (!vif)
		vif = standin_vif_make(index);
	if (!vif)
		return -ENOMEM;
	vif->type = type;
	vif->flags = wanted[4].number | VIF_LAYERS;
	vif->vrf = wanted[5].number;
	vif->router = wanted[7].number;
	vif->link = wanted[8].number;
	vif->mtu = mtu;
	copy_name(vif->name, &wanted[10]);
	memcpy(vif->address, wanted[38].bytes, ETH_ALEN);
	vif->transport = wanted[53].number;
	vif->multicast_vrf = wanted[63].number;
	cross_connect(standin_vif_count(VIF_HOST) && standin_vif_count(VIF_PHYSICAL));
	return 0;
}

static int delete(const struct sandesh_value *wanted)
{
	struct vif *vif = wanted[10].count ? find_named(&wanted[10]) : standin_vif((s32)wanted[6].number);

	if (!vif)
		return -ENODEV;
	standin_vif_delete(vif);
	cross_connect(standin_vif_count(VIF_HOST) && standin_vif_count(VIF_PHYSICAL));
	return 0;
}

void standin_interface_request(const struct sandesh_object *request, struct answers *answers)
{
	switch (request->value[1].number) {
	case OP_ADD:
		standin_respond(answers, add(request->value));
		break;
	case OP_DEL:
		standin_respond(answers, delete(request->value));
		break;
	case OP_GET:
		get(request->value, answers);
		break;
	case OP_DUMP:
		dump(request->value, answers);
		break;
	default:
		standin_respond(answers, -EOPNOTSUPP);
	}
}
