#include "config.h"

#include "random_contacts.h"

#include <stdlib.h>

#include "buf.h"

static struct drand48_data dice;

void
random_seed(unsigned seed)
{
	srand48_r(seed, &dice);
}

unsigned
random_roll(unsigned sides)
{
	long number;

	lrand48_r(&dice, &number);
	return (unsigned)number % sides;
}

static const struct {
	const char *key;
	const char *values[8]; /* JSON; some blank, some wrong */
} members[] = {
    {"city", {"\"Bonn\"", "\"\"", "7", "[1]", "null", "\" Rome \""}},
    {"title", {"\"Dr\"", "true", "false", "\"Mx\"", "0"}},
    {"points", {"5", "\"\"", "\"7.9\"", "\"many\"", "-3", "2.5", "null"}},
    {"attribution", {"1.005", "\"2.675\"", "\"\"", "0", "\"1,5\""}},
    {"attribution_date", {"\"2024-02-29\"", "\"\"", "\"soon\""}},
    {"last_active", {"\"2024-01-01 00:30+01:00\"", "null", "5"}},
    {"website", {"\"a.example\"", "\"\"", "\"x y\""}},
    {"tags", {"\"a,b\"", "[\"-a\",\"c\"]", "[\"-B\"]", "[]", "5"}},
    {"companies", {"[1,2]", "[]", "[3]", "\"x\""}},
    {"owner", {"3", "null", "\"4\"", "\"x\""}},
    {"stage", {"1", "\"\"", "2"}},
    {"ipAddress", {"\"192.0.2.1\"", "\"::1\"", "\"x\"", "\"\""}},
    {"doNotContact",
	{"[{}]", "[{\"reason\":1}]", "[{\"reason\":0}]",
	    "[{\"reason\":0,\"force\":true}]", "[{\"channel\":\"sms\"}]"}},
    {"overwriteWithBlank", {"true", "\"yes\"", "false", "\"false\""}},
    {"unknown", {"1", "{}"}},
};

static const char *
pick(const char *const *values)
{
	unsigned count = 0;

	while (count < 8 && values[count] != NULL)
		count++;
	return values[random_roll(count)];
}

static void
add_email(struct buf *json)
{
	static const char *const odd[] = {"\"\"", "\"none\"", "null", "[7]",
	    "\"  c1@example.com \""};

	if (random_roll(12) == 0)
		buf_printf(json, "\"email\":%s", odd[random_roll(5)]);
	else
		buf_printf(json, "\"email\":\"%c%u@example.%s\"",
		    "cC"[random_roll(2)], random_roll(60),
		    random_roll(2) == 0 ? "com" : "COM");
}

static void
add_contact(struct buf *json)
{
	static const char *const strange[] = {"5", "null", "[]", "{}",
	    "{\"city\":\"\\ud800\"}", "{\"id\":2,\"points\":1e400}"};

	if (random_roll(40) == 0) {
		buf_add_str(json, strange[random_roll(6)]);
		return;
	}
	buf_add_char(json, '{');
	if (random_roll(10) == 0)
		buf_printf(json, "\"id\":\"%u\"", random_roll(90));
	else
		buf_printf(json, "\"id\":%u", random_roll(90));
	if (random_roll(4) > 0) {
		buf_add_char(json, ',');
		add_email(json);
	}
	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
		if (random_roll(5) == 0)
			buf_printf(json, ",\"%s\":%s", members[i].key,
			    pick(members[i].values));
	buf_add_char(json, '}');
}

void
random_contacts(struct buf *json, int count)
{
	buf_add_char(json, '[');
	for (int i = 0; i < count; i++) {
		if (i > 0)
			buf_add_str(json, ",\n");
		add_contact(json);
	}
	buf_add_char(json, ']');
}
