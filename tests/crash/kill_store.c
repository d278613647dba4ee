/*
 * The gate's kill test: processes that submit, apply, list and leave, killed
 * or stopped at random, also while they join or recover. After every blow
 * all of them must go on by themselves; at the end nothing acknowledged may
 * be missing, and every contact must have been applied exactly once.
 *
 *	kill_store [KILLS [SEED]]	prints TAP; 200 kills by default
 */
#include "config.h"

#include "kill_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "fixture.h"
#include "log.h"

enum { KILLS = 200 };

struct conf kill_conf;
struct catalogue kill_catalogue;

static int tests, failures;

void
kill_check(bool good, const char *name)
{
	printf("%s %d - %s\n", good ? "ok" : "not ok", ++tests, name);
	fflush(stdout);
	failures += !good;
}

static void
set_up(void)
{
	char error[CONF_ERROR_SIZE], field_error[FIELD_ERROR_SIZE];
	char *fields = realpath(fixture_data("data/contact-fields.json"), NULL);
	FILE *file;

	if (fields == NULL ||
	    catalogue_load(&kill_catalogue, fields, field_error) ||
	    chdir(fixture_directory()) != 0 ||
	    (file = fopen("bulkcontacts.conf", "w")) == NULL) {
		printf("Bail out! no catalogue or no folder\n");
		exit(1);
	}
	fprintf(file, "store_dir = store\nsocket_dir = .\ncache_size = 64M\n"
		      "min_free_disk = 0\nmax_bytes_jobs = 64G\n");
	fclose(file);
	free(fields);
	if (conf_load(&kill_conf, "bulkcontacts.conf", error) != 0 ||
	    log_open("kill_store", "log", LOG_INFO) != 0) {
		printf("Bail out! %s\n", error);
		exit(1);
	}
	if (!kill_roles_init()) {
		printf("Bail out! no memory to share\n");
		exit(1);
	}
}

int
main(int argc, char **argv)
{
	int kills = argc > 1 ? atoi(argv[1]) : KILLS;
	unsigned seed =
	    argc > 2 ? (unsigned)atoi(argv[2]) : (unsigned)time(NULL);

	set_up();
	srandom(seed);
	printf("# seed %u\n", seed);
	kill_torture(kills > 0 ? kills : KILLS);
	kill_end_all();
	kill_account();
	if (failures > 0 && system("grep -v -e 'info' log | tail -n 40 | "
				   "sed 's/^/# /'") != 0)
		printf("# no log\n");
	printf("1..%d\n", tests);
	catalogue_clear(&kill_catalogue);
	conf_clear(&kill_conf);
	return failures > 0;
}
