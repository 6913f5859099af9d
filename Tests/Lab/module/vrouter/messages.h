/* SPDX-License-Identifier: GPL-2.0-only */
/* What the family's messages ask for, and how they are answered. */
#ifndef STANDIN_MESSAGES_H
#define STANDIN_MESSAGES_H

#include "sandesh.h"

struct answers;

/* A datagram of its own; NULL when there is no room or no memory. */
struct sandesh_buffer *standin_answer(struct answers *answers);

/* A datagram that begins with a vr_response of this code: 0, a negative errno, or how many objects follow. */
struct sandesh_buffer *standin_respond(struct answers *answers, s32 code);
/* ... and goes on with an object. */
void standin_respond_with(struct answers *answers, s32 code, const struct sandesh_object *object);

/* interface_requests.c */
void standin_interface_request(const struct sandesh_object *request, struct answers *answers);
/* interface_changes.c, under the rtnl lock: 0 or a negative errno. */
int standin_interface_add(const struct sandesh_value *wanted);
int standin_interface_delete(const struct sandesh_value *wanted);
/* queries.c */
void standin_ops_request(const struct sandesh_object *request, struct answers *answers);
void standin_flow_table_request(const struct sandesh_object *request, struct answers *answers);
void standin_bridge_table_request(const struct sandesh_object *request, struct answers *answers);
/* agent_phase.c */
void standin_huge_pages_request(const struct sandesh_object *request, struct answers *answers);

#endif
