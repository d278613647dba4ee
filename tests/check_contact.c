#include "config.h"

#include "contact.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "fixture_catalogue.h"

enum { RECORD_MAX = 4096, HEAD_SIZE = 17, ROUNDS = 20000 };

/* Records of version 1, which stay readable for ever, and what they say. */
static const struct {
	const char *path;
	const char *json;
} golden[] = {
    {"tests/data/record-v1/contact-empty.bin",
	"{\"id\":5,\"dateAdded\":\"1970-01-01T00:00:00+00:00\","
	"\"dateModified\":\"1970-01-01T00:00:00+00:00\"}"},
    {"tests/data/record-v1/contact-fields.bin",
	"{\"id\":5,\"dateAdded\":\"2026-11-22T09:11:48+00:00\","
	"\"dateModified\":\"2026-11-22T09:11:48+00:00\","
	"\"firstname\":\"Zo\xc3\xab \\\"Z\\\" \xc3\x9cnal\","
	"\"email\":\"Zoe@Example.com\",\"points\":-12,"
	"\"attribution\":2.68}"},
    {"tests/data/record-v1/contact-full.bin",
	"{\"id\":5,\"dateAdded\":\"2026-11-22T09:11:48+00:00\","
	"\"dateModified\":\"2026-11-22T09:16:40+00:00\","
	"\"email\":\"full@example.com\","
	"\"tags\":[\"vip\",\"caf\xc3\xa9\"],\"owner\":7,"
	"\"stage\":9223372036854775807,"
	"\"companies\":[9,3,9007199254740993],"
	"\"ipAddresses\":[\"192.0.2.1\",\"2001:db8::1\"],"
	"\"doNotContact\":[{\"channel\":\"email\",\"reason\":1,"
	"\"comments\":\"\"},{\"channel\":\"sms\",\"reason\":3,"
	"\"comments\":\"by \\\"phone\\\"\"}]}"},
};

enum { GOLDEN_COUNT = sizeof(golden) / sizeof(*golden) };

static struct catalogue catalogue;

static void
setup(void)
{
	fixture_catalogue(&catalogue);
}

static void
teardown(void)
{
	catalogue_clear(&catalogue);
}

static size_t
read_golden(int i, unsigned char record[RECORD_MAX])
{
	FILE *file = fopen(fixture_data(golden[i].path), "rb");
	size_t len;

	ck_assert_ptr_nonnull(file);
	len = fread(record, 1, RECORD_MAX, file);
	fclose(file);
	ck_assert_uint_ge(len, HEAD_SIZE);
	return len;
}

START_TEST(test_golden_records)
{
	unsigned char record[RECORD_MAX];
	size_t len = read_golden(_i, record);
	struct contact contact;
	struct buf again = {0}, json = {0};

	ck_assert_int_eq(contact_decode(&contact, 5, record, len), STATUS_OK);
	contact_show(&contact, &catalogue, &json);
	ck_assert_str_eq(buf_str(&json), golden[_i].json);
	contact_encode(&contact, &again);
	ck_assert_uint_eq(again.len, len);
	ck_assert_mem_eq(again.data, record, len);
	buf_clear(&again);
	buf_clear(&json);
	contact_clear(&contact);
}
END_TEST

/*
 * A copy of exactly these bytes, so that a sanitizer sees a read beyond.
 * What decodes must be what it encodes to.
 */
static enum status
decode_exactly(const unsigned char *record, size_t len)
{
	unsigned char *copy = malloc(len > 0 ? len : 1);
	struct contact contact;
	struct buf again = {0};
	enum status status;

	memcpy(copy, record, len);
	status = contact_decode(&contact, 5, copy, len);
	free(copy);
	if (status == STATUS_OK) {
		contact_show(&contact, &catalogue, &again);
		buf_reset(&again);
		contact_encode(&contact, &again);
		ck_assert_uint_eq(again.len, len);
		ck_assert_mem_eq(again.data, record, len);
	} else {
		ck_assert_uint_eq(contact.count, 0);
		ck_assert_ptr_null(contact.record);
	}
	buf_clear(&again);
	contact_clear(&contact);
	return status;
}

/* Cut anywhere but between two entries it is damaged. */
START_TEST(test_truncated_records)
{
	unsigned char record[RECORD_MAX];
	size_t len = read_golden(_i, record);
	size_t boundary = HEAD_SIZE;

	for (size_t cut = 0; cut < len; cut++) {
		enum status expected = STATUS_DAMAGED;

		if (cut == boundary) {
			expected = STATUS_OK;
			boundary +=
			    6 + record[cut + 5] + 256u * record[cut + 4];
		}
		ck_assert_int_eq(decode_exactly(record, cut), expected);
	}
}
END_TEST

