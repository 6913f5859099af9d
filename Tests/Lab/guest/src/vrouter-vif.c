// usage: vrouter-vif [OPTION]... add-physical NIC
//        vrouter-vif [OPTION]... add-host LINK NIC[,NIC...]
//        vrouter-vif delete NAME
//        vrouter-vif list
// Adds, deletes and lists the interfaces of the vrouter module, and prints the code of its answer: 0, or a negative
// errno. The exit status tells the two apart; it is 2 when there was no answer. A link that there isn't is sent as 0, and
// one in the list of NICs is left out, as the vRouter's own tool does; NICs "-" are an empty list: both are dangerous
// with the real module.
//   --index N    the interface's index (default: the link's)
//   --mac M      its MAC (default: the link's)
//   --flags F    its flags (default: 0x200, a physical one is for the host; 0 for the host's)
//   --nameless   sends no name
// A line of the list: INDEX TYPE FLAGS LINK NAME FRAMES_IN FRAMES_OUT (types: 0 host, 2 physical, 7 the module's own).
#include <endian.h>
#include <net/if.h>
#include <getopt.h>
#include <stdbool.h>
#include <sys/ioctl.h>

#include "module.h"

enum { ADD = 0, DELETE = 2, DUMP = 3 };
enum { HOST = 0, PHYSICAL = 2 };
// Sandesh's types.
enum { BYTE = 3, I16 = 6, I32 = 8, I64 = 10, STRING = 11, LIST = 15 };
enum { NO_ANSWER = 2, MORE = 1 << 30, NO_VRF = 65535 };

static const char message_name[] = "vr_interface_req";
static unsigned char *end;

static void put(const void *from, size_t count) {
  memcpy(end, from, count);
  end += count;
}

static void put_u32(unsigned value) {
  value = htobe32(value);
  put(&value, sizeof value);
}

static void put_field(unsigned char type, unsigned short number) {
  number = htobe16(number);
  put(&type, 1);
  put(&number, sizeof number);
}

static void put_i32(unsigned short number, int value) {
  put_field(I32, number);
  put_u32(value);
}

static void put_text(unsigned short number, const char *text) {
  put_field(STRING, number);
  put_u32(strlen(text));
  put(text, strlen(text));
}

static void put_list(unsigned short number, unsigned char type, unsigned count) {
  put_field(LIST, number);
  put(&type, 1);
  put_u32(count);
}

static void begin(unsigned short family, int operation) {
  memset(bytes, 0, 256);
  *header() = (struct nlmsghdr){.nlmsg_type = family, .nlmsg_flags = NLM_F_REQUEST};
  end = bytes + NLMSG_HDRLEN;
  put(&(struct genlmsghdr){.cmd = 1}, GENL_HDRLEN);
  put(&(struct nlattr){.nla_type = 1}, NLA_HDRLEN);
  put_u32(strlen(message_name));
  put(message_name, strlen(message_name));
  put_i32(1, operation);
}

// Sends the message; the code of the answer.
static int finish(void) {
  put("", 1);
  size_t length = end - bytes;
  header()->nlmsg_len = length;
  struct nlattr *attribute = (struct nlattr *)(bytes + NLMSG_HDRLEN + GENL_HDRLEN);
  attribute->nla_len = length - NLMSG_HDRLEN - GENL_HDRLEN;
  transmit(length);
  if (receive() < NLMSG_HDRLEN) errx(NO_ANSWER, "the module doesn't answer");
  if (header()->nlmsg_type == NLMSG_ERROR) {
    errno = -*(int *)(bytes + NLMSG_HDRLEN);
    err(NO_ANSWER, "the kernel refused the message");
  }
  // A vr_response: the length and bytes of its name, field 1, the head of field 2.
  unsigned code;
  memcpy(&code, bytes + NLMSG_HDRLEN + GENL_HDRLEN + NLA_HDRLEN + 4 + 11 + 7 + 3, sizeof code);
  return (int)be32toh(code);
}

static unsigned long long number(const unsigned char *at, int size) {
  unsigned long long value = 0;
  while (size--) value = value << 8 | *at++;
  return value;
}

static int size_of(unsigned char type) {
  switch (type) {
    case 2: case BYTE: return 1;
    case I16: case 19: return 2;
    case I32: case 20: return 4;
    default: return 8;
  }
}

