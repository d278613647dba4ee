#include "config.h"

#include "conf_value.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "fixture.h"
#include "log.h"

static const struct conf_key count = {.name = "count",
    .kind = CONF_COUNT,
    .min = 1,
    .max = UINT64_MAX};
static const struct conf_key size = {.name = "size",
    .kind = CONF_SIZE,
    .min = 0,
    .max = UINT64_MAX};
static const struct conf_key small = {.name = "small",
    .kind = CONF_SIZE,
    .min = 1024,
    .max = 1 << 20};
static const struct conf_key duration = {.name = "duration",
    .kind = CONF_DURATION,
    .min = 1,
    .max = UINT64_MAX};
static const struct conf_key rate = {.name = "rate",
    .kind = CONF_COUNT,
    .min = 1,
    .max = 9,
    .zero = "off"};
static const struct conf_key flag = {.name = "flag", .kind = CONF_BOOLEAN};
static const struct conf_key level = {.name = "level", .kind = CONF_LEVEL};
static const struct conf_key text = {.name = "text", .kind = CONF_TEXT};
static const struct conf_key path = {.name = "path", .kind = CONF_PATH};
static const struct conf_key prefix = {.name = "prefix", .kind = CONF_PREFIX};

static char reason[512];

static int
set(const struct conf_key *key, void *member, const char *value)
{
	return conf_value_set(key, member, value, reason, sizeof(reason));
}

static void
assert_prints(const struct conf_key *key, const void *member,
    const char *expected)
{
	struct buf out = {0};

	conf_value_print(key, member, &out);
	if (expected[0] == '\0')
		ck_assert_uint_eq(out.len, 0);
	else
		ck_assert_str_eq(buf_str(&out), expected);
	buf_clear(&out);
}

static void
assert_prints_json(const struct conf_key *key, const void *member,
    const char *expected)
{
	struct buf out = {0};

	conf_value_print_json(key, member, &out);
	ck_assert_str_eq(buf_str(&out), expected);
	buf_clear(&out);
}

static const struct {
	const struct conf_key *key;
	const char *value;
	uint64_t number;
	const char *printed;
} numbers[] = {
    {&count, "1", 1, "1"},
    {&count, "007", 7, "7"},
    {&count, "10000", 10000, "10000"},
    {&count, "1048576", 1048576, "1048576"},
    {&count, "18446744073709551615", UINT64_MAX, "18446744073709551615"},
    {&size, "0", 0, "0"},
    {&size, "1000", 1000, "1000"},
    {&size, "1024", 1024, "1K"},
    {&size, "2048K", 2097152, "2M"},
    {&size, "1536k", 1572864, "1536K"},
    {&size, "1m", 1048576, "1M"},
    {&size, "64G", UINT64_C(64) << 30, "64G"},
    {&size, "2T", UINT64_C(2) << 40, "2T"},
    {&size, "16777215T", UINT64_C(16777215) << 40, "16777215T"},
    {&small, "1K", 1024, "1K"},
    {&small, "1M", 1048576, "1M"},
    {&duration, "1", 1, "1s"},
    {&duration, "90s", 90, "90s"},
    {&duration, "5m", 300, "5m"},
    {&duration, "2h", 7200, "2h"},
    {&duration, "3d", 259200, "3d"},
    {&duration, "3D", 259200, "3d"},
    {&duration, "48h", 172800, "2d"},
    {&rate, "9", 9, "9"},
    {&rate, "off", 0, "off"},
    {&rate, "OFF", 0, "off"},
};

START_TEST(number_is_taken)
{
	const struct conf_key *key = numbers[_i].key;
	uint64_t number = 42, again = 42;

	ck_assert_int_eq(set(key, &number, numbers[_i].value), 0);
	ck_assert_uint_eq(number, numbers[_i].number);
	assert_prints(key, &number, numbers[_i].printed);
	ck_assert_int_eq(set(key, &again, numbers[_i].printed), 0);
	ck_assert_uint_eq(again, number);
}
END_TEST

static const struct {
	const struct conf_key *key;
	const char *value;
	const char *word; /* of the reason */
} bad_numbers[] = {
    {&count, "", "from 1"},
    {&count, "0", "from 1"},
    {&count, "-1", "count = -1"},
    {&count, "+1", "from 1"},
    {&count, " 1", "from 1"},
    {&count, "1 ", "from 1"},
    {&count, "0x10", "from 1"},
    {&count, "1e3", "from 1"},
    {&count, "1K", "from 1"},
    {&count, "18446744073709551616", "from 1"},
    {&count, "99999999999999999999", "from 1"},
    {&count, "off", "from 1"},
    {&size, "K", "size"},
    {&size, "1.5M", "size"},
    {&size, "2 M", "size"},
    {&size, "2MB", "size"},
    {&size, "2s", "size"},
    {&size, "16777216T", "size"},
    {&size, "18014398509481985K", "size"},
    {&small, "1023", "from 1K to 1M"},
    {&small, "1048577", "from 1K to 1M"},
    {&small, "2M", "from 1K to 1M"},
    {&duration, "0", "from 1s"},
    {&duration, "1w", "from 1s"},
    {&duration, "1K", "from 1s"},
    {&rate, "0", "off or a number from 1 to 9"},
    {&rate, "10", "off or a number from 1 to 9"},
    {&rate, "half", "off or a number from 1 to 9"},
};

