#include "policy.h"

#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "base/str.h"
#include "prov/redact.h"

/* RFC 6890 and its registry: what is not "globally reachable". */
static const struct {
	uint32_t net;
	unsigned bits;
} private4[] = {
    {0x00000000, 8},  /* this network */
    {0x0a000000, 8},  /* private */
    {0x64400000, 10}, /* shared (carriers) */
    {0x7f000000, 8},  /* loopback */
    {0xa9fe0000, 16}, /* link-local */
    {0xac100000, 12}, /* private */
    {0xc0000000, 24}, /* IETF protocol assignments */
    {0xc0000200, 24}, /* documentation */
    {0xc0a80000, 16}, /* private */
    {0xc6120000, 15}, /* benchmarks */
    {0xc6336400, 24}, /* documentation */
    {0xcb007100, 24}, /* documentation */
    {0xe0000000, 4},  /* multicast */
    {0xf0000000, 4},  /* reserved, broadcast */
};

static bool
is_private4(uint32_t a)
{
	for (size_t i = 0; i < ARRAY_LEN(private4); i++)
		if ((a ^ private4[i].net) >> (32 - private4[i].bits) == 0)
			return true;
	return false;
}

static uint32_t
load4(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

static bool
is_private6(const uint8_t *a)
{
	static const uint8_t zero[12], nat64[12] = {0, 0x64, 0xff, 0x9b},
	    mapped[12] = {[10] = 0xff, [11] = 0xff};

	if (memcmp(a, mapped, 12) == 0 || memcmp(a, nat64, 12) == 0)
		return is_private4(load4(a + 12));
	if (memcmp(a, zero, 12) == 0)
		return true; /* ::, ::1 and the old compatible addresses */
	if (a[0] == 0x20 && a[1] == 0x02)
		return is_private4(load4(a + 2)); /* 6to4 */
	/* All that is global lies in 2000::/3; Teredo, ORCHID and the
	 * documentation block lie there and are not. */
	if ((a[0] & 0xe0) != 0x20)
		return true;
	return a[0] == 0x20 && a[1] == 0x01 &&
	    (a[2] < 0x02 || (a[2] == 0x0d && a[3] == 0xb8));
}

bool
policy_private(const struct sockaddr *sa)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	/* Copied: the address may lie anywhere. */
	if (sa->sa_family == AF_INET) {
		memcpy(&in, sa, sizeof in);
		return is_private4(ntohl(in.sin_addr.s_addr));
	}
	if (sa->sa_family == AF_INET6) {
		memcpy(&in6, sa, sizeof in6);
		return is_private6(in6.sin6_addr.s6_addr);
	}
	return true;
}

static int
read_secret(const char *path, struct buf *out, struct err *e)
{
	struct buf text = {.max = 64 * 1024};
	struct stat st;
	int rc = -1;

	if (stat(path, &st) == 0 && (st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
		err_set(e, ERR_POLICY, "header.file",
		    "'%s' holds a secret and others may read it", path);
		return err_hint(e, "chmod 600 '%s'", path);
	}
	if (io_load(path, &text, e) == 0) {
		while (text.len != 0 && (text.p[text.len - 1] == '\n' ||
		    text.p[text.len - 1] == '\r'))
			text.len--;
		buf_str(out, buf_view(&text));
		rc = 0;
	}
	buf_free(&text);
	return rc;
}

/* ${...} whose inside is p[0..n). */
static int
expand(const char *p, size_t n, struct buf *out, struct err *e)
{
	char name[512];
	const char *value;

	if (n >= sizeof name)
		return err_set(e, ERR_CONFIG, "header.syntax",
		    "a ${...} of %zu bytes", n);
	memcpy(name, p, n);
	name[n] = '\0';
	if (strncmp(name, "file:", 5) == 0)
		return read_secret(name + 5, out, e);
	if (strncmp(name, "env:", 4) != 0) {
		err_set(e, ERR_CONFIG, "header.syntax", "unknown ${%s}", name);
		return err_hint(e, "${env:NAME} or ${file:PATH}");
	}
	value = getenv(name + 4);
	if (value == NULL || value[0] == '\0')
		return err_set(e, ERR_CONFIG, "header.env",
		    "the environment has no %s", name + 4);
	buf_puts(out, value);
	return 0;
}

static int
check_header(const char *text, size_t name, bool argv_secret, struct err *e)
{
	struct buf shown = {0};
	size_t found = 0, token = strspn(text, "!#$%&'*+-.^_`|~0123456789"
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

	if (name == 0 || token != name || text[name] != ':')
		return err_set(e, ERR_CONFIG, "header.syntax",
		    "a header is 'Name: value'");
	if (!argv_secret && strstr(text + name, "${") == NULL)
		found = prov_redact(str_of(text), &shown);
	buf_free(&shown);
	if (found == 0)
		return 0;
	err_set(e, ERR_USAGE, "header.literal",
	    "the value of %.*s would be seen in the process list", (int)name,
	    text);
	return err_hint(e, "write %.*s: ${env:NAME} or ${file:PATH} in single "
	    "quotes, or give --allow-argv-secret", (int)name, text);
}

int
policy_header(const char *text, bool argv_secret, struct buf *out,
    struct err *e)
{
	size_t name = strcspn(text, ":"), from = out->len;
	const char *p = text;

	if (check_header(text, name, argv_secret, e) != 0)
		return -1;
	while (*p != '\0') {
		const char *open = strstr(p, "${");
		const char *close = open != NULL ? strchr(open, '}') : NULL;

		if (close == NULL) {
			buf_puts(out, p);
			break;
		}
		buf_put(out, p, (size_t)(open - p));
		if (expand(open + 2, (size_t)(close - open) - 2, out, e) != 0)
			return -1;
		p = close + 1;
	}
	for (size_t i = from; i < out->len; i++) {
		unsigned char c = (unsigned char)out->p[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return err_set(e, ERR_CONFIG, "header.value",
			    "the value of %.*s has a control byte", (int)name,
			    text);
	}
	return 0;
}

bool
policy_harmless(const char *header)
{
	static const char *const names[] = {"Accept", "Accept-Encoding",
	    "Accept-Language", "User-Agent"};
	size_t n = strcspn(header, ":");

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (n == strlen(names[i]) &&
		    strncasecmp(header, names[i], n) == 0)
			return true;
	return false;
}
