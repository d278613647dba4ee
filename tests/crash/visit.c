#include "config.h"

#include "visit.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conf.h"
#include "field.h"
#include "fixture.h"
#include "log.h"
#include "service.h"
#include "store.h"

static void
visit(visit_fn *fn, void *arg)
{
	char error[CONF_ERROR_SIZE], field_error[FIELD_ERROR_SIZE];
	struct catalogue catalogue = {0};
	struct store *store;
	struct conf conf;

	fixture_require(chdir(service_path("")) == 0, "the folder");
	fixture_require(conf_load(&conf, "bulkcontacts.conf", error) == 0, "%s",
	    error);
	fixture_require(conf_enter(&conf, error) == 0, "%s", error);
	fixture_require(log_open("visit", "log/visit.log", LOG_INFO) == 0,
	    "a log");
	fixture_require(catalogue_load(&catalogue, conf.fields, field_error) ==
			    0,
	    "%s", field_error);
	store = store_open(&conf, &catalogue, STORE_CLI);
	fixture_require(store != NULL, "a store that opens");
	fn(store, &catalogue, arg);
	store_close(store);
	catalogue_clear(&catalogue);
	conf_clear(&conf);
}

bool
visit_store(visit_fn *fn, void *arg)
{
	int wait_status = -1;
	pid_t pid;

	fflush(stdout);
	if ((pid = fork()) == 0) {
		visit(fn, arg);
		fflush(stdout);
		_exit(0);
	}
	waitpid(pid, &wait_status, 0);
	return wait_status == 0;
}
