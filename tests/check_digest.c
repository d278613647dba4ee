#include "config.h"

#include "digest.h"

#include <string.h>

#include "fixture.h"

static struct digest
digest_of(const char *first, const char *second)
{
	struct text texts[] = {text_of(first), text_of(second)};
	struct digest digest;

	digest_make(&digest, texts, 2);
	return digest;
}

/* The SHA-256 of eight bytes of zero: a text of no length. */
START_TEST(test_known_digest)
{
	static const unsigned char expected[DIGEST_BYTES] = {0xaf, 0x55, 0x70,
	    0xf5, 0xa1, 0x81, 0x0b, 0x7a, 0xf7, 0x8c, 0xaf, 0x4b, 0xc7, 0x0a,
	    0x66, 0x0f, 0x0d, 0xf5, 0x1e, 0x42, 0xba, 0xf9, 0x1d, 0x4d, 0xe5,
	    0xb2, 0x32, 0x8d, 0xe0, 0xe8, 0x3d, 0xfc};
	struct text empty = text_of("");
	struct digest digest;

	digest_make(&digest, &empty, 1);
	ck_assert_mem_eq(digest.bytes, expected, DIGEST_BYTES);
}
END_TEST

START_TEST(test_texts_do_not_run_together)
{
	struct digest one = digest_of("ab", "c"), two = digest_of("a", "bc");
	struct digest again = digest_of("ab", "c");

	ck_assert_mem_ne(one.bytes, two.bytes, DIGEST_BYTES);
	ck_assert_mem_eq(one.bytes, again.bytes, DIGEST_BYTES);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("digest");
	TCase *tcase = tcase_create("digest");

	tcase_add_test(tcase, test_known_digest);
	tcase_add_test(tcase, test_texts_do_not_run_together);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
