#include "config.h"

#include "conf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "fixture.h"

static char path[4096], error[CONF_ERROR_SIZE];
static struct conf conf;

static void
write_file(const char *text, size_t len)
{
	FILE *file;

	snprintf(path, sizeof(path), "%s/test.conf", fixture_directory());
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(text, 1, len, file), len);
	ck_assert_int_eq(fclose(file), 0);
}

static int
load(const char *text)
{
	write_file(text, strlen(text));
	error[0] = '\0';
	return conf_load(&conf, path, error);
}

static void
load_good(const char *text)
{
	int rc = load(text);

	ck_assert_msg(rc == 0, "\"%s\" is refused: %s", text, error);
}

/* Refused, with a reason that begins with the line and holds a word. */
static void
load_bad(const char *text, unsigned line, const char *word)
{
	char start[4200];

	ck_assert_msg(load(text) == -1, "\"%s\" is taken", text);
	snprintf(start, sizeof(start), "%s:%u: ", path, line);
	ck_assert_msg(strncmp(error, start, strlen(start)) == 0,
	    "\"%s\" does not begin with \"%s\"", error, start);
	ck_assert_msg(strstr(error, word) != NULL, "no \"%s\" in \"%s\"", word,
	    error);
	ck_assert_ptr_null(strchr(error, '\n'));
	ck_assert_ptr_null(conf.store_dir);
	ck_assert_ptr_null(conf.directory);
}

/* The folders in front are the build's. */
static void
assert_ends(const char *string, const char *end)
{
	size_t len = strlen(string);

	ck_assert_int_eq(string[0], '/');
	ck_assert_uint_ge(len, strlen(end));
	ck_assert_str_eq(string + len - strlen(end), end);
}

START_TEST(defaults)
{
	load_good("");
	assert_ends(conf.store_dir, "/lib/bulkcontacts/store");
	ck_assert_uint_eq(conf.cache_size, 256u << 20);
	ck_assert_str_eq(conf.user, "bulkcontacts");
	assert_ends(conf.socket_dir, "/run/bulkcontacts");
	ck_assert_str_eq(conf.socket_group, "");
	ck_assert_str_eq(conf.frontend_secret_file, "");
	assert_ends(conf.password_file, "/bulkcontacts/htpasswd");
	ck_assert_str_eq(conf.base_path, "");
	assert_ends(conf.fields, "/bulkcontacts/contact-fields.json");
	ck_assert_uint_eq(conf.max_contacts, 10000);
	ck_assert_uint_eq(conf.max_body, 64u << 20);
	ck_assert_uint_eq(conf.max_contact_size, 256u << 10);
	ck_assert_uint_eq(conf.batch_size, 200);
	ck_assert_uint_eq(conf.retention, 48 * 3600);
	ck_assert(!conf.anonymous);
	ck_assert_str_eq(conf.admins, "");
	ck_assert_uint_eq(conf.request_rate, 0);
	ck_assert_uint_eq(conf.max_unfinished_jobs_per_user, 1000);
	ck_assert_uint_eq(conf.max_bytes_per_user, UINT64_C(4) << 30);
	ck_assert_uint_eq(conf.max_bytes_jobs, 0);
	ck_assert_uint_eq(conf.min_free_disk, 512u << 20);
	ck_assert_uint_eq(conf.runner_timeout, 60);
	ck_assert_str_eq(conf.log, "stderr");
	ck_assert_int_eq(conf.log_level, LOG_INFO);
	conf_clear(&conf);
}
END_TEST

START_TEST(comments_and_blanks)
{
	load_good("# first\n\n \t \n  #indented\nuser=jane\r\n"
		  "  store_dir \t=\t a b#c # the store\nbatch_size = 7");
	ck_assert_str_eq(conf.user, "jane");
	ck_assert_str_eq(conf.store_dir, "a b#c");
	ck_assert_uint_eq(conf.batch_size, 7);
	conf_clear(&conf);
}
END_TEST

START_TEST(kinds_of_values)
{
	load_good("cache_size = 3G\nretention = 3d\nanonymous = yes\n"
		  "request_rate = 20\nbase_path = /crm\nlog_level = debug\n");
	ck_assert_uint_eq(conf.cache_size, UINT64_C(3) << 30);
	ck_assert_uint_eq(conf.retention, 3 * 86400);
	ck_assert(conf.anonymous);
	ck_assert_uint_eq(conf.request_rate, 20);
	ck_assert_str_eq(conf.base_path, "/crm");
	ck_assert_int_eq(conf.log_level, LOG_DEBUG);
	conf_clear(&conf);
}
END_TEST

