#include "config.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf.h"
#include "confine.h"
#include "field.h"
#include "log.h"
#include "runner.h"
#include "store.h"
#include "wake.h"

static volatile sig_atomic_t stop;

static const char usage[] =
    "usage: bulkcontacts-jobrunner [-n] [-c FILE] [--until-idle]\n"
    "Applies the queued jobs of bulkcontacts until it is stopped.\n"
    "\n"
    "  -c, --config FILE  configuration, instead of the installed one\n"
    "  -n, --check        check the configuration and exit\n"
    "      --until-idle   exit when all jobs are done (for cron)\n"
    "  -h, --help         show this text\n"
    "  -V, --version      show the version\n";

struct options {
	const char *config;
	bool check, until_idle;
};

static void
on_stop(int sig)
{
	(void)sig;
	stop = 1;
}

static void
on_reopen(int sig)
{
	(void)sig;
	log_reopen();
}

/* Without SA_RESTART a stop ends a sleep at once. */
static void
set_signals(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof action);
	action.sa_handler = on_stop;
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	action.sa_handler = on_reopen;
	action.sa_flags = SA_RESTART;
	sigaction(SIGUSR1, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* -1 to go on, or the exit status. */
static int
read_options(struct options *options, int argc, char **argv)
{
	static const struct option longs[] = {
	    {"config", required_argument, NULL, 'c'},
	    {"check", no_argument, NULL, 'n'},
	    {"until-idle", no_argument, NULL, 'u'},
	    {"help", no_argument, NULL, 'h'},
	    {"version", no_argument, NULL, 'V'},
	    {NULL, 0, NULL, 0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "c:nhV", longs, NULL)) != -1)
		switch (c) {
		case 'c':
			options->config = optarg;
			break;
		case 'n':
			options->check = true;
			break;
		case 'u':
			options->until_idle = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return EXIT_SUCCESS;
		case 'V':
			puts(PACKAGE_STRING);
			return EXIT_SUCCESS;
		default:
			return EXIT_USAGE_ERROR;
		}
	if (optind == argc)
		return -1;
	fprintf(stderr, "bulkcontacts-jobrunner: unknown argument %s\n",
	    argv[optind]);
	return EXIT_USAGE_ERROR;
}

static int
refuse(const char *reason)
{
	fprintf(stderr, "bulkcontacts-jobrunner: %s\n", reason);
	return EXIT_USAGE_ERROR;
}

/* With the store open and locked. */
static int
run(struct store *store, const struct conf *conf,
    const struct catalogue *catalogue, bool until_idle)
{
	struct runner_options options = {.store = store,
	    .catalogue = catalogue,
	    .bell = wake_open(conf->socket_dir),
	    .until_idle = until_idle,
	    .stop = &stop};
	enum status status;

	if (options.bell < 0)
		log_event(LOG_WARN, "no-doorbell", "path=%s",
		    log_quote(conf->socket_dir));
	log_event(LOG_INFO, "start", "version=%s", PACKAGE_VERSION);
	status = runner_run(&options);
	log_event(LOG_INFO, "stop", "status=%s", status_name(status));
	if (status == STATUS_PANIC)
		_exit(EXIT_TRY_AGAIN);
	store_close(store);
	return status == STATUS_OK ? EXIT_SUCCESS : EXIT_TRY_AGAIN;
}

/* As the service's user, with its log. */
static int
open_and_run(const struct conf *conf, struct catalogue *catalogue,
    bool until_idle)
{
	struct store *store;

	confine_process(strcmp(conf->log, "syslog") == 0);
	set_signals();
	store = store_open(conf, catalogue, STORE_RUNNER);
	if (store == NULL && store_refusal()[0] != '\0')
		return refuse(store_refusal());
	if (store == NULL)
		return stop ? EXIT_SUCCESS : EXIT_TRY_AGAIN;
	if (store_runner_lock(store) == STATUS_OK)
		return run(store, conf, catalogue, until_idle);
	log_event(LOG_WARN, "another-runner", "hint=\"one runner a store\"");
	store_close(store);
	return until_idle ? EXIT_SUCCESS : EXIT_TRY_AGAIN;
}

int
main(int argc, char **argv)
{
	struct options options = {0};
	char conf_error[CONF_ERROR_SIZE], field_error[FIELD_ERROR_SIZE];
	struct catalogue catalogue = {0};
	struct conf conf;
	int rc;

	if ((rc = read_options(&options, argc, argv)) >= 0)
		return rc;
	if (conf_load(&conf, options.config, conf_error) != 0 ||
	    conf_enter(&conf, conf_error) != 0 ||
	    (!options.check && conf_become_user(&conf, conf_error) != 0))
		rc = refuse(conf_error);
	else if (catalogue_load(&catalogue, conf.fields, field_error) != 0)
		rc = refuse(field_error);
	else if (options.check)
		rc = EXIT_SUCCESS;
	else if (log_open("jobrunner", conf.log, conf.log_level) != 0)
		rc = refuse("cannot open the log: look at the key log");
	else
		rc = open_and_run(&conf, &catalogue, options.until_idle);
	catalogue_clear(&catalogue);
	conf_clear(&conf);
	return rc;
}
