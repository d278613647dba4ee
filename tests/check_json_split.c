#include "config.h"

#include "json_split.h"

#include <stdlib.h>
#include <string.h>

#include "fixture.h"

enum { CONTACT_MAX = 40 };

static struct json_split split;
static struct buf contacts;

static void
begin(enum json_split_kind kind)
{
	json_split_clear(&split);
	json_split_init(&split, kind, CONTACT_MAX);
	buf_reset(&contacts);
}

static void
setup(void)
{
	json_split_init(&split, JSON_SPLIT_LIST, CONTACT_MAX);
	buf_init(&contacts);
}

static void
teardown(void)
{
	json_split_clear(&split);
	buf_clear(&contacts);
}

/* "LINE:CONTACT|" of each, read in pieces of so many bytes. */
static enum json_split_result
read_pieces(const char *data, size_t size)
{
	enum json_split_result result = JSON_SPLIT_MORE;
	size_t len = strlen(data);
	struct text end = {"", 0};

	for (size_t at = 0; at < len && result == JSON_SPLIT_MORE; at += size) {
		size_t n = len - at < size ? len - at : size;
		char *piece = malloc(n);
		struct text input = {piece, n};

		memcpy(piece, data + at, n);
		while (input.len > 0 && (result = json_split_read(&split,
					     &input)) == JSON_SPLIT_CONTACT)
			buf_printf(&contacts, "%d:%.*s|", (int)split.line,
			    (int)split.contact.len, split.contact.data);
		if (result == JSON_SPLIT_CONTACT)
			result = JSON_SPLIT_MORE;
		free(piece);
	}
	if (result != JSON_SPLIT_MORE)
		return result;
	while ((result = json_split_read(&split, &end)) == JSON_SPLIT_CONTACT)
		buf_printf(&contacts, "%d:%.*s|", (int)split.line,
		    (int)split.contact.len, split.contact.data);
	return result;
}

static void
are(enum json_split_kind kind, const char *data, const char *expected)
{
	for (size_t size = 1; size <= strlen(data) + 1; size++) {
		begin(kind);
		ck_assert_int_eq(read_pieces(data, size), JSON_SPLIT_MORE);
		ck_assert_str_eq(buf_str(&contacts), expected);
	}
}

static void
is_wrong(enum json_split_kind kind, const char *data, int line,
    const char *error)
{
	begin(kind);
	ck_assert_int_eq(read_pieces(data, 3), JSON_SPLIT_WRONG);
	ck_assert_int_eq((int)split.line, line);
	ck_assert_str_eq(split.error, error);
}

START_TEST(list)
{
	are(JSON_SPLIT_LIST, "[]", "");
	are(JSON_SPLIT_LIST, " [ ] \n", "");
	are(JSON_SPLIT_LIST, "\xef\xbb\xbf[1]", "1:1|");
	are(JSON_SPLIT_LIST, "[{\"a\":1} ,\n {\"b\":[{},\"],}\\\"\"]}\n]",
	    "1:{\"a\":1}|2:{\"b\":[{},\"],}\\\"\"]}|");
	are(JSON_SPLIT_LIST, "[null,\"\\\\\",\n\n[ ]]",
	    "1:null|1:\"\\\\\"|3:[ ]|");
}
END_TEST

START_TEST(object)
{
	are(JSON_SPLIT_OBJECT, "{}", "");
	are(JSON_SPLIT_OBJECT, "{\"0\":{},\"x\\\"\" : {\"a\":\"}\"} }\n",
	    "1:{}|1:{\"a\":\"}\"}|");
	are(JSON_SPLIT_OBJECT, "{\"\\\\\":{}}", "1:{}|");
}
END_TEST

START_TEST(lines)
{
	are(JSON_SPLIT_LINES, "", "");
	are(JSON_SPLIT_LINES, "\xef\xbb\xbf{\"a\":1}\r\n\n  {} \n5",
	    "1:{\"a\":1}|3:{}|4:5|");
}
END_TEST

START_TEST(wrong_ones_are_named_by_their_line)
{
	is_wrong(JSON_SPLIT_LIST, "[{},\n,{}]", 2, "a contact is missing");
	is_wrong(JSON_SPLIT_LIST, "[1,]", 1, "a contact is missing");
	is_wrong(JSON_SPLIT_LIST, "[1}", 1,
	    "a bracket is closed that was not opened");
	is_wrong(JSON_SPLIT_LIST, "[1\n]\n[", 3, "something follows its end");
	is_wrong(JSON_SPLIT_LIST, "[{\n", 2, "it ends early");
	is_wrong(JSON_SPLIT_LIST, "", 1, "it ends early");
	is_wrong(JSON_SPLIT_LIST, "x", 1, "a list of contacts is missing");
	is_wrong(JSON_SPLIT_OBJECT, "{1", 1,
	    "the name of a contact is missing");
	is_wrong(JSON_SPLIT_OBJECT, "{\"a\" 1", 1, "a colon is missing");
	is_wrong(JSON_SPLIT_OBJECT, "{\"a\":}", 1, "a contact is missing");
}
END_TEST

START_TEST(contacts_are_bounded)
{
	char data[CONTACT_MAX + 4] = "[";

	memset(data + 1, '1', CONTACT_MAX);
	data[CONTACT_MAX + 1] = ']';
	begin(JSON_SPLIT_LIST);
	ck_assert_int_eq(read_pieces(data, 7), JSON_SPLIT_MORE);
	data[CONTACT_MAX + 1] = '1';
	is_wrong(JSON_SPLIT_LIST, data, 1,
	    "a contact is too large for a request");
	is_wrong(JSON_SPLIT_LINES, data, 1,
	    "a contact is too large for a request");
}
END_TEST

START_TEST(kinds_are_guessed)
{
	static const struct {
		const char *head;
		int kind; /* -1: none */
	} rows[] = {
	    {" [", JSON_SPLIT_LIST},
	    {"\xef\xbb\xbf[{}]", JSON_SPLIT_LIST},
	    {"{\"0\":{\"email\":1}}", JSON_SPLIT_OBJECT},
	    {"{ \"a\\\"b\" : {", JSON_SPLIT_OBJECT},
	    {"{}", JSON_SPLIT_OBJECT},
	    {"{\"email\":\"a\"}\n", JSON_SPLIT_LINES},
	    {"{\"tags\":[{", JSON_SPLIT_LINES},
	    {"{", JSON_SPLIT_LINES},
	    {"{\"a\"", JSON_SPLIT_LINES},
	    {"{\"a\\", JSON_SPLIT_LINES},
	    {"email,name", -1},
	    {"", -1},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		enum json_split_kind kind = JSON_SPLIT_LIST;
		bool found = json_split_guess(text_of(rows[i].head), &kind);

		ck_assert_int_eq(found ? (int)kind : -1, rows[i].kind);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("json_split");
	TCase *tcase = tcase_create("json_split");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, list);
	tcase_add_test(tcase, object);
	tcase_add_test(tcase, lines);
	tcase_add_test(tcase, wrong_ones_are_named_by_their_line);
	tcase_add_test(tcase, contacts_are_bounded);
	tcase_add_test(tcase, kinds_are_guessed);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
