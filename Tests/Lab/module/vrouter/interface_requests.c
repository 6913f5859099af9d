// SPDX-License-Identifier: GPL-2.0-only
/* vr_interface_req: asking about the module's interfaces; interface_changes.c adds and deletes them. */
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
#define UNKNOWN ((u32)-1)

static void describe_speed(int link, struct sandesh_value *value)
{
	struct ethtool_link_ksettings settings;
	struct net_device *device = __dev_get_by_index(&init_net, link);

	value[44].number = UNKNOWN;
	value[45].number = UNKNOWN;
	if (device && !__ethtool_get_link_ksettings(device, &settings)) {
		value[44].number = settings.base.speed;
		value[45].number = settings.base.duplex;
	}
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
	value[11].number = atomic64_read(&vif->bytes_in);
	value[12].number = atomic64_read(&vif->frames_in);
	value[14].number = atomic64_read(&vif->bytes_out);
	value[15].number = atomic64_read(&vif->frames_out);
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

void standin_interface_request(const struct sandesh_object *request, struct answers *answers)
{
	/* The lock under which links come and go. */
	rtnl_lock();
	switch (request->value[1].number) {
	case OP_ADD:
		standin_respond(answers, standin_interface_add(request->value));
		break;
	case OP_DEL:
		standin_respond(answers, standin_interface_delete(request->value));
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
	rtnl_unlock();
}
