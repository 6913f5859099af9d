// SPDX-License-Identifier: GPL-2.0-only
/* The character device "vrouter_mem": while it is open, the module is in use. */
#include <linux/cdev.h>
#include <linux/fs.h>
#include <linux/slab.h>

#include "standin.h"

/* Minor 0 is the flow table, 1 the bridge table. */
#define MINORS 2

/* The real module registers one for each message that asks for tables, and forgets the older ones. */
struct registration {
	struct registration *older;
	dev_t number;
	struct cdev device;
};

static struct registration *newest;

/* An open by itself holds the owner. */
static const struct file_operations operations = {
	.owner = THIS_MODULE,
};

int standin_device_register(void)
{
	struct registration *registration = kzalloc(sizeof(*registration), GFP_KERNEL);
	int error;

	if (!registration)
		return -ENOMEM;
	error = alloc_chrdev_region(&registration->number, 0, MINORS, "vrouter_mem");
	if (error)
		goto fail;
	cdev_init(&registration->device, &operations);
	registration->device.owner = THIS_MODULE;
	error = cdev_add(&registration->device, registration->number, MINORS);
	if (error) {
		unregister_chrdev_region(registration->number, MINORS);
		goto fail;
	}
	if (newest)
		standin_danger("vrouter_mem is registered once more, and an unload leaves major %u behind",
			       MAJOR(newest->number));
	registration->older = newest;
	newest = registration;
	return 0;

fail:
	kfree(registration);
	return error;
}

u16 standin_device_major(void)
{
	return newest ? MAJOR(newest->number) : 0xffff;
}

int standin_device_init(void)
{
	return standin_chrdev ? standin_device_register() : 0;
}

void standin_device_exit(void)
{
	while (newest) {
		struct registration *registration = newest;

		newest = registration->older;
		cdev_del(&registration->device);
		unregister_chrdev_region(registration->number, MINORS);
		if (newest)
			standin_would_crash("vrouter_mem with major %u stays behind, and opening it crashes",
					    MAJOR(newest->number));
		kfree(registration);
	}
}
