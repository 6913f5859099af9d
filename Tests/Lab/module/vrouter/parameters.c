// SPDX-License-Identifier: GPL-2.0-only
/* The real module's parameters, and the stand-in's own. Those that only matter later are there to be seen in
 * /sys/module/vrouter/parameters. */
#include "standin.h"

#define UINT_PARAMETER(name, value) \
	unsigned int name = (value); \
	module_param(name, uint, 0444)

UINT_PARAMETER(vr_flow_entries, 524288);
UINT_PARAMETER(vr_oflow_entries, 0);
UINT_PARAMETER(vr_bridge_entries, 262144);
UINT_PARAMETER(vr_bridge_oentries, 0);
UINT_PARAMETER(vif_bridge_entries, 1024);
UINT_PARAMETER(vif_bridge_oentries, 512);
UINT_PARAMETER(vr_mpls_labels, 5120);
UINT_PARAMETER(vr_nexthops, 524288);
UINT_PARAMETER(vr_vrfs, 4096);
UINT_PARAMETER(vr_interfaces, 256 + 4096 + 3);
UINT_PARAMETER(vr_flow_hold_limit, 8192);
UINT_PARAMETER(vr_pkt_droplog_bufsz, 200);
UINT_PARAMETER(vr_pkt_droplog_buf_en, 1);
UINT_PARAMETER(vr_pkt_droplog_sysctl_en, 1);
UINT_PARAMETER(vr_pkt_droplog_min_sysctl_en, 1);
UINT_PARAMETER(vr_uncond_close_flow_on_tcp_rst, 0);
UINT_PARAMETER(vr_memory_alloc_checks, 0);
UINT_PARAMETER(datapath_offloads, 0);
UINT_PARAMETER(vr_perfr, 1);
UINT_PARAMETER(vr_perfs, 1);
UINT_PARAMETER(vr_perfr1, 0);
UINT_PARAMETER(vr_perfr2, 1);
UINT_PARAMETER(vr_perfr3, 1);
UINT_PARAMETER(vr_perfp, 1);
UINT_PARAMETER(vr_perfq1, 0);
UINT_PARAMETER(vr_perfq2, 0);
UINT_PARAMETER(vr_perfq3, 0);

static int vrouter_dbg;
module_param(vrouter_dbg, int, 0644);
static bool vr_force_ipv6_underlay_enabled;
module_param(vr_force_ipv6_underlay_enabled, bool, 0644);

int standin_fail_errno;
module_param(standin_fail_errno, int, 0444);
MODULE_PARM_DESC(standin_fail_errno, "fail the load with this errno, at its end, with everything given back");

unsigned int standin_fail_until;
module_param(standin_fail_until, uint, 0444);
MODULE_PARM_DESC(standin_fail_until, "standin_fail_errno holds only while the uptime is below this many seconds");

int standin_hang;
module_param(standin_hang, int, 0444);
MODULE_PARM_DESC(standin_hang, "hang at the end of the load: 1 for ever and beyond any signal, 2 until killed");

unsigned int standin_delay_ms;
module_param(standin_delay_ms, uint, 0444);
MODULE_PARM_DESC(standin_delay_ms, "sleep so long at the end of the load, beyond any signal");

bool standin_chrdev;
module_param(standin_chrdev, bool, 0444);
MODULE_PARM_DESC(standin_chrdev, "register the character device vrouter_mem, as the agent's first message does");

bool standin_not_ready;
module_param(standin_not_ready, bool, 0644);
MODULE_PARM_DESC(standin_not_ready, "answer every message with -102, as a module that isn't ready does");

#define REFUSAL_PARAMETER(name, what) \
	unsigned int name; \
	module_param(name, uint, 0644); \
	MODULE_PARM_DESC(name, "refuse " what ", this many from now (1 is the next; 0 none)")

REFUSAL_PARAMETER(standin_refuse_link, "creating a vhost link");
REFUSAL_PARAMETER(standin_refuse_vif, "adding a physical interface");
REFUSAL_PARAMETER(standin_refuse_host, "adding a host's interface");
REFUSAL_PARAMETER(standin_refuse_delete, "deleting an interface");

static unsigned int standin_refuse_errno = ENOMEM;
module_param(standin_refuse_errno, uint, 0644);
MODULE_PARM_DESC(standin_refuse_errno, "the errno of what is refused");

int standin_refusal(unsigned int *which)
{
	if (!*which || --*which)
		return 0;
	pr_err("vrouter stand-in: refuses with -%u, as it was told to\n", standin_refuse_errno);
	return -(int)standin_refuse_errno;
}

unsigned int standin_silent;
module_param(standin_silent, uint, 0644);
MODULE_PARM_DESC(standin_silent, "lose frames between the interfaces: 1 those to the host, 2 those from it, 3 both");