static const struct {
	const char *text;
	unsigned line;
	const char *word;
} bad[] = {
    {"colour = red\n", 1, "unknown key colour"},
    {"\n# x\nStore_Dir = x\n", 3, "unknown key Store_Dir"},
    {"a\x1b[2J = x\n", 1, "\\x1b"},
    {"= x\n", 1, "unknown key"},
    {"user jane\n", 1, "key = value"},
    {"user = a\nlog = x\nuser = b\n", 3, "line 1"},
    {"user = a\nuser = a\n", 2, "user"},
    {"user = a\001b\n", 1, "control"},
    {"store_dir =\n", 1, "store_dir is empty"},
    {"log =\n", 1, "log"},
    {"cache_size =\n", 1, "from 1M to 64G"},
    {"cache_size = 1023K\n", 1, "from 1M to 64G"},
    {"cache_size = 65G\n", 1, "from 1M to 64G"},
    {"max_body = 2G\n", 1, "from 1K to 1G"},
    {"max_body = 1023\n", 1, "from 1K to 1G"},
    {"max_contact_size = 1001K\n", 1, "from 1K to 1000K"},
    {"max_contacts = 0\n", 1, "from 1 to 100000"},
    {"max_contacts = 100001\n", 1, "max_contacts"},
    {"batch_size = 0\n", 1, "from 1 to 1000"},
    {"batch_size = 1001\n", 1, "batch_size"},
    {"retention = 0\n", 1, "from 1s"},
    {"runner_timeout = 0s\n", 1, "runner_timeout"},
    {"request_rate = 0\n", 1, "off or a number"},
    {"max_bytes_jobs = 0\n", 1, "half or a number"},
    {"anonymous = maybe\n", 1, "yes or no"},
    {"log_level = loud\n", 1, "error, warn, info or debug"},
    {"base_path = crm\n", 1, "base_path"},
    {"admins = jane\nanonymous = yes\nlog = x\n", 2, "anonymous = yes"},
    {"anonymous = yes\nlog = x\nadmins = jane\n", 3, "remove one"},
};

START_TEST(refuses)
{
	load_bad(bad[_i].text, bad[_i].line, bad[_i].word);
}
END_TEST

START_TEST(no_admins_with_anonymous)
{
	load_good("admins =\nanonymous = yes\n");
	conf_clear(&conf);
	load_good("admins = jane\nanonymous = no\n");
	conf_clear(&conf);
}
END_TEST

START_TEST(nul_byte)
{
	static const char text[] = "log = x\nuser = a\0b\n";

	write_file(text, sizeof(text) - 1);
	ck_assert_int_eq(conf_load(&conf, path, error), -1);
	ck_assert_ptr_nonnull(strstr(error, ":2: a NUL byte"));
}
END_TEST

START_TEST(long_line)
{
	char line[CONF_LINE_MAX + 2];

	memset(line, 'x', sizeof(line));
	memcpy(line, "user = ", 7);
	line[CONF_LINE_MAX] = '\n';
	line[CONF_LINE_MAX + 1] = '\0';
	load_good(line);
	ck_assert_uint_eq(strlen(conf.user), CONF_LINE_MAX - 7);
	conf_clear(&conf);
	line[CONF_LINE_MAX] = 'x';
	load_bad(line, 1, "longer than 4096 bytes");
}
END_TEST

START_TEST(long_bad_value_is_cut)
{
	char line[CONF_LINE_MAX];

	memset(line, 'x', sizeof(line));
	memcpy(line, "batch_size = ", 13);
	line[sizeof(line) - 1] = '\0';
	load_bad(line, 1, "batch_size");
}
END_TEST

START_TEST(file_cannot_be_read)
{
	ck_assert_int_eq(conf_load(&conf, "/nonexistent/x.conf", error), -1);
	ck_assert_ptr_nonnull(strstr(error, "/nonexistent/x.conf: No such"));
	ck_assert_int_eq(conf_load(&conf, fixture_directory(), error), -1);
	ck_assert_ptr_nonnull(strstr(error, "Is a directory"));
	ck_assert_ptr_null(conf.user);
	conf_clear(&conf);
}
END_TEST

