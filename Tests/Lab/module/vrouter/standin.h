/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A stand-in for the vrouter kernel module, for tests of programs that load and unload it. README.md says
 * what it does and what it doesn't.
 */
#ifndef STANDIN_H
#define STANDIN_H

#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/types.h>

/* Parameters (parameters.c). What the agent's phase computes is written back, as there. */
extern unsigned int vr_flow_entries, vr_oflow_entries, vr_bridge_entries, vr_bridge_oentries;
extern unsigned int vif_bridge_entries, vif_bridge_oentries, vr_flow_hold_limit;
extern unsigned int vr_interfaces, vr_mpls_labels, vr_nexthops, vr_vrfs;
extern unsigned int vr_pkt_droplog_bufsz, vr_pkt_droplog_buf_en;
extern unsigned int vr_pkt_droplog_sysctl_en, vr_pkt_droplog_min_sysctl_en, vr_uncond_close_flow_on_tcp_rst;
extern unsigned int vr_memory_alloc_checks, datapath_offloads;
extern unsigned int vr_perfr, vr_perfs, vr_perfr1, vr_perfr2, vr_perfr3, vr_perfp;
extern unsigned int vr_perfq1, vr_perfq2, vr_perfq3;
extern int standin_fail_errno, standin_hang;
extern unsigned int standin_fail_until, standin_delay_ms, standin_silent;
extern unsigned int standin_refuse_link, standin_refuse_vif, standin_refuse_host, standin_refuse_delete;
extern bool standin_chrdev, standin_not_ready;

/* What the build says of itself, as JSON. */
extern const char standin_build_information[];

/* The processors that per-processor tables are made for. */
extern unsigned int standin_cpus;

/*
 * Says and counts (dangers.c) what would crash or corrupt the kernel, now or later, with the real module in it; the
 * stand-in goes on.
 */
unsigned int standin_count_danger(void);
#define standin_danger(format, ...) \
	pr_err("vrouter stand-in: danger %u: " format "\n", standin_count_danger(), ##__VA_ARGS__)
#define standin_would_crash(format, ...) \
	standin_danger("the real module would crash here: " format, ##__VA_ARGS__)

/*
 * parameters.c: whether a test wants the next request of a kind to be refused: 0 or a negative errno. The parameter
 * says which one from now, 0 for none.
 */
int standin_refusal(unsigned int *which);

/* memory.c: the real module's ways of taking memory. A pointer that is NULL is given back silently. */
void *standin_alloc(size_t bytes);
void *standin_zalloc(size_t bytes);
struct standin_table;
struct standin_table *standin_table_make(u32 entries, u32 entry_size);
void standin_table_free(struct standin_table *table);

/* main.c: remembers why a sub-module's start failed, for the log, and returns the errno. */
int standin_failed_at(const char *function, int line, int error, unsigned long data);
#define standin_failed(error, data) standin_failed_at(__func__, __LINE__, (error), (data))

/* The parts, in files of their names. Each exit is safe after a start that failed or never ran. */
int standin_statistics_init(void);
void standin_statistics_exit(void);
bool standin_drop_log_is_missing(void);

int standin_nexthops_init(void);
void standin_nexthops_exit(void);
int standin_mpls_init(void);
void standin_mpls_exit(void);
int standin_mirrors_init(void);
void standin_mirrors_exit(void);
int standin_vxlan_init(void);
void standin_vxlan_exit(void);
int standin_qos_init(void);
void standin_qos_exit(void);
int standin_offloads_init(void);
int standin_vrfs_init(void);
void standin_vrfs_exit(void);

int standin_interfaces_init(void);
void standin_interfaces_exit(void);

int standin_packet_devices_init(void);
void standin_packet_devices_exit(void);

int standin_vhost_init(void);
void standin_vhost_exit(void);

int standin_assembler_init(void);
void standin_assembler_exit(void);

int standin_device_init(void);
void standin_device_exit(void);
int standin_device_register(void);
/* 65535 when there is no device. */
u16 standin_device_major(void);

/* The tables that the vRouter agent's first message makes the module take. */
void standin_agent_phase_exit(void);

int standin_genetlink_init(void);
void standin_genetlink_exit(void);
/* The number of the family's group. */
unsigned int standin_group(void);

#endif
