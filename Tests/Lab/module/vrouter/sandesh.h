/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sandesh's binary encoding of messages, all of it big-endian: u32 length and bytes of the name, fields, a zero byte.
 * A field: a byte for its type, i16 for its number, its value. A list: a byte for its elements' type, u32 for how
 * many, the elements. A string: u32 length and bytes.
 */
#ifndef STANDIN_SANDESH_H
#define STANDIN_SANDESH_H

#include <linux/types.h>

enum {
	SANDESH_BOOL = 2,
	SANDESH_BYTE = 3,
	SANDESH_DOUBLE = 4,
	SANDESH_I16 = 6,
	SANDESH_I32 = 8,
	SANDESH_U64 = 9,
	SANDESH_I64 = 10,
	SANDESH_STRING = 11,
	SANDESH_STRUCT = 12,
	SANDESH_LIST = 15,
	SANDESH_U16 = 19,
	SANDESH_U32 = 20,
	SANDESH_XML = 21,
	SANDESH_IPV4 = 22,
	SANDESH_UUID = 23,
};

/* What a message can ask for. */
enum { OP_ADD, OP_GET, OP_DEL, OP_DUMP, OP_RESPONSE, OP_RESET };

/* A field of a message; `element` is the type of a list's elements. */
struct sandesh_field {
	u8 number, type, element;
};

struct sandesh_type {
	const char *name;
	const struct sandesh_field *fields;
	unsigned int count;
	/* The highest number of a field. */
	unsigned int last;
};

/* The message types that are known here; NULL ends the list. */
extern const struct sandesh_type sandesh_response, sandesh_interface, sandesh_ops;
extern const struct sandesh_type sandesh_flow_table, sandesh_bridge_table, sandesh_huge_pages;
extern const struct sandesh_type *const sandesh_types[];

/* A field's value: the number, or a list's elements (a string's bytes) as they are on the wire. */
struct sandesh_value {
	u64 number;
	u32 count;
	const u8 *bytes;
};

/* A message; values are found by their field's number. */
struct sandesh_object {
	const struct sandesh_type *type;
	struct sandesh_value value[];
};

struct sandesh_object *sandesh_make(const struct sandesh_type *type);

/* A message that is read, or written to a buffer of a fixed size. */
struct sandesh_buffer {
	u8 *bytes;
	size_t size, position;
};

/*
 * The next message of a buffer: NULL with `*error` 0 at the end. The object's lists point into the buffer. Fields of
 * unknown numbers, or of another type than they should have, are passed over.
 */
struct sandesh_object *sandesh_decode(struct sandesh_buffer *buffer, int *error);

/* Writes all fields, also those that are 0. False when they don't fit; then nothing was written. */
bool sandesh_encode(struct sandesh_buffer *buffer, const struct sandesh_object *object);

/* An i32 of a list of them. */
s32 sandesh_list_i32(const struct sandesh_value *list, u32 index);

#endif
