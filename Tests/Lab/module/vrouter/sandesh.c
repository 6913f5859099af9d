// SPDX-License-Identifier: GPL-2.0-only
/* Reads and writes sandesh's messages. */
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/unaligned.h>

#include "sandesh.h"
#include "standin.h"

/* Structures and lists within each other, in fields that are passed over. */
#define DEEPEST 8

struct sandesh_object *sandesh_make(const struct sandesh_type *type)
{
	struct sandesh_object *object = kzalloc(struct_size(object, value, type->last + 1), GFP_KERNEL);

	if (object)
		object->type = type;
	return object;
}

s32 sandesh_list_i32(const struct sandesh_value *list, u32 index)
{
	return get_unaligned_be32(list->bytes + 4 * index);
}

/* Bytes of a value whose type says its size; 0 for others. */
static size_t fixed_size(u8 type)
{
	switch (type) {
	case SANDESH_BOOL:
	case SANDESH_BYTE:
		return 1;
	case SANDESH_I16:
	case SANDESH_U16:
		return 2;
	case SANDESH_I32:
	case SANDESH_U32:
	case SANDESH_IPV4:
		return 4;
	case SANDESH_DOUBLE:
	case SANDESH_U64:
	case SANDESH_I64:
		return 8;
	case SANDESH_UUID:
		return 16;
	default:
		return 0;
	}
}

/* The next bytes; NULL when there are not so many. */
static const u8 *take(struct sandesh_buffer *buffer, size_t count)
{
	const u8 *bytes = buffer->bytes + buffer->position;

	if (count > buffer->size - buffer->position)
		return NULL;
	buffer->position += count;
	return bytes;
}

static u64 number(const u8 *bytes, size_t size)
{
	switch (size) {
	case 1:
		return *bytes;
	case 2:
		return get_unaligned_be16(bytes);
	case 4:
		return get_unaligned_be32(bytes);
	default:
		return get_unaligned_be64(bytes);
	}
}

static bool skip(struct sandesh_buffer *buffer, u8 type, unsigned int depth);

static bool skip_list(struct sandesh_buffer *buffer, unsigned int depth)
{
	const u8 *head = take(buffer, 5);
	size_t size;
	u32 count;

	if (!head)
		return false;
	size = fixed_size(head[0]);
	count = get_unaligned_be32(head + 1);
	if (size)
		return take(buffer, size * count);
	for (; count; count--) {
		if (!skip(buffer, head[0], depth + 1))
			return false;
	}
	return true;
}

static bool skip_structure(struct sandesh_buffer *buffer, unsigned int depth)
{
	for (;;) {
		const u8 *type = take(buffer, 1);

		if (!type)
			return false;
		if (!*type)
			return true;
		if (!take(buffer, 2) || !skip(buffer, *type, depth + 1))
			return false;
	}
}

static bool skip(struct sandesh_buffer *buffer, u8 type, unsigned int depth)
{
	const u8 *length;

	if (depth > DEEPEST)
		return false;
	switch (type) {
	case SANDESH_STRING:
	case SANDESH_XML:
		length = take(buffer, 4);
		return length && take(buffer, get_unaligned_be32(length));
	case SANDESH_LIST:
		return skip_list(buffer, depth);
	case SANDESH_STRUCT:
		return skip_structure(buffer, depth);
	default:
		return fixed_size(type) && take(buffer, fixed_size(type));
	}
}

static bool read_value(struct sandesh_buffer *buffer, const struct sandesh_field *field,
		       struct sandesh_value *value)
{
	const u8 *bytes;

	if (field->type != SANDESH_STRING && field->type != SANDESH_LIST) {
		bytes = take(buffer, fixed_size(field->type));
		if (bytes)
			value->number = number(bytes, fixed_size(field->type));
		return bytes;
	}
	/* What a list says of its elements' type isn't looked at. */
	bytes = take(buffer, field->type == SANDESH_LIST ? 5 : 4);
	if (!bytes)
		return false;
	value->count = get_unaligned_be32(bytes + (field->type == SANDESH_LIST ? 1 : 0));
	value->bytes = take(buffer, (size_t)value->count *
					    (field->type == SANDESH_LIST ? fixed_size(field->element) : 1));
	return value->bytes;
}

