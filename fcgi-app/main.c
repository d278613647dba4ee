#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "api.h"
#include "conf.h"
#include "confine.h"
#include "crash.h"
#include "fcgi.h"
#include "field.h"
#include "log.h"
#include "response.h"
#include "secret.h"
#include "status.h"
#include "stop.h"
#include "store.h"
#include "wake.h"

#define PROGRAM "bulkcontacts-fcgi"

static const char usage[] =
    "usage: " PROGRAM " [-c FILE] [-n]\n"
    "\n"
    "Answers the bulk contact API behind a web server that speaks FastCGI.\n"
    "Standard input, or systemd's descriptor 3, is the listening socket.\n"
    "\n"
    "  -c, --config FILE  configuration (default: the installed one)\n"
    "  -n, --check        check configuration and field catalogue, then exit\n"
    "  -h, --help         this text\n"
    "  -V, --version      version\n";

enum {
	MAPPED = 1 << 20,  /* bytes: what is as large as a body goes back to the
			      system when freed */
	BODIES = 8,        /* the most that a request may need memory for */
	MEMORY = 256 << 20 /* bytes, beside those */
};

enum { REFUSING_MS = 900 };

struct options {
	const char *conf_path;
	bool check_only;
};

struct program {
	struct conf conf;
	struct catalogue catalogue;
	char *secret;
	struct api api;
	bool log_elsewhere; /* lines go where stderr is not */
};

static _Noreturn void
fatal(const struct program *program, int code, const char *reason)
{
	fprintf(stderr, PROGRAM ": %s\n", reason);
	if (program->log_elsewhere)
		log_event(LOG_ERROR, "start", "error=%s", log_quote(reason));
	exit(code);
}

/*
 * FastCGI allows descriptors 1 and 2 to be closed: a file of the store must
 * not get their numbers, or messages would be written into it.
 */
static void
occupy_descriptors(void)
{
	for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) == -1 && errno == EBADF)
			open("/dev/null", O_RDWR);
}

static struct options
parse_options(int argc, char **argv)
{
	static const struct option names[] = {
	    {"config", required_argument, NULL, 'c'},
	    {"check", no_argument, NULL, 'n'},
	    {"help", no_argument, NULL, 'h'},
	    {"version", no_argument, NULL, 'V'},
	    {NULL, 0, NULL, 0},
	};
	struct options options = {NULL, false};
	int option;

	while ((option = getopt_long(argc, argv, "c:nhV", names, NULL)) != -1) {
		switch (option) {
		case 'c':
			options.conf_path = optarg;
			break;
		case 'n':
			options.check_only = true;
			break;
		case 'h':
			fputs(usage, stdout);
			exit(EXIT_SUCCESS);
		case 'V':
			puts(PROGRAM " " PACKAGE_VERSION);
			exit(EXIT_SUCCESS);
		default:
			fputs(usage, stderr);
			exit(EXIT_USAGE_ERROR);
		}
	}
	if (optind < argc) {
		fputs(usage, stderr);
		exit(EXIT_USAGE_ERROR);
	}
	return options;
}

/*
 * libfcgi keeps all parameters of a request, be they gigabytes. The store's
 * cache is shared memory and does not count; that of a sanitizer would.
 */
static void
bound_memory(const struct conf *conf)
{
#ifndef __SANITIZE_ADDRESS__
	struct rlimit limit;

	if (getrlimit(RLIMIT_DATA, &limit) != 0)
		return;
	if (limit.rlim_cur > BODIES * conf->max_body + MEMORY)
		limit.rlim_cur = BODIES * conf->max_body + MEMORY;
	setrlimit(RLIMIT_DATA, &limit);
#else
	(void)conf;
#endif
}

static void
read_conf(struct program *program, const char *path)
{
	char error[CONF_ERROR_SIZE];

	if (conf_load(&program->conf, path, error) != 0 ||
	    conf_enter(&program->conf, error) != 0)
		fatal(program, EXIT_USAGE_ERROR, error);
}

static void
read_files(struct program *program)
{
	const struct conf *conf = &program->conf;
	char error[FIELD_ERROR_SIZE];
	char secret_error[SECRET_ERROR_SIZE];

	if (catalogue_load(&program->catalogue, conf->fields, error) != 0)
		fatal(program, EXIT_USAGE_ERROR, error);
	if (*conf->frontend_secret_file == '\0')
		return;
	program->secret = secret_load(conf->frontend_secret_file, secret_error);
	if (program->secret == NULL)
		fatal(program, EXIT_USAGE_ERROR, secret_error);
}

