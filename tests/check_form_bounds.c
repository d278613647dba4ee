#include "config.h"

#include "form.h"

#include <check.h>
#include <string.h>

#include "fixture.h"
#include "fixture_form.h"

/*
 * The bounds of a form and of the contacts in it, and what would cost a naive
 * reader its time or memory.
 */

enum { MANY = 200000 };

static void
check_walk(enum status status, const char *said)
{
	ck_assert_int_eq(form_walked(), status);
	ck_assert_str_eq(status == STATUS_OK ? form_contacts()
					     : form_result.error,
	    said);
}

/* Decoded: however a client escapes it, the same name is as long. */
START_TEST(test_name)
{
	static const char *const letters[] = {"k", "%6B", "+"};

	for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
		for (int more = 0; more <= 1; more++) {
			buf_add_str(&form_text, "0[a]=1&1[");
			form_repeat(letters[i], FORM_NAME_MAX - 3 + more);
			buf_add_str(&form_text, "]=x");
			ck_assert_int_eq(form_walked(),
			    more ? STATUS_INVALID : STATUS_OK);
		}
	ck_assert_str_eq(form_result.error,
	    "The body is not a valid form: a name has more than 512 bytes at "
	    "byte 8, variable 2.");
}
END_TEST

START_TEST(test_most_keys)
{
	form_repeat("0", 2);
	form_repeat("[]", (FORM_NAME_MAX - 2) / 2);
	check_walk(STATUS_OK, "no object");
}
END_TEST

START_TEST(test_variables)
{
	for (int more = 0; more <= 1; more++) {
		form_repeat("0[a]=x&1[t][]=y&", FORM_VARIABLES_MAX);
		form_repeat("2[a]=1&", FORM_VARIABLES_MAX);
		form_repeat("1[a]=x&", more);
		ck_assert_int_eq(form_walked(),
		    more ? STATUS_INVALID : STATUS_OK);
	}
	ck_assert_str_eq(form_result.error,
	    "The body is not a valid form: a contact has more than 1000 "
	    "variables at byte 23001, variable 3001.");
}
END_TEST

START_TEST(test_depth)
{
	for (int depth = JSON_WALK_DEPTH; depth <= JSON_WALK_DEPTH + 1;
	     depth++) {
		buf_add_str(&form_text, "0[id]=7&0[a]");
		form_repeat("[]", depth - 2);
		buf_add_str(&form_text, "=x&1[a]=1");
		ck_assert_int_eq(form_walked(), STATUS_OK);
		ck_assert_int_eq((int)form_result.items[0].kind,
		    depth > JSON_WALK_DEPTH ? CHUNK_TOO_LARGE : CHUNK_JSON);
		ck_assert_int_eq((int)form_result.items[1].kind, CHUNK_JSON);
	}
	ck_assert_str_eq(form_contacts(), "too large\"7\"|{\"a\":\"1\"}");
	/* Nothing else is in it, or a value has taken its place. */
	form_repeat("0[a]", 1);
	form_repeat("[a]", JSON_WALK_DEPTH);
	check_walk(STATUS_OK, "too large");
	form_repeat("0[a]", 1);
	form_repeat("[a]", JSON_WALK_DEPTH);
	form_repeat("&0=x", 1);
	check_walk(STATUS_OK, "no object");
}
END_TEST

/* {"id":"7","a":"..."} */
START_TEST(test_size)
{
	form_limits.contact_size = 100;
	for (int more = -1; more <= 1; more++) {
		buf_add_str(&form_text, "0[a]=");
		form_repeat("%78", 100 - 17 + more);
		buf_add_str(&form_text, "&0[id]=7&1[a]=1");
		ck_assert_int_eq(form_walked(), STATUS_OK);
		ck_assert_int_eq((int)form_result.items[0].kind,
		    more > 0 ? CHUNK_TOO_LARGE : CHUNK_JSON);
	}
	ck_assert_str_eq(form_contacts(), "too large\"7\"|{\"a\":\"1\"}");
	/* What is overwritten is not in it. */
	buf_add_str(&form_text, "0[a]=");
	form_repeat("x", 1000);
	buf_add_str(&form_text, "&0[a]=1");
	check_walk(STATUS_OK, "{\"a\":\"1\"}");
	/* Keys count, and so do escapes. */
	buf_add_str(&form_text, "0[");
	form_repeat("x", 100);
	buf_add_str(&form_text, "]=1");
	check_walk(STATUS_OK, "too large");
	buf_add_str(&form_text, "0[a]=");
	form_repeat("\x01", 16);
	check_walk(STATUS_OK, "too large");
}
END_TEST