static const struct sandesh_type *find_type(const u8 *name, size_t length)
{
	const struct sandesh_type *const *type;

	for (type = sandesh_types; *type; type++) {
		if (strlen((*type)->name) == length && !memcmp((*type)->name, name, length))
			return *type;
	}
	pr_err("No information for sandesh %.*s\n", (int)min_t(size_t, length, 64), name);
	return NULL;
}

static const struct sandesh_field *find_field(const struct sandesh_type *type, u16 number)
{
	unsigned int i;

	for (i = 0; i < type->count; i++) {
		if (type->fields[i].number == number)
			return &type->fields[i];
	}
	return NULL;
}

static bool read_fields(struct sandesh_buffer *buffer, struct sandesh_object *object)
{
	for (;;) {
		const struct sandesh_field *field;
		const u8 *type = take(buffer, 1), *id;

		if (!type)
			return false;
		if (!*type)
			return true;
		id = take(buffer, 2);
		if (!id)
			return false;
		field = find_field(object->type, get_unaligned_be16(id));
		if (field && field->type == *type) {
			if (!read_value(buffer, field, &object->value[field->number]))
				return false;
		} else if (!skip(buffer, *type, 0)) {
			return false;
		}
	}
}

struct sandesh_object *sandesh_decode(struct sandesh_buffer *buffer, int *error)
{
	const struct sandesh_type *type;
	struct sandesh_object *object;
	const u8 *length, *name;

	*error = 0;
	if (buffer->position == buffer->size)
		return NULL;
	/* What can't be read is answered with -1, whatever is wrong with it. */
	*error = -1;
	length = take(buffer, 4);
	if (!length)
		return NULL;
	name = take(buffer, get_unaligned_be32(length));
	if (!name)
		return NULL;
	type = find_type(name, get_unaligned_be32(length));
	if (!type)
		return NULL;
	object = sandesh_make(type);
	if (!object)
		return NULL;
	if (!read_fields(buffer, object)) {
		pr_err("%s read FAILED\n", type->name);
		kfree(object);
		return NULL;
	}
	*error = 0;
	return object;
}

static void put(struct sandesh_buffer *buffer, u64 value, size_t size)
{
	while (size--)
		buffer->bytes[buffer->position++] = value >> (8 * size);
}

static void put_bytes(struct sandesh_buffer *buffer, const void *bytes, size_t count)
{
	if (count)
		memcpy(buffer->bytes + buffer->position, bytes, count);
	buffer->position += count;
}

static size_t value_size(const struct sandesh_field *field, const struct sandesh_value *value)
{
	switch (field->type) {
	case SANDESH_STRING:
		return 4 + value->count;
	case SANDESH_LIST:
		return 5 + value->count * fixed_size(field->element);
	default:
		return fixed_size(field->type);
	}
}

bool sandesh_encode(struct sandesh_buffer *buffer, const struct sandesh_object *object)
{
	const struct sandesh_type *type = object->type;
	size_t size = 4 + strlen(type->name) + 1;
	unsigned int i;

	for (i = 0; i < type->count; i++)
		size += 3 + value_size(&type->fields[i], &object->value[type->fields[i].number]);
	if (size > buffer->size - buffer->position)
		return false;
	put(buffer, strlen(type->name), 4);
	put_bytes(buffer, type->name, strlen(type->name));
	for (i = 0; i < type->count; i++) {
		const struct sandesh_field *field = &type->fields[i];
		const struct sandesh_value *value = &object->value[field->number];

		put(buffer, field->type, 1);
		put(buffer, field->number, 2);
		if (field->type == SANDESH_LIST) {
			put(buffer, field->element, 1);
			put(buffer, value->count, 4);
			put_bytes(buffer, value->bytes, value->count * fixed_size(field->element));
		} else if (field->type == SANDESH_STRING) {
			put(buffer, value->count, 4);
			put_bytes(buffer, value->bytes, value->count);
		} else {
			put(buffer, value->number, fixed_size(field->type));
		}
	}
	put(buffer, 0, 1);
	return true;
}
