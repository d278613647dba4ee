#include "config.h"

#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "conf.h"

/* What is printed is read as the same. */
static void
check_print(const struct conf *conf)
{
	struct buf first = {0}, second = {0};
	char error[CONF_ERROR_SIZE] = "";
	struct conf again;

	conf_print(conf, &first);
	fuzz_require(conf_load(&again, fuzz_file(first.data, first.len),
			 error) == 0,
	    "what is printed is read: %s", error);
	conf_print(&again, &second);
	fuzz_require_same(&first, &second, "a configuration");
	conf_clear(&again);
	buf_clear(&first);
	buf_clear(&second);
}

/* "file:line: reason", on one line. */
static void
check_refused(const char *path, const char *error)
{
	const char *line = error + strlen(path);
	char *reason;

	fuzz_require(strncmp(error, path, strlen(path)) == 0 && *line == ':' &&
			 strtoul(line + 1, &reason, 10) > 0 &&
			 strncmp(reason, ": ", 2) == 0 && reason[2] != '\0',
	    "a reason: %s", error);
	for (const char *at = error; *at != '\0'; at++)
		fuzz_require((unsigned char)*at >= ' ', "one line: %s", error);
}

void
fuzz_conf(const char *data, size_t len)
{
	const char *path = fuzz_file(data, len);
	char error[CONF_ERROR_SIZE] = "";
	struct conf conf;

	if (conf_load(&conf, path, error) == 0) {
		fuzz_require(conf.batch_size > 0 && conf.max_contacts > 0 &&
				 conf.max_body > 0,
		    "limits are limits");
		conf_is_admin(&conf, "root");
		check_print(&conf);
	} else {
		check_refused(path, error);
		fuzz_require(conf.store_dir == NULL && conf.directory == NULL,
		    "nothing of what is refused");
	}
	conf_clear(&conf);
}
