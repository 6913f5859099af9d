// SPDX-License-Identifier: GPL-2.0-only
/* Pins the pages of files on hugetlbfs that the sender has mapped, and hands their memory out. */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <asm/unaligned.h>

#include "huge_pages.h"
#include "standin.h"

#define MOST_FILES 4

static struct file_pages {
	struct page **pages;
	unsigned long count;
	void *memory;
	u32 size, used;
	char *path;
} files[MOST_FILES];
static unsigned int file_count;

static void give_back(struct file_pages *file)
{
	unsigned long i;

	if (is_vmalloc_addr(file->memory))
		vunmap(file->memory);
	for (i = 0; i < file->count; i++) {
		SetPageDirty(file->pages[i]);
		put_page(file->pages[i]);
	}
	free_pages((unsigned long)file->pages, get_order(file->count * sizeof(struct page *)));
	kfree(file->path);
	memset(file, 0, sizeof(*file));
}

static bool pin(struct file_pages *file, u64 address, u32 size, u32 page_size, const u8 *path, u32 path_size)
{
	unsigned long wanted = DIV_ROUND_UP((unsigned long)size, PAGE_SIZE), i;
	long pinned;

	if (!wanted)
		return false;
	file->pages = (void *)__get_free_pages(GFP_ATOMIC | __GFP_ZERO | __GFP_COMP,
					       get_order(wanted * sizeof(struct page *)));
	if (!file->pages)
		return false;
	file->path = kzalloc(path_size + 1, GFP_ATOMIC);
	mmap_read_lock(current->mm);
	pinned = file->path ? get_user_pages(address, wanted, FOLL_WRITE, file->pages, NULL) : 0;
	mmap_read_unlock(current->mm);
	if (pinned == wanted) {
		memcpy(file->path, path, path_size);
		file->count = wanted;
		file->size = size;
		file->memory = size / page_size > 1 ? vmap(file->pages, wanted, VM_MAP, PAGE_KERNEL) :
						      page_address(file->pages[0]);
		if (file->memory)
			return true;
		give_back(file);
		return false;
	}
	for (i = 0; pinned > 0 && i < pinned; i++)
		put_page(file->pages[i]);
	free_pages((unsigned long)file->pages, get_order(wanted * sizeof(struct page *)));
	kfree(file->path);
	memset(file, 0, sizeof(*file));
	return false;
}

/* Lists that are empty, or of different lengths, or not of huge pages, or whose paths aren't there. */
static bool is_usable(const struct sandesh_value *value)
{
	u32 count = value[2].count, i;
	u64 paths = 0;

	if (!count || count > MOST_FILES || value[3].count != count || value[5].count != count ||
	    value[7].count != count)
		return false;
	for (i = 0; i < count; i++) {
		u32 size = sandesh_list_i32(&value[3], i);

		if (!get_unaligned_be64(value[2].bytes + 8 * i) || (size != 1U << 30 && size != 2U << 20))
			return false;
		paths += (u32)sandesh_list_i32(&value[7], i);
	}
	return paths && paths <= value[6].count;
}

int standin_huge_pages_pin(const struct sandesh_object *request)
{
	const struct sandesh_value *value = request->value;
	u32 i, path = 0;

	if (!is_usable(value))
		return -EINVAL;
	if (file_count)
		return -EEXIST;
	for (i = 0; i < value[2].count; i++) {
		u32 path_size = sandesh_list_i32(&value[7], i);

		if (pin(&files[file_count], get_unaligned_be64(value[2].bytes + 8 * i),
			sandesh_list_i32(&value[5], i), sandesh_list_i32(&value[3], i), value[6].bytes + path,
			path_size))
			file_count++;
		path += path_size;
	}
	if (!file_count)
		return -ENOMEM;
	return file_count < value[2].count ? -E2BIG : 0;
}

void *standin_huge_pages_take(u32 bytes, const char **path)
{
	unsigned int i;

	bytes = round_up(bytes, 8);
	for (i = 0; i < file_count; i++) {
		struct file_pages *file = &files[i];
		void *memory = file->memory + file->used;

		if (file->size - file->used < bytes)
			continue;
		file->used += bytes;
		*path = file->path;
		return memset(memory, 0, bytes);
	}
	return NULL;
}

void standin_huge_pages_exit(void)
{
	while (file_count)
		give_back(&files[--file_count]);
}