static const struct {
	const char *more; /* behind the large value */
	const char *said;
} ids[] = {
    {"&0[id]=9223372036854775807", "too large\"9223372036854775807\""},
    {"&0[id]=1&0[id]=%32", "too large\"2\""},
    {"&0[id][]=1", "too large"},
    {"&0[x][id]=1", "too large"},
    {"&0[ID]=1", "too large"},
    {"&0[id]=1234567890123456789012345678901234567890123456789012345678",
	"too large"},
};

START_TEST(test_id_of_a_large_one)
{
	form_limits.contact_size = 10;
	form_repeat("0[a]=xxxxxxxxxx", 1);
	form_repeat(ids[_i].more, 1);
	check_walk(STATUS_OK, ids[_i].said);
}
END_TEST

/* The limit is told from what is one more, and syntax still comes first. */
START_TEST(test_contacts)
{
	form_limits.contacts = 3;
	form_repeat("0[a]=1&1[a]=1&2[a]=1&0[b]=1", 1);
	ck_assert_int_eq(form_walked(), STATUS_OK);
	ck_assert_uint_eq(form_result.count, 3);
	form_repeat("0[a]=1&1[a]=1&2[a]=1&3[a]=1&4[a]=1", 1);
	ck_assert_int_eq(form_walked(), STATUS_OK);
	ck_assert_uint_eq(form_result.count, 4);
	ck_assert_ptr_null(form_result.items);
	form_repeat("0[a]=1&1[a]=1&2[a]=1&3[a]=1&0=%", 1);
	ck_assert_int_eq(form_walked(), STATUS_INVALID);
}
END_TEST

/* Control characters take six bytes each in JSON. */
START_TEST(test_growth)
{
	form_limits.contacts = 1000;
	for (int contacts = 1; contacts <= 21; contacts += 20) {
		for (int i = 0; i < contacts; i++) {
			buf_printf(&form_text, "%d[a]=", i);
			form_repeat("\x01", 15000);
			buf_add_char(&form_text, '&');
		}
		ck_assert_int_eq(form_walked(),
		    contacts == 1 ? STATUS_OK : STATUS_INVALID);
	}
	ck_assert_str_eq(form_result.error,
	    "The form takes more than twice its size as JSON: send JSON.");
}
END_TEST

/* Neither the order of keys nor their likeness makes it slow. */
START_TEST(test_many)
{
	form_limits.contacts = MANY;
	for (int i = 0; i < MANY; i++)
		buf_printf(&form_text, "%d[a]=1&", i);
	for (int i = MANY; i-- > 0;)
		buf_printf(&form_text, "%d[b]=2&", i);
	ck_assert_int_eq(form_walked(), STATUS_OK);
	ck_assert_uint_eq(form_result.count, MANY);
	for (size_t i = 0; i < MANY; i++)
		ck_assert_mem_eq(form_result.items[i].data,
		    "{\"a\":\"1\",\"b\":\"2\"}", 17);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("form_bounds");
	TCase *tests = tcase_create("form_bounds");

	tcase_add_checked_fixture(tests, NULL, form_teardown);
	tcase_add_test(tests, test_name);
	tcase_add_test(tests, test_most_keys);
	tcase_add_test(tests, test_variables);
	tcase_add_test(tests, test_depth);
	tcase_add_test(tests, test_size);
	tcase_add_loop_test(tests, test_id_of_a_large_one, 0,
	    sizeof ids / sizeof *ids);
	tcase_add_test(tests, test_contacts);
	tcase_add_test(tests, test_growth);
	tcase_add_test(tests, test_many);
	suite_add_tcase(suite, tests);
	return fixture_run(suite);
}
