// SPDX-License-Identifier: GPL-2.0-only
/* What the module says of itself: its limits, and where its tables are. */
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "agent_phase.h"
#include "messages.h"
#include "standin.h"

#define MIRRORS 255

static void set_text(struct sandesh_value *value, const char *text)
{
	value->bytes = text;
	value->count = strlen(text);
}

static void describe(struct sandesh_value *value)
{
	/* What the captures have there and no parameter tells: traffic's defaults. */
	static const u8 ones[] = { 18, 19 };
	unsigned int i;

	value[3].number = vr_mpls_labels;
	value[4].number = vr_nexthops;
	value[5].number = vr_bridge_entries;
	value[6].number = vr_bridge_oentries;
	value[7].number = vr_flow_entries;
	value[8].number = vr_oflow_entries;
	value[9].number = vr_interfaces;
	value[10].number = MIRRORS;
	value[11].number = vr_vrfs;
	set_text(&value[12], standin_build_information);
	value[16].number = vr_perfr;
	value[17].number = vr_perfs;
	for (i = 0; i < ARRAY_SIZE(ones); i++)
		value[ones[i]].number = 1;
	value[20].number = vr_perfr1;
	value[21].number = vr_perfr2;
	value[22].number = vr_perfr3;
	value[23].number = vr_perfp;
	value[24].number = vr_perfq1;
	value[25].number = vr_perfq2;
	value[26].number = vr_perfq3;
	value[28].number = vr_flow_hold_limit;
	value[37].number = vr_memory_alloc_checks;
	value[39].number = vif_bridge_entries;
	value[40].number = vif_bridge_oentries;
	value[42].number = vr_pkt_droplog_bufsz;
	value[43].number = vr_pkt_droplog_buf_en;
	value[44].number = vr_pkt_droplog_sysctl_en;
	value[45].number = vr_pkt_droplog_min_sysctl_en;
	value[46].number = vr_uncond_close_flow_on_tcp_rst;
	value[47].number = standin_group();
}

/* What the request had in the fields that aren't set here comes back as zeros. */
static void answer(const struct sandesh_type *type, u64 operation, void (*fill)(struct sandesh_value *),
		   struct answers *answers)
{
	struct sandesh_object *object = sandesh_make(type);

	if (object) {
		object->value[1].number = operation;
		fill(object->value);
	}
	standin_respond_with(answers, object ? 0 : -ENOMEM, object);
	kfree(object);
}

void standin_ops_request(const struct sandesh_object *request, struct answers *answers)
{
	if (request->value[1].number == OP_GET) {
		answer(&sandesh_ops, OP_ADD, describe, answers);
		return;
	}
	if (request->value[1].number == OP_RESET)
		standin_danger("a reset takes every interface away, and vhost0 with them");
	standin_respond(answers, -EOPNOTSUPP);
}

static void describe_flow_table(struct sandesh_value *value)
{
	static u8 holds[4 * 256];

	value[3].number = (u32)((vr_flow_entries + vr_oflow_entries) * 256);
	value[4].number = standin_device_major();
	set_text(&value[5], standin_flow_path());
	value[13].number = standin_cpus;
	value[15].bytes = holds;
	value[15].count = standin_tables_are_there() ? min_t(u32, standin_cpus, 256) : 0;
}

void standin_flow_table_request(const struct sandesh_object *request, struct answers *answers)
{
	answer(&sandesh_flow_table, request->value[1].number, describe_flow_table, answers);
}

static void describe_bridge_table(struct sandesh_value *value)
{
	value[3].number = (u32)((vr_bridge_entries + vr_bridge_oentries) * 64);
	value[4].number = standin_device_major();
	set_text(&value[5], standin_bridge_path());
}

void standin_bridge_table_request(const struct sandesh_object *request, struct answers *answers)
{
	if (request->value[1].number == OP_GET)
		answer(&sandesh_bridge_table, OP_GET, describe_bridge_table, answers);
	else
		standin_respond(answers, -EOPNOTSUPP);
}
