#include "config.h"

#include "chunk.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

enum { RECORD_MAX = 4096, HEAD_SIZE = 5, FIRST = 150 };

/* What the golden part of version 1, readable for ever, consists of. */
static const struct chunk_item items[] = {
    {CHUNK_JSON, "{\"email\":\"jane@example.com\"}", 28},
    {CHUNK_NO_OBJECT, "", 0},
    {CHUNK_TOO_LARGE, "\"17\"", 4},
    {CHUNK_TOO_LARGE, "", 0},
    {CHUNK_JSON, "{\"firstname\":\"Zo\xc3\xab\"}", 20},
};

static size_t
read_golden(char record[RECORD_MAX])
{
	const char *path = fixture_data("tests/data/record-v1/chunk-part.bin");
	FILE *file = fopen(path, "rb");
	size_t len;

	ck_assert_ptr_nonnull(file);
	len = fread(record, 1, RECORD_MAX, file);
	fclose(file);
	ck_assert_uint_gt(len, HEAD_SIZE);
	return len;
}

static void
check_item(const struct chunk_item *item, const struct chunk_item *expected)
{
	ck_assert_int_eq((int)item->kind, (int)expected->kind);
	ck_assert_uint_eq(item->len, expected->len);
	ck_assert_mem_eq(item->data, expected->data, item->len);
}

START_TEST(test_golden_part)
{
	char record[RECORD_MAX];
	size_t len = read_golden(record);
	struct chunk_reader reader;
	struct chunk_item item;
	struct buf again = {0};

	ck_assert_int_eq(chunk_read_begin(&reader, record, len), 0);
	ck_assert_uint_eq(reader.first, FIRST);
	chunk_begin(&again, reader.first);
	for (size_t i = 0; i < COUNT(items); i++) {
		ck_assert_int_eq(chunk_read(&reader, &item), 1);
		check_item(&item, &items[i]);
		chunk_add(&again, &item);
	}
	ck_assert_int_eq(chunk_read(&reader, &item), 0);
	ck_assert_int_eq(chunk_read(&reader, &item), 0);
	ck_assert_uint_eq(again.len, len);
	ck_assert_mem_eq(again.data, record, len);
	buf_clear(&again);
}
END_TEST

START_TEST(test_size_of_an_item)
{
	struct buf part = {0};

	chunk_begin(&part, 0);
	ck_assert_uint_eq(part.len, HEAD_SIZE);
	for (size_t i = 0; i < COUNT(items); i++) {
		size_t before = part.len;

		chunk_add(&part, &items[i]);
		ck_assert_uint_eq(part.len - before,
		    chunk_item_size(&items[i]));
	}
	buf_clear(&part);
}
END_TEST

/* How many items a part cut here still has, or -1 when that is seen. */
static int
count_items(const char *record, size_t len)
{
	char *exact = malloc(len);
	struct chunk_reader reader;
	struct chunk_item item;
	int rc, count = 0;

	memcpy(exact, record, len);
	rc = chunk_read_begin(&reader, exact, len);
	while (rc >= 0 && (rc = chunk_read(&reader, &item)) == 1) {
		check_item(&item, &items[count]);
		count++;
	}
	/* Once damaged, it stays so. */
	if (rc < 0 && reader.reader.failed && len >= HEAD_SIZE)
		ck_assert_int_eq(chunk_read(&reader, &item), -1);
	free(exact);
	return rc < 0 ? -1 : count;
}

/* Cut between items it is a shorter part; anywhere else it is damaged. */
START_TEST(test_truncation)
{
	char record[RECORD_MAX];
	size_t full = read_golden(record), border = HEAD_SIZE;
	int before = 0;

	for (size_t len = 0; len <= full; len++)
		if (len == border) {
			ck_assert_int_eq(count_items(record, len), before);
			if (len < full)
				border += chunk_item_size(&items[before++]);
		} else
			ck_assert_int_eq(count_items(record, len), -1);
	ck_assert_uint_eq(border, full);
	ck_assert_int_eq(before, COUNT(items));
}
END_TEST

static const struct {
	const char *bytes;
	size_t len;
	int begin, read;
} damaged[] = {
    {"\0\0\0\0\0", 5, -1, 0},                    /* no version */
    {"\2\0\0\0\0", 5, -1, 0},                    /* a later one */
    {"\1\0\0\0\0\0\0\0\0\0", 10, 0, -1},         /* no kind */
    {"\1\0\0\0\0\5\0\0\0\0", 10, 0, -1},         /* a later one */
    {"\1\0\0\0\0\1\xff\xff\xff\xff", 10, 0, -1}, /* beyond the end */
    {"\1\0\0\0\0\1\0\0\0\0", 10, 0, 1},          /* the sound one */
};

START_TEST(test_damage)
{
	char *exact = malloc(damaged[_i].len);
	struct chunk_reader reader;
	struct chunk_item item;

	memcpy(exact, damaged[_i].bytes, damaged[_i].len);
	ck_assert_int_eq(chunk_read_begin(&reader, exact, damaged[_i].len),
	    damaged[_i].begin);
	if (damaged[_i].begin == 0)
		ck_assert_int_eq(chunk_read(&reader, &item), damaged[_i].read);
	free(exact);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("chunk");
	TCase *tests = tcase_create("chunk");

	tcase_add_test(tests, test_golden_part);
	tcase_add_test(tests, test_size_of_an_item);
	tcase_add_test(tests, test_truncation);
	tcase_add_loop_test(tests, test_damage, 0, COUNT(damaged));
	suite_add_tcase(suite, tests);
	return fixture_run(suite);
}