START_TEST(test_random_records)
{
	unsigned char record[RECORD_MAX];
	size_t len = read_golden(_i, record);
	int damaged = 0;

	srandom(1);
	for (int round = 0; round < ROUNDS; round++) {
		size_t at = (size_t)random() % len;
		unsigned char was = record[at];

		record[at] = (unsigned char)random();
		damaged += decode_exactly(record, len) == STATUS_DAMAGED;
		record[at] = was;
	}
	ck_assert_int_gt(damaged, 0);
}
END_TEST

#define HEAD "\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\1"
#define RECORD(bytes)                                                          \
	{                                                                      \
		HEAD bytes, sizeof(HEAD bytes) - 1                             \
	}

static const struct {
	const char *bytes;
	size_t len;
} damaged_records[] = {
    {"\2\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\1", HEAD_SIZE}, {"", 0},
    RECORD("\0\20\0\0\0\0"),                        /* no value */
    RECORD("\0\0\0\0\0\1x"),                        /* number 0 */
    RECORD("\0\21\0\0\0\1x\0\20\0\0\0\1x"),         /* not sorted */
    RECORD("\0\20\0\0\0\1x\0\20\0\0\0\1x"),         /* twice */
    RECORD("\0\20\377\377\377\377x"),               /* too long */
    RECORD("\0\1\0\0\0\2\0\0"),                     /* no tags */
    RECORD("\0\1\0\0\0\7\0\2\0\0\0\1x"),            /* one tag too few */
    RECORD("\0\1\0\0\0\10\0\1\0\0\0\1xy"),          /* more than tags */
    RECORD("\0\1\0\0\0\6\0\1\0\0\0\0"),             /* an empty tag */
    RECORD("\0\2\0\0\0\10\0\0\0\0\0\0\0\0"),        /* owner 0 */
    RECORD("\0\2\0\0\0\7\0\0\0\0\0\0\1"),           /* short owner */
    RECORD("\0\3\0\0\0\10\x80\0\0\0\0\0\0\0"),      /* stage 2^63 */
    RECORD("\0\4\0\0\0\12\0\1\0\0\0\0\0\0\0\0"),    /* company 0 */
    RECORD("\0\6\0\0\0\14\0\1\0\0\0\1x\0\0\0\0\0"), /* reason 0 */
    RECORD("\0\6\0\0\0\14\0\1\0\0\0\1x\4\0\0\0\0"), /* reason 4 */
};

START_TEST(test_damaged_records)
{
	ck_assert_int_eq(
	    decode_exactly((const unsigned char *)damaged_records[_i].bytes,
		damaged_records[_i].len),
	    STATUS_DAMAGED);
}
END_TEST

static bool
set(struct contact *contact, uint16_t number, const char *data)
{
	bool changed = false;

	ck_assert_int_eq(contact_set(contact, number, text_of(data), &changed),
	    STATUS_OK);
	return changed;
}

static void
check_value(const struct contact *contact, uint16_t number, const char *data)
{
	struct text text = contact_get(contact, number);

	ck_assert_ptr_nonnull(text.data);
	ck_assert(text_equals(text, data));
}

START_TEST(test_set)
{
	struct contact contact;

	contact_init(&contact);
	check_value(&contact, 20, "");
	ck_assert(!set(&contact, 20, ""));
	ck_assert(set(&contact, 20, "b"));
	ck_assert(set(&contact, 30, "c"));
	ck_assert(set(&contact, 10, "a"));
	ck_assert(!set(&contact, 20, "b"));
	check_value(&contact, 10, "a");
	check_value(&contact, 20, "b");
	check_value(&contact, 30, "c");
	ck_assert(set(&contact, 20, "longer"));
	check_value(&contact, 20, "longer");
	ck_assert(set(&contact, 20, ""));
	check_value(&contact, 20, "");
	check_value(&contact, 30, "c");
	ck_assert_uint_eq(contact.count, 2);
	contact_clear(&contact);
	contact_clear(&contact);
}
END_TEST

START_TEST(test_set_of_decoded)
{
	unsigned char record[RECORD_MAX];
	size_t len = read_golden(1, record);
	struct contact contact;

	ck_assert_int_eq(contact_decode(&contact, 5, record, len), STATUS_OK);
	check_value(&contact, 21, "Zoe@Example.com");
	ck_assert(!set(&contact, 21, "Zoe@Example.com"));
	ck_assert(set(&contact, 21, "zoe@example.com"));
	ck_assert(set(&contact, 21, "z@example.com"));
	ck_assert(set(&contact, 17, ""));
	check_value(&contact, 21, "z@example.com");
	check_value(&contact, 24, "-12");
	contact_clear(&contact);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("contact");
	TCase *tcase = tcase_create("contact");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, test_golden_records, 0, GOLDEN_COUNT);
	tcase_add_loop_test(tcase, test_truncated_records, 0, GOLDEN_COUNT);
	tcase_add_loop_test(tcase, test_random_records, 0, GOLDEN_COUNT);
	tcase_add_loop_test(tcase, test_damaged_records, 0,
	    sizeof(damaged_records) / sizeof(*damaged_records));
	tcase_add_test(tcase, test_set);
	tcase_add_test(tcase, test_set_of_decoded);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
