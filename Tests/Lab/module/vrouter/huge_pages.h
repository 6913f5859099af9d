/* SPDX-License-Identifier: GPL-2.0-only */
/* Huge pages that the vRouter agent gives for the bridge and flow tables. */
#ifndef STANDIN_HUGE_PAGES_H
#define STANDIN_HUGE_PAGES_H

#include "sandesh.h"

/*
 * Pins what a vr_hugepage_config gives: 0, -EINVAL (nothing that can be used was given), -EEXIST (some are pinned
 * already), -ENOMEM (none could be pinned), -E2BIG (not all).
 */
int standin_huge_pages_pin(const struct sandesh_object *request);

/* Zeroed memory of the first file that has room; NULL when none has. `*path` becomes the file's. */
void *standin_huge_pages_take(u32 bytes, const char **path);

void standin_huge_pages_exit(void);

#endif
