#include "config.h"

#include "gunzip.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "buf.h"
#include "fixture.h"

enum {
	MIB = 1 << 20,
	MAX = 1 << 20,
	TRAILER = 8, /* CRC and length */
};

static struct buf packed;
static char *exact; /* what is inflated, and not a byte more */
static char *out;
static size_t out_len;

static void
teardown(void)
{
	buf_clear(&packed);
	free(exact);
	free(out);
	exact = out = NULL;
}

/* Append a member. */
static void
pack(const char *data, size_t len)
{
	z_stream stream = {.avail_in = (uInt)len};
	size_t room;
	char *member;

	ck_assert_int_eq(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9,
			     Z_DEFAULT_STRATEGY),
	    Z_OK);
	room = deflateBound(&stream, (uLong)len);
	member = malloc(room);
	stream.next_in = (Bytef *)(uintptr_t)data;
	stream.next_out = (Bytef *)member;
	stream.avail_out = (uInt)room;
	ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
	buf_add(&packed, member, room - stream.avail_out);
	deflateEnd(&stream);
	free(member);
}

/* The first len bytes of what is packed. */
static enum gunzip_result
unpack(size_t len, size_t max)
{
	free(exact);
	free(out);
	out = NULL;
	out_len = 0;
	exact = malloc(len);
	if (len > 0)
		memcpy(exact, packed.data, len);
	return gunzip(exact, len, max, &out, &out_len);
}

static void
pack_zeros(size_t len)
{
	char *zeros = calloc(len, 1);

	pack(zeros, len);
	free(zeros);
}

START_TEST(members_follow_each_other)
{
	pack("[1,", 3);
	pack("", 0);
	pack("2]", 2);
	ck_assert_int_eq(unpack(packed.len, MAX), GUNZIP_OK);
	ck_assert_uint_eq(out_len, 5);
	ck_assert_mem_eq(out, "[1,2]", 5);
}
END_TEST

START_TEST(nothing_comes_of_nothing)
{
	pack("", 0);
	ck_assert_int_eq(unpack(packed.len, MAX), GUNZIP_OK);
	ck_assert_uint_eq(out_len, 0);
	ck_assert_ptr_null(out);
}
END_TEST

START_TEST(large_ones_come_whole)
{
	size_t len = 5 * MIB + 3;
	char *data = malloc(len);

	srandom(1);
	for (size_t i = 0; i < len; i++)
		data[i] = (char)(random() & 0x0f);
	pack(data, len);
	ck_assert_int_eq(unpack(packed.len, 64 * MIB), GUNZIP_OK);
	ck_assert_uint_eq(out_len, len);
	ck_assert(memcmp(out, data, len) == 0);
	free(data);
}
END_TEST

START_TEST(max_is_the_most)
{
	static const size_t sizes[] = {1, 5, 65535, 65536, 65537, 131072,
	    300000};

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		buf_reset(&packed);
		pack_zeros(sizes[i]);
		ck_assert_int_eq(unpack(packed.len, sizes[i]), GUNZIP_OK);
		ck_assert_uint_eq(out_len, sizes[i]);
		ck_assert_int_eq(unpack(packed.len, sizes[i] - 1),
		    GUNZIP_TOO_LARGE);
		ck_assert_ptr_null(out);
	}
	/* Members count together. */
	buf_reset(&packed);
	pack_zeros(600);
	pack_zeros(400);
	ck_assert_int_eq(unpack(packed.len, 1000), GUNZIP_OK);
	ck_assert_int_eq(unpack(packed.len, 999), GUNZIP_TOO_LARGE);
}
END_TEST

/* Zeros shrink a thousandfold. */
START_TEST(growth_is_bounded)
{
	size_t len = 8 * MIB;

	pack_zeros(len);
	ck_assert_uint_lt(packed.len * 100 + MIB, len);
	ck_assert_int_eq(unpack(packed.len, 64 * MIB), GUNZIP_TOO_LARGE);
	buf_reset(&packed);
	pack_zeros(MIB + 1000);
	ck_assert_int_eq(unpack(packed.len, 64 * MIB), GUNZIP_OK);
	buf_reset(&packed);
	pack_zeros(MIB + 200000);
	ck_assert_uint_lt(packed.len * 100, 200000);
	ck_assert_int_eq(unpack(packed.len, 64 * MIB), GUNZIP_TOO_LARGE);
}
END_TEST

/* Cut anywhere; where a member ends there is a whole stream. */
START_TEST(short_streams)
{
	size_t end;

	pack("hello, hello, hello", 19);
	end = packed.len;
	pack("you", 3);
	for (size_t len = 0; len < packed.len; len++)
		ck_assert_int_eq(unpack(len, MAX),
		    len == end ? GUNZIP_OK : GUNZIP_SHORT);
	ck_assert_int_eq(unpack(packed.len, MAX), GUNZIP_OK);
}
END_TEST

START_TEST(damage_is_found)
{
	pack("hello, hello, hello", 19);
	for (size_t at = 0; at < packed.len; at++) {
		enum gunzip_result result;

		if (at >= 4 && at < 10)
			continue; /* time, flags and system say nothing */
		packed.data[at] ^= 0x10;
		result = unpack(packed.len, MAX);
		ck_assert_msg(result == GUNZIP_CORRUPT ||
				  result == GUNZIP_SHORT,
		    "byte %zu: %d", at, result);
		packed.data[at] ^= 0x10;
	}
	packed.data[packed.len - TRAILER] ^= 1;
	ck_assert_int_eq(unpack(packed.len, MAX), GUNZIP_CORRUPT);
}
END_TEST

static const struct {
	const char *data;
	enum gunzip_result result;
} behind[] = {
    {"x", GUNZIP_TRAILING},
    {"\n", GUNZIP_TRAILING},
    {"[]", GUNZIP_TRAILING},
    {"\x1f", GUNZIP_SHORT},
    {"\x1f\x8b", GUNZIP_SHORT},
    {"\x1f\x8c", GUNZIP_CORRUPT},
};

START_TEST(what_follows)
{
	pack("[]", 2);
	buf_add_str(&packed, behind[_i].data);
	ck_assert_int_eq(unpack(packed.len, MAX), behind[_i].result);
	buf_reset(&packed);
	pack("[]", 2);
	buf_add_char(&packed, '\0');
	ck_assert_int_eq(unpack(packed.len, MAX), GUNZIP_TRAILING);
}
END_TEST

START_TEST(no_gzip)
{
	static const char *const others[] = {"[]", "{}", "\x1f\x8b\x07\x01",
	    "\x78\x9c\x8b\x8e\x05\x00\x01\x15\x00\xb9" /* zlib's */};

	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		buf_reset(&packed);
		buf_add_str(&packed, others[i]);
		ck_assert_int_eq(unpack(packed.len, MAX), GUNZIP_CORRUPT);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("gunzip");
	TCase *tests = tcase_create("gunzip");

	tcase_add_checked_fixture(tests, NULL, teardown);
	tcase_add_test(tests, members_follow_each_other);
	tcase_add_test(tests, nothing_comes_of_nothing);
	tcase_add_test(tests, large_ones_come_whole);
	tcase_add_test(tests, max_is_the_most);
	tcase_add_test(tests, growth_is_bounded);
	tcase_add_test(tests, short_streams);
	tcase_add_test(tests, damage_is_found);
	tcase_add_loop_test(tests, what_follows, 0,
	    sizeof behind / sizeof *behind);
	tcase_add_test(tests, no_gzip);
	suite_add_tcase(suite, tests);
	return fixture_run(suite);
}
