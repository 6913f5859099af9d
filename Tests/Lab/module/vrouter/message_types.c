// SPDX-License-Identifier: GPL-2.0-only
/* The fields of the messages, as the captures have them: number, type, type of a list's elements. */
#include <linux/kernel.h>

#include "sandesh.h"

#define TYPE(variable, title) \
	const struct sandesh_type variable = { \
		.name = title, \
		.fields = variable##_fields, \
		.count = ARRAY_SIZE(variable##_fields), \
		.last = variable##_last, \
	}

#define B(number) { number, SANDESH_BYTE }
#define I16(number) { number, SANDESH_I16 }
#define I32(number) { number, SANDESH_I32 }
#define I64(number) { number, SANDESH_I64 }
#define U16(number) { number, SANDESH_U16 }
#define U32(number) { number, SANDESH_U32 }
#define U64(number) { number, SANDESH_U64 }
#define TEXT(number) { number, SANDESH_STRING }
#define LIST(number, type) { number, SANDESH_LIST, SANDESH_##type }

static const struct sandesh_field sandesh_response_fields[] = { I32(1), I32(2) };
enum { sandesh_response_last = 2 };
TYPE(sandesh_response, "vr_response");

static const struct sandesh_field sandesh_interface_fields[] = {
	I32(1), U32(2), I32(3), I32(4), I32(5), I32(6), I32(7), I32(8), I32(9), TEXT(10),
	I64(11), I64(12), I64(13), I64(14), I64(15), I64(16), I64(17), I64(18), LIST(19, I64), I64(20),
	I64(21), I64(22), I64(23), I64(24), I64(25), I64(26), I64(27), I64(28), I64(29), I64(30),
	I64(31), I64(32), I64(33), I64(34), I64(35), I32(36), I32(37), LIST(38, BYTE), U32(39), U64(40),
	U64(41), I32(42), I16(43), I32(44), I32(45), I16(46), I32(47), I32(48), LIST(49, I32),
	LIST(50, BYTE), LIST(51, I32), I16(52), B(53), LIST(54, I32), I16(55), LIST(56, BYTE),
	LIST(57, BYTE), U64(58), LIST(59, I16), U32(60), LIST(61, BYTE), B(62), I32(63), LIST(64, BYTE),
	LIST(65, U64), LIST(66, U64), LIST(67, U64), LIST(68, U16), LIST(77, U64), LIST(78, U64),
	LIST(79, BYTE), LIST(80, BYTE), LIST(81, U64), LIST(82, U64), LIST(83, BYTE), LIST(84, BYTE),
	B(85), LIST(86, BYTE), LIST(87, BYTE), B(88), LIST(89, BYTE), LIST(90, BYTE), U32(91),
	LIST(92, BYTE), U32(93),
};
enum { sandesh_interface_last = 93 };
TYPE(sandesh_interface, "vr_interface_req");

static const struct sandesh_field sandesh_ops_fields[] = {
	I32(1), I32(2), I32(3), I32(4), I32(5), I32(6), I32(7), I32(8), I32(9), I32(10), I32(11), TEXT(12),
	U32(13), LIST(14, I32), LIST(15, I32), I32(16), I32(17), I32(18), I32(19), I32(20), I32(21), I32(22),
	I32(23), I32(24), I32(25), I32(26), I32(27), I32(28), I32(29), U32(30), U32(31), U32(32), U32(33),
	I32(34), I32(35), I32(36), I32(37), U32(38), I32(39), I32(40), I32(41), I32(42), B(43), B(44), B(45),
	B(46), I16(47),
};
enum { sandesh_ops_last = 47 };
TYPE(sandesh_ops, "vrouter_ops");

static const struct sandesh_field sandesh_flow_table_fields[] = {
	I32(1), U16(2), U32(3), U16(4), TEXT(5), U64(6), U64(7), U64(8), U64(9), U64(10), U64(11), U32(12),
	U32(13), U32(14), LIST(15, U32), U32(16), U32(17),
};
enum { sandesh_flow_table_last = 17 };
TYPE(sandesh_flow_table, "vr_flow_table_data");

static const struct sandesh_field sandesh_bridge_table_fields[] = {
	I32(1), U16(2), U32(3), U16(4), TEXT(5),
};
enum { sandesh_bridge_table_last = 5 };
TYPE(sandesh_bridge_table, "vr_bridge_table_data");

static const struct sandesh_field sandesh_huge_pages_fields[] = {
	I32(1), LIST(2, U64), LIST(3, U32), U32(4), LIST(5, U32), LIST(6, BYTE), LIST(7, U32),
};
enum { sandesh_huge_pages_last = 7 };
TYPE(sandesh_huge_pages, "vr_hugepage_config");

const struct sandesh_type *const sandesh_types[] = {
	&sandesh_response, &sandesh_interface, &sandesh_ops, &sandesh_flow_table, &sandesh_bridge_table,
	&sandesh_huge_pages, NULL,
};