START_TEST(enters_the_folder_of_the_file)
{
	char *here;

	load_good("");
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(conf_enter(&conf, error), 0);
	ck_assert_int_eq(access("test.conf", R_OK), 0);
	conf_clear(&conf);

	ck_assert_int_eq(conf_load(&conf, "test.conf", error), 0);
	here = getcwd(NULL, 0);
	ck_assert_str_eq(conf.directory, here);
	free(here);

	ck_assert_int_eq(unlink("test.conf"), 0);
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(rmdir(conf.directory), 0);
	ck_assert_int_eq(conf_enter(&conf, error), -1);
	ck_assert_ptr_nonnull(strstr(error, conf.directory));
	conf_clear(&conf);
}
END_TEST

START_TEST(admins)
{
	load_good("admins = jane, joe\tann,, bob\n");
	ck_assert(conf_is_admin(&conf, "jane"));
	ck_assert(conf_is_admin(&conf, "joe"));
	ck_assert(conf_is_admin(&conf, "ann"));
	ck_assert(conf_is_admin(&conf, "bob"));
	ck_assert(!conf_is_admin(&conf, "jan"));
	ck_assert(!conf_is_admin(&conf, "janet"));
	ck_assert(!conf_is_admin(&conf, "Jane"));
	ck_assert(!conf_is_admin(&conf, "jane, joe"));
	ck_assert(!conf_is_admin(&conf, ""));
	conf_clear(&conf);
	load_good("admins = ,\n");
	ck_assert(!conf_is_admin(&conf, ""));
	conf_clear(&conf);
}
END_TEST

/* What is printed reads back as the same and is printed the same. */
START_TEST(prints_what_it_reads)
{
	struct buf first = {0}, second = {0};

	load_good("cache_size = 1536K\nretention = 90s\nadmins = a b\n"
		  "request_rate = 5\nbase_path = /x\nlog_level = debug\n"
		  "max_bytes_per_user = 1048577\nmin_free_disk = 0\n"
		  "socket_group =#a#\n");
	conf_print(&conf, &first);
	conf_clear(&conf);
	load_good(buf_str(&first));
	conf_print(&conf, &second);
	conf_clear(&conf);
	ck_assert_str_eq(buf_str(&first), buf_str(&second));
	ck_assert_ptr_nonnull(
	    strstr(buf_str(&first), "\ncache_size = 1536K\n"));
	ck_assert_ptr_nonnull(strstr(first.data, "\nretention = 90s\n"));
	ck_assert_ptr_nonnull(strstr(first.data, "\nmax_bytes_jobs = half\n"));
	ck_assert_ptr_nonnull(strstr(first.data, "\nmin_free_disk = 0\n"));
	ck_assert_ptr_nonnull(strstr(first.data, "\nanonymous = no\n"));
	ck_assert_ptr_nonnull(strstr(first.data, "\nsocket_group =#a#\n"));
	ck_assert_ptr_nonnull(
	    strstr(first.data, "\nmax_bytes_per_user = 1048577\n"));
	buf_clear(&first);
	buf_clear(&second);
}
END_TEST

START_TEST(ordinary_user_stays)
{
	uid_t before = geteuid();

	load_good("user =\n");
	umask(0);
	ck_assert_int_eq(conf_become_user(&conf, error), 0);
	ck_assert_uint_eq(geteuid(), before);
	ck_assert_uint_eq(umask(0), 077);
	conf_clear(&conf);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("conf");
	TCase *values = tcase_create("values");
	TCase *files = tcase_create("files");

	tcase_add_test(values, defaults);
	tcase_add_test(values, comments_and_blanks);
	tcase_add_test(values, kinds_of_values);
	tcase_add_loop_test(values, refuses, 0, sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(values, no_admins_with_anonymous);
	tcase_add_test(values, admins);
	tcase_add_test(values, prints_what_it_reads);
	tcase_add_test(files, nul_byte);
	tcase_add_test(files, long_line);
	tcase_add_test(files, long_bad_value_is_cut);
	tcase_add_test(files, file_cannot_be_read);
	tcase_add_test(files, enters_the_folder_of_the_file);
	tcase_add_test(files, ordinary_user_stays);
	suite_add_tcase(suite, values);
	suite_add_tcase(suite, files);
	return fixture_run(suite);
}
