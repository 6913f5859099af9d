// libmnl and the kernel's netlink headers, as Swift sees them.
// <net/if.h> is left out on purpose: it clashes with <linux/if.h>.
#pragma once
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/eventfd.h>

// glibc declares these only under _GNU_SOURCE, which isn't set when Swift imports it (unshare(2), setns(2)).
int unshare(int flags);
int setns(int fd, int nstype);
