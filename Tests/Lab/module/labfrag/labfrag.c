// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fragments the memory so that nothing can mend it: takes nearly every free page for the kernel, keeps one in
 * each 2 MiB, gives the others back. Kernel pages can't be moved. Unloading gives everything back.
 */
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>

/* Pages left to the rest of the system while memory is taken. */
static unsigned int spare = 1024;
module_param(spare, uint, 0444);

/* Of each block of this many pages, one is kept. */
#define BLOCK_PAGES (1UL << 9)

static LIST_HEAD(kept);
static unsigned int kept_pages;
module_param(kept_pages, uint, 0444);

static void take_pages(struct list_head *pages)
{
	while (global_zone_page_state(NR_FREE_PAGES) > spare) {
		struct page *page = alloc_page(GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN);

		if (!page)
			return;
		list_add(&page->lru, pages);
	}
}

static void give_back(struct list_head *pages)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, pages, lru) {
		list_del(&page->lru);
		__free_page(page);
	}
}

static int __init labfrag_init(void)
{
	LIST_HEAD(taken);
	struct page *page, *next;

	kept_pages = 0;
	take_pages(&taken);
	/* The first page of a block decides: all of them are taken but for the few that were in use. */
	list_for_each_entry_safe(page, next, &taken, lru) {
		if (page_to_pfn(page) % BLOCK_PAGES)
			continue;
		list_move(&page->lru, &kept);
		kept_pages++;
	}
	give_back(&taken);
	pr_info("labfrag: keeps %u pages\n", kept_pages);
	return 0;
}

static void __exit labfrag_exit(void)
{
	give_back(&kept);
}

module_init(labfrag_init);
module_exit(labfrag_exit);

MODULE_DESCRIPTION("Fragments memory with pages that can't be moved, for tests");
MODULE_LICENSE("GPL");
