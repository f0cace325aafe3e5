#include "prov/redact.h"

#include "base/buf.h"

enum { NAME_MAX_LEN = 64 };

/* Names that mean a secret wherever a value is given to them... */
static const char *const strict[] = {"token", "secret", "password", "passwd",
    "passphrase", "apikey", "accesskey", "secretkey", "privatekey", "bearer",
    "authorization", "proxyauthorization", "credential", "credentials",
    "cookie", "setcookie"};
/* ...and those that do only in the query of a URL. */
static const char *const loose[] = {"key", "sig", "signature", "auth", "code",
    "pwd", "subscriptionkey", "hmac"};
/* Secrets too when a name ends in one of these: access_token, X-Api-Key. */
static const char *const tails[] = {"token", "secret", "password", "apikey",
    "accesskey", "secretkey", "signature", "credential", "authkey"};

static bool
ends_with(struct str s, const char *tail)
{
	struct str t = str_of(tail);

	return s.len >= t.len &&
	    memcmp(s.p + s.len - t.len, t.p, t.len) == 0;
}

static bool
among(struct str s, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(s, str_of(words[i])))
			return true;
	}
	return false;
}

/* Case, hyphens and underlines do not matter in a name. */
static bool
is_secret(struct str name, bool query)
{
	char plain[NAME_MAX_LEN];
	struct str s = {plain, 0};

	if (name.len > sizeof plain)
		name = (struct str){name.p + name.len - sizeof plain,
		    sizeof plain};
	for (size_t i = 0; i < name.len; i++) {
		char c = name.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c != '-' && c != '_' && c != '.')
			plain[s.len++] = c;
	}
	if (among(s, strict, ARRAY_LEN(strict)))
		return true;
	if (query && among(s, loose, ARRAY_LEN(loose)))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(tails); i++) {
		if (ends_with(s, tails[i]))
			return true;
	}
	return false;
}

static bool
in_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

/* Where a value that began at `at` ends. */
static size_t
value_end(struct str s, size_t at, const char *stops)
{
	while (at < s.len && strchr(stops, s.p[at]) == NULL)
		at++;
	return at; /* a NUL byte is in stops, too: it ends a C string */
}

/* The user part of a URL whose "://" is at `at`: its end, or 0. */
static size_t
userinfo(struct str s, size_t at)
{
	size_t end = value_end(s, at + 3, "/?# \t\n\"'`<>|");

	while (end > at + 3 && s.p[end - 1] != '@')
		end--;
	return end > at + 3 ? end - 1 : 0;
}

/* The value behind the '=' at `at`: until what ends it there. */
static void
assigned(struct str s, size_t at, bool query, size_t extent[2])
{
	extent[0] = at + 1;
	extent[1] = value_end(s, extent[0], query ? "&;# \t\n\"'`"
						  : " \t\n\"'`");
	if (extent[1] == extent[0] && extent[0] < s.len &&
	    (s.p[extent[0]] == '"' || s.p[extent[0]] == '\'')) {
		extent[0]++;
		extent[1] = value_end(s, extent[0], "\"'");
	}
}

/* The value behind the ':' at `at`, as in a header or a JSON text. */
static void
declared(struct str s, size_t at, size_t extent[2])
{
	for (at++; at < s.len && strchr(" \"'", s.p[at]) != NULL; at++)
		if (s.p[at] == '\0')
			break;
	extent[0] = at;
	extent[1] = value_end(s, at, "\"'\n");
}

/*
 * At a name that ends at `end`: the extent of its value if it is a secret.
 * `before` is the byte in front of the name.
 */
static bool
secret_value(struct str s, struct str name, char before, size_t extent[2])
{
	size_t at = (size_t)(name.p - s.p) + name.len;
	bool query = before == '?' || before == '&' || before == ';';
	bool quoted = at < s.len && (s.p[at] == '"' || s.p[at] == '\'');

	at += quoted; /* "name": value */
	if (at >= s.len)
		return false;
	if (s.p[at] == '=' && !quoted && is_secret(name, query))
		assigned(s, at, query, extent);
	else if (s.p[at] == ':' && is_secret(name, false))
		declared(s, at, extent);
	else
		return false;
	return extent[1] > extent[0];
}

size_t
prov_redact(struct str s, struct buf *out)
{
	size_t found = 0, done = 0, at = 0;

	while (at < s.len) {
		size_t end = at, extent[2];
		char before = at > 0 ? s.p[at - 1] : '\0';
		bool hit = false;

		while (end < s.len && in_name(s.p[end]))
			end++;
		if (end == at) {
			at++;
			continue;
		}
		if (end + 2 < s.len && memcmp(s.p + end, "://", 3) == 0) {
			extent[0] = end + 3;
			extent[1] = userinfo(s, end);
			hit = extent[1] > extent[0];
		} else
			hit = secret_value(s,
			    (struct str){s.p + at, end - at}, before, extent);
		if (!hit) {
			at = end;
			continue;
		}
		buf_put(out, s.p + done, extent[0] - done);
		buf_puts(out, PROV_REDACTED);
		found++;
		done = at = extent[1];
	}
	buf_put(out, s.p + done, s.len - done);
	return found;
}

bool
prov_redact_next(struct str arg)
{
	if (arg.len < 3 || arg.p[0] != '-')
		return false;
	for (size_t i = 0; i < arg.len; i++) {
		if (!in_name(arg.p[i]))
			return false;
	}
	return is_secret(arg, false);
}