// Prints the object that begins there, and returns where the next one does. `last` becomes its index.
static const unsigned char *print_object(const unsigned char *at, int *last) {
  unsigned long long value[128] = {0};
  char name[IFNAMSIZ] = "";
  for (at += 4 + number(at, 4); *at;) {
    unsigned char type = at[0];
    unsigned field = number(at + 1, 2);
    at += 3;
    if (type == STRING) {
      unsigned length = number(at, 4);
      if (field == 10) snprintf(name, sizeof name, "%.*s", (int)length, at + 4);
      at += 4 + length;
    } else if (type == LIST) {
      at += 5 + number(at + 1, 4) * size_of(*at);
    } else {
      if (field < 128) value[field] = number(at, size_of(type));
      at += size_of(type);
    }
  }
  *last = value[6];
  printf("%llu %llu 0x%llx %llu %s", value[6], value[3], value[4], value[8], name);
  printf(" %llu %llu\n", value[12], value[15]);
  return at + 1;
}

static int list(unsigned short family) {
  for (int last = -1, code = MORE; code & MORE;) {
    begin(family, DUMP);
    put_i32(37, last);
    code = finish();
    if (code < 0) return code;
    for (ssize_t length; (length = receive()) > 0 && header()->nlmsg_type == family;) {
      const unsigned char *at = bytes + NLMSG_HDRLEN + GENL_HDRLEN + NLA_HDRLEN;
      for (const unsigned char *stop = at + ((struct nlattr *)at - 1)->nla_len; at < stop;) at = print_object(at, &last);
    }
  }
  return 0;
}

static void take_address(const char *link, unsigned char *mac) {
  struct ifreq request = {0};
  int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  strncpy(request.ifr_name, link, IFNAMSIZ - 1);
  if (any >= 0 && ioctl(any, SIOCGIFHWADDR, &request) == 0) memcpy(mac, request.ifr_hwaddr.sa_data, 6);
}

static void put_nics(char *names) {
  int indices[8], count = 0;
  for (char *name = strtok(names, ","); name && count < 8; name = strtok(NULL, ",")) {
    int index = if_nametoindex(name);
    if (index) indices[count++] = index;
  }
  put_list(49, I32, count);
  for (int i = 0; i < count; i++) put_u32(indices[i]);
}

int main(int argc, char **argv) {
  static const struct option options[] = {
      {"index", 1, 0, 'i'}, {"mac", 1, 0, 'm'}, {"flags", 1, 0, 'f'}, {"nameless", 0, 0, 'n'}, {0}};
  const char *index = NULL, *given = NULL, *flags = NULL;
  bool nameless = false;
  for (int option; (option = getopt_long(argc, argv, "+", options, NULL)) != -1;) {
    switch (option) {
      case 'i': index = optarg; break;
      case 'm': given = optarg; break;
      case 'f': flags = optarg; break;
      case 'n': nameless = true; break;
      default: return NO_ANSWER;
    }
  }
  argc -= optind;
  argv += optind;
  bool physical = argc == 2 && !strcmp(argv[0], "add-physical");
  bool host = argc == 3 && !strcmp(argv[0], "add-host");
  bool delete = argc == 2 && !strcmp(argv[0], "delete");
  bool listed = argc == 1 && !strcmp(argv[0], "list");
  if (!physical && !host && !delete && !listed) errx(NO_ANSWER, "see its source for its use");
  connect_kernel(NETLINK_GENERIC);
  unsigned short family = find_family();
  int code;
  if (delete) {
    begin(family, DELETE);
    put_i32(6, -1);
    put_text(10, argv[1]);
    code = finish();
  } else if (physical || host) {
    int link = if_nametoindex(argv[1]);
    unsigned char mac[6] = {0};
    take_address(argv[1], mac);
    if (given) sscanf(given, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", mac, mac + 1, mac + 2, mac + 3, mac + 4, mac + 5);
    begin(family, ADD);
    put_i32(3, physical ? PHYSICAL : HOST);
    put_i32(4, flags ? strtol(flags, NULL, 0) : physical ? 0x200 : 0);
    put_i32(5, 0);
    put_i32(6, index ? atoi(index) : link);
    put_i32(7, 0);
    put_i32(8, link);
    if (!nameless) put_text(10, argv[1]);
    put_list(38, BYTE, sizeof mac);
    put(mac, sizeof mac);
    if (host) put_nics(argv[2]);
    put_field(BYTE, 53);
    put("", 1);
    put_i32(63, NO_VRF);
    code = finish();
  } else {
    code = list(family);
    if (!code) return 0;
  }
  printf("%d\n", code);
  return code < 0;
}
