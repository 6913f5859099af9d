// SPDX-License-Identifier: GPL-2.0-only
/* The generic netlink family "vrouter": one command, whose one attribute holds sandesh's messages. */
#include <linux/slab.h>
#include <net/genetlink.h>

#include "messages.h"
#include "standin.h"

#define COMMAND 1
#define ATTRIBUTE 1

/* More than any answer here takes; objects of a list go into no more than LIST_BYTES of it. */
#define ANSWER_BYTES 8192
#define MOST_ANSWERS 2

static bool registered;
static int request(struct sk_buff *skb, struct genl_info *info);

static const struct nla_policy policy[ATTRIBUTE + 1] = {
	[ATTRIBUTE] = { .type = NLA_BINARY },
};

static const struct genl_ops operations[] = {
	{ .cmd = COMMAND, .flags = GENL_ADMIN_PERM, .policy = policy, .doit = request },
};

static const struct genl_multicast_group groups[] = {
	{ .name = "VRouterGroup" },
};

static struct genl_family family = {
	.name = "vrouter",
	.version = 1,
	.maxattr = ATTRIBUTE,
	.netnsok = true,
	.module = THIS_MODULE,
	.ops = operations,
	.n_ops = ARRAY_SIZE(operations),
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

unsigned int standin_group(void)
{
	return family.mcgrp_offset;
}

/* The answers to one request, each to be a datagram. */
struct answers {
	struct sandesh_buffer datagram[MOST_ANSWERS];
	unsigned int count;
};

struct sandesh_buffer *standin_answer(struct answers *answers)
{
	struct sandesh_buffer *datagram = &answers->datagram[answers->count];

	if (answers->count == MOST_ANSWERS)
		return NULL;
	datagram->bytes = kmalloc(ANSWER_BYTES, GFP_KERNEL);
	if (!datagram->bytes)
		return NULL;
	datagram->size = ANSWER_BYTES;
	datagram->position = 0;
	answers->count++;
	return datagram;
}

struct sandesh_buffer *standin_respond(struct answers *answers, s32 code)
{
	struct sandesh_buffer *datagram = standin_answer(answers);
	struct sandesh_object *response = sandesh_make(&sandesh_response);

	if (datagram && response) {
		response->value[1].number = OP_RESPONSE;
		response->value[2].number = (u32)code;
		sandesh_encode(datagram, response);
	}
	kfree(response);
	return datagram;
}

void standin_respond_with(struct answers *answers, s32 code, const struct sandesh_object *object)
{
	struct sandesh_buffer *datagram = standin_respond(answers, code);

	if (datagram && object)
		sandesh_encode(datagram, object);
}

static int send(const struct sandesh_buffer *answer, struct genl_info *info, int flags)
{
	size_t length = NLMSG_ALIGN(GENL_HDRLEN + NLA_HDRLEN + answer->position);
	struct sk_buff *skb = nlmsg_new(length, GFP_KERNEL);
	struct nlmsghdr *message;
	struct nlattr *attribute;

	if (!skb)
		return -ENOMEM;
	message = nlmsg_put(skb, info->snd_portid, info->snd_seq, info->nlhdr->nlmsg_type, length, flags);
	if (!message) {
		kfree_skb(skb);
		return -EMSGSIZE;
	}
	memset(nlmsg_data(message), 0, length);
	/* The request's own header comes back. */
	memcpy(nlmsg_data(message), info->genlhdr, sizeof(*info->genlhdr));
	attribute = nlmsg_data(message) + GENL_HDRLEN;
	attribute->nla_type = ATTRIBUTE;
	/* The real module's mistake: its own header isn't counted. */
	attribute->nla_len = answer->position;
	memcpy(nla_data(attribute), answer->bytes, answer->position);
	return genlmsg_unicast(genl_info_net(info), skb, info->snd_portid);
}

static int send_all(const struct answers *answers, struct genl_info *info)
{
	bool many = answers->count > 1;
	unsigned int i;
	int error = 0;

	for (i = 0; i < answers->count && !error; i++)
		error = send(&answers->datagram[i], info, many ? NLM_F_MULTI : 0);
	if (many && !error) {
		struct sk_buff *skb = nlmsg_new(0, GFP_KERNEL);

		if (!skb || !nlmsg_put(skb, info->snd_portid, info->snd_seq, NLMSG_DONE, 0, 0)) {
			kfree_skb(skb);
			return -ENOMEM;
		}
		error = genlmsg_unicast(genl_info_net(info), skb, info->snd_portid);
	}
	return error;
}

static void process(const struct sandesh_object *object, struct answers *answers)
{
	if (object->type == &sandesh_interface)
		standin_interface_request(object, answers);
	else if (object->type == &sandesh_ops)
		standin_ops_request(object, answers);
	else if (object->type == &sandesh_flow_table)
		standin_flow_table_request(object, answers);
	else if (object->type == &sandesh_bridge_table)
		standin_bridge_table_request(object, answers);
	else if (object->type == &sandesh_huge_pages)
		standin_huge_pages_request(object, answers);
}

/* One request at a time: the family's lock is held. */
static int request(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attribute = info->attrs ? info->attrs[ATTRIBUTE] : NULL;
	struct answers answers = { .count = 0 };
	struct sandesh_buffer buffer = { .position = 0 };
	struct sandesh_object *object;
	unsigned int i;
	int error;

	if (!attribute)
		return -EINVAL;
	if (standin_not_ready) {
		standin_respond(&answers, -ENETRESET);
	} else {
		buffer.bytes = nla_data(attribute);
		buffer.size = nla_len(attribute);
		while ((object = sandesh_decode(&buffer, &error))) {
			process(object, &answers);
			kfree(object);
		}
		if (error)
			standin_respond(&answers, error);
	}
	error = send_all(&answers, info);
	for (i = 0; i < answers.count; i++)
		kfree(answers.datagram[i].bytes);
	return error;
}

int standin_genetlink_init(void)
{
	int error = genl_register_family(&family);

	registered = !error;
	return error;
}

void standin_genetlink_exit(void)
{
	if (registered)
		genl_unregister_family(&family);
	registered = false;
}