static void
become_service(struct program *program)
{
	const struct conf *conf = &program->conf;
	char error[CONF_ERROR_SIZE];

	if (conf_become_user(conf, error) != 0)
		fatal(program, EXIT_USAGE_ERROR, error);
	if (log_open("fcgi", conf->log, conf->log_level) != 0) {
		snprintf(error, sizeof error, "log %s: %s", conf->log,
		    strerror(errno));
		fatal(program, EXIT_USAGE_ERROR, error);
	}
	program->log_elsewhere = strcmp(conf->log, "stderr") != 0;
}

static void
reopen_log(int number)
{
	(void)number;
	log_reopen();
}

/* libfcgi leaves our SIGTERM alone but takes SIGUSR1: it has to come last. */
static void
take_signals(const struct program *program)
{
	struct sigaction action = {
	    .sa_handler = reopen_log,
	    .sa_flags = SA_RESTART,
	};

	sigemptyset(&action.sa_mask);
	if (stop_install() != 0 || fcgi_init() != 0 ||
	    sigaction(SIGUSR1, &action, NULL) != 0)
		fatal(program, EXIT_TRY_AGAIN, "signals cannot be set up");
}

static enum status
refuse(struct request *request, struct response *response, void *arg)
{
	(void)request, (void)arg;
	response_set_status(response, STATUS_UNAVAILABLE);
	return STATUS_OK;
}

/*
 * Clients that are waiting get their 503 now. The next attempt is that of
 * the process that is started in this one's place.
 */
static _Noreturn void
give_up(const struct program *program, int socket)
{
	stop_ask_in(REFUSING_MS);
	fcgi_serve(socket, refuse, NULL);
	fatal(program, EXIT_TRY_AGAIN, "the store cannot be opened");
}

static void
open_store(struct program *program, int socket)
{
	struct api *api = &program->api;

	api->store =
	    store_open(&program->conf, &program->catalogue, STORE_WORKER);
	if (api->store == NULL && store_refusal()[0] != '\0')
		fatal(program, EXIT_USAGE_ERROR, store_refusal());
	if (api->store == NULL)
		give_up(program, socket);
	api->doorbell = wake_open(program->conf.socket_dir);
	if (api->doorbell == -1)
		log_event(LOG_WARN, "doorbell", "directory=%s error=%s",
		    log_quote(program->conf.socket_dir),
		    log_quote(strerror(errno)));
}

static void
release(struct program *program)
{
	free(program->secret);
	catalogue_clear(&program->catalogue);
	conf_clear(&program->conf);
}

static void
leave(void *store)
{
	store_close(store);
}

static enum status
answer(struct request *request, struct response *response, void *arg)
{
	return api_answer(arg, request, response);
}

static enum status
serve(struct program *program, int socket)
{
	enum status status;

	log_event(LOG_INFO, "start", "version=%s", PACKAGE_VERSION);
	if (crash_install(leave, program->api.store) != 0)
		log_event(LOG_WARN, "crash", "unguarded=%s",
		    log_quote(strerror(errno)));
	status = fcgi_serve(socket, answer, &program->api);
	if (status == STATUS_PANIC)
		_exit(EXIT_TRY_AGAIN);
	store_close(program->api.store);
	log_event(LOG_INFO, "stop", "status=%s", status_name(status));
	return status;
}

int
main(int argc, char **argv)
{
	struct options options = parse_options(argc, argv);
	struct program program = {.api = {.doorbell = -1}};
	enum status status;
	int socket;

	occupy_descriptors();
	mallopt(M_MMAP_THRESHOLD, MAPPED);
	read_conf(&program, options.conf_path);
	if (options.check_only) {
		read_files(&program);
		release(&program);
		return EXIT_SUCCESS;
	}
	become_service(&program);
	confine_process(strcmp(program.conf.log, "syslog") == 0);
	bound_memory(&program.conf);
	take_signals(&program);
	read_files(&program);
	socket = fcgi_find_socket();
	if (socket == -1)
		fatal(&program, EXIT_USAGE_ERROR,
		    "standard input is no listening socket: start this "
		    "program from systemd, spawn-fcgi or the supervisor");
	program.api.conf = &program.conf;
	program.api.catalogue = &program.catalogue;
	program.api.secret = program.secret;
	open_store(&program, socket);
	status = serve(&program, socket);
	release(&program);
	return status == STATUS_OK ? EXIT_SUCCESS : EXIT_TRY_AGAIN;
}
