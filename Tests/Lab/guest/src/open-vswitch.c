// usage: open-vswitch PATH BRIDGE PORT...
// Makes a data path of Open vSwitch with a bridge's own interface and these ports, as ovs-vswitchd does
// (linux/openvswitch.h, linux/genetlink.h). Nobody answers for its flows: no packet passes.
#include <err.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/openvswitch.h>
#include <net/if.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int kernel;

struct request {
  struct nlmsghdr message;
  struct genlmsghdr command;
  char payload[1024];
};

static void append(struct request *request, const void *bytes, size_t length) {
  memcpy((char *)request + request->message.nlmsg_len, bytes, length);
  request->message.nlmsg_len += NLMSG_ALIGN(length);
}

static void attribute(struct request *request, uint16_t type, const void *bytes, size_t length) {
  struct nlattr head = {.nla_len = NLA_HDRLEN + length, .nla_type = type};
  append(request, &head, sizeof head);
  append(request, bytes, length);
}

static struct request begin(uint16_t family, uint8_t command, uint8_t version) {
  return (struct request){
      .message = {.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN),
                  .nlmsg_type = family,
                  .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK},
      .command = {.cmd = command, .version = version}};
}

// Sends it and reads up to the acknowledgement; gives the 16-bit attribute of that type that the answer has.
static uint16_t ask(struct request *request, const char *what, uint16_t wanted) {
  char answer[16384];
  uint16_t found = 0;
  if (send(kernel, request, request->message.nlmsg_len, 0) < 0) err(1, "%s", what);
  for (;;) {
    ssize_t size = recv(kernel, answer, sizeof answer, 0);
    if (size < 0) err(1, "%s", what);
    for (struct nlmsghdr *message = (void *)answer; NLMSG_OK(message, size); message = NLMSG_NEXT(message, size)) {
      if (message->nlmsg_type == NLMSG_ERROR) {
        errno = -((struct nlmsgerr *)NLMSG_DATA(message))->error;
        if (errno) err(1, "%s", what);
        return found;
      }
      char *next = (char *)NLMSG_DATA(message) + GENL_HDRLEN, *end = (char *)message + message->nlmsg_len;
      while (wanted && next + NLA_HDRLEN <= end) {
        struct nlattr *head = (void *)next;
        if (head->nla_type == wanted) memcpy(&found, next + NLA_HDRLEN, sizeof found);
        next += NLA_ALIGN(head->nla_len);
      }
    }
  }
}

static uint16_t family(const char *name) {
  struct request request = begin(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1);
  attribute(&request, CTRL_ATTR_FAMILY_NAME, name, strlen(name) + 1);
  return ask(&request, name, CTRL_ATTR_FAMILY_ID);
}

static void port(int index, const char *name, uint32_t type) {
  struct request request = begin(family(OVS_VPORT_FAMILY), OVS_VPORT_CMD_NEW, OVS_VPORT_VERSION);
  struct ovs_header path = {.dp_ifindex = index};
  uint32_t nobody = 0;
  append(&request, &path, sizeof path);
  attribute(&request, OVS_VPORT_ATTR_NAME, name, strlen(name) + 1);
  attribute(&request, OVS_VPORT_ATTR_TYPE, &type, sizeof type);
  attribute(&request, OVS_VPORT_ATTR_UPCALL_PID, &nobody, sizeof nobody);
  ask(&request, name, 0);
}

int main(int count, char **words) {
  if (count < 3) errx(2, "usage: open-vswitch PATH BRIDGE PORT...");
  kernel = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
  struct sockaddr_nl self = {.nl_family = AF_NETLINK};
  if (kernel < 0 || bind(kernel, (void *)&self, sizeof self) != 0) err(1, "netlink");

  struct request request = begin(family(OVS_DATAPATH_FAMILY), OVS_DP_CMD_NEW, OVS_DATAPATH_VERSION);
  struct ovs_header none = {0};
  uint32_t nobody = 0;
  append(&request, &none, sizeof none);
  attribute(&request, OVS_DP_ATTR_NAME, words[1], strlen(words[1]) + 1);
  attribute(&request, OVS_DP_ATTR_UPCALL_PID, &nobody, sizeof nobody);
  ask(&request, words[1], 0);
  int index = if_nametoindex(words[1]);
  port(index, words[2], OVS_VPORT_TYPE_INTERNAL);
  for (int word = 3; word < count; word++) port(index, words[word], OVS_VPORT_TYPE_NETDEV);
}
