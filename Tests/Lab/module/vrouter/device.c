// SPDX-License-Identifier: GPL-2.0-only
/* The character device "vrouter_mem": while it is open, the module is in use. */
#include <linux/cdev.h>
#include <linux/fs.h>

#include "standin.h"

/* Minor 0 is the flow table, 1 the bridge table. */
#define MINORS 2

static dev_t number;
static struct cdev device;
static bool registered;

/* An open by itself holds the owner. */
static const struct file_operations operations = {
	.owner = THIS_MODULE,
};

int standin_device_init(void)
{
	int error;

	if (!standin_chrdev)
		return 0;
	error = alloc_chrdev_region(&number, 0, MINORS, "vrouter_mem");
	if (error)
		return error;
	cdev_init(&device, &operations);
	device.owner = THIS_MODULE;
	error = cdev_add(&device, number, MINORS);
	if (error) {
		unregister_chrdev_region(number, MINORS);
		return error;
	}
	registered = true;
	return 0;
}

void standin_device_exit(void)
{
	if (!registered)
		return;
	cdev_del(&device);
	unregister_chrdev_region(number, MINORS);
	registered = false;
}