START_TEST(number_is_refused)
{
	uint64_t number = 42;

	ck_assert_int_eq(set(bad_numbers[_i].key, &number,
			     bad_numbers[_i].value),
	    -1);
	ck_assert_uint_eq(number, 42);
	ck_assert_msg(strstr(reason, bad_numbers[_i].word) != NULL,
	    "no \"%s\" in \"%s\"", bad_numbers[_i].word, reason);
}
END_TEST

START_TEST(booleans)
{
	static const char *const yes[] = {"yes", "true", "on", "YES", "True"};
	static const char *const no[] = {"no", "false", "off", "No", "OFF"};
	static const char *const bad[] = {"", "1", "0", "y", "yes ", "maybe"};
	bool value;

	for (int i = 0; i < 5; i++) {
		value = false;
		ck_assert_int_eq(set(&flag, &value, yes[i]), 0);
		ck_assert(value);
		assert_prints(&flag, &value, "yes");
		ck_assert_int_eq(set(&flag, &value, no[i]), 0);
		ck_assert(!value);
		assert_prints(&flag, &value, "no");
	}
	for (int i = 0; i < 6; i++)
		ck_assert_int_eq(set(&flag, &value, bad[i]), -1);
	ck_assert_str_eq(reason, "flag = maybe: write yes or no");
}
END_TEST

START_TEST(levels)
{
	enum log_level value = LOG_INFO;

	ck_assert_int_eq(set(&level, &value, "debug"), 0);
	ck_assert_int_eq(value, LOG_DEBUG);
	assert_prints(&level, &value, "debug");
	ck_assert_int_eq(set(&level, &value, "loud"), -1);
	ck_assert_int_eq(value, LOG_DEBUG);
}
END_TEST

START_TEST(strings)
{
	char *value = NULL;

	ck_assert_int_eq(set(&text, &value, "a b"), 0);
	ck_assert_str_eq(value, "a b");
	ck_assert_int_eq(set(&text, &value, ""), 0);
	ck_assert_str_eq(value, "");
	assert_prints(&text, &value, "");
	ck_assert_int_eq(set(&path, &value, "/a b"), 0);
	ck_assert_int_eq(set(&path, &value, ""), -1);
	ck_assert_str_eq(value, "/a b");
	assert_prints(&path, &value, "/a b");
	conf_value_clear(&path, &value);
	ck_assert_ptr_null(value);
	conf_value_clear(&path, &value);
}
END_TEST

START_TEST(clear_leaves_numbers)
{
	uint64_t number = 42;

	conf_value_clear(&count, &number);
	ck_assert_uint_eq(number, 42);
}
END_TEST

START_TEST(prefixes)
{
	static const char *const good[] = {"", "/crm", "/a/b-c/.d/_~e", "/...",
	    "/9", "/.a", "/a..b"};
	static const char *const bad[] = {"crm", "/", "/crm/", "//crm", "/a//b",
	    "/a/../b", "/..", "/.", "/a/.", "/a b", "/a%20b", "/a?b", "/a#b",
	    "/\xc3\xa9", "/a:b", "/a;b"};
	char *value = NULL;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ck_assert_msg(set(&prefix, &value, good[i]) == 0,
		    "%s is refused", good[i]);
		ck_assert_str_eq(value, good[i]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(set(&prefix, &value, bad[i]) == -1, "%s is taken",
		    bad[i]);
	ck_assert_str_eq(value, "/a..b");
	conf_value_clear(&prefix, &value);
}
END_TEST

/* What came from outside must not reach a terminal as it is. */
START_TEST(reason_is_safe_and_bounded)
{
	char value[2000], little[16];
	uint64_t number = 42;

	memset(value, '\x1b', sizeof(value));
	value[sizeof(value) - 1] = '\0';
	ck_assert_int_eq(set(&count, &number, value), -1);
	ck_assert_ptr_null(strchr(reason, '\x1b'));
	ck_assert_int_eq(conf_value_set(&count, &number, value, little,
			     sizeof(little)),
	    -1);
	ck_assert_uint_eq(strlen(little), sizeof(little) - 1);
}
END_TEST

START_TEST(value_has_its_kind_in_json)
{
	uint64_t number = 90;
	bool yes = true;
	enum log_level warn = LOG_WARN;
	const char *quoted = "a \"b\"";

	assert_prints_json(&size, &(uint64_t){2048}, "2048");
	assert_prints_json(&duration, &number, "90");
	assert_prints_json(&rate, &number, "90");
	number = 0;
	assert_prints_json(&rate, &number, "\"off\"");
	assert_prints_json(&size, &number, "0");
	assert_prints_json(&flag, &yes, "true");
	yes = false;
	assert_prints_json(&flag, &yes, "false");
	assert_prints_json(&level, &warn, "\"warn\"");
	assert_prints_json(&text, &quoted, "\"a \\\"b\\\"\"");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("conf_value");
	TCase *tcase = tcase_create("values");

	tcase_add_loop_test(tcase, number_is_taken, 0,
	    sizeof(numbers) / sizeof(numbers[0]));
	tcase_add_loop_test(tcase, number_is_refused, 0,
	    sizeof(bad_numbers) / sizeof(bad_numbers[0]));
	tcase_add_test(tcase, booleans);
	tcase_add_test(tcase, levels);
	tcase_add_test(tcase, strings);
	tcase_add_test(tcase, clear_leaves_numbers);
	tcase_add_test(tcase, prefixes);
	tcase_add_test(tcase, reason_is_safe_and_bounded);
	tcase_add_test(tcase, value_has_its_kind_in_json);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
