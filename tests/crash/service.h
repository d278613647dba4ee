/*
 * The service that is tormented: supervisor, nginx, workers and runner as
 * script/server runs them, of the build that has crash points. It lives in a
 * folder of its own and dies with this process, at the latest.
 */
#ifndef SERVICE_H
#define SERVICE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "http.h"

enum { SERVICE_USERS = 4, SERVICE_PIDS_MAX = 32 };

enum service_role {
	SERVICE_WORKER,
	SERVICE_RUNNER,
	SERVICE_NGINX,
	SERVICE_NGINX_WORKER,
	SERVICE_SUPERVISOR,
	SERVICE_CLI, /* not a part of it: some program of the command line */
	SERVICE_ROLE__MAX
};

struct service_pids {
	pid_t pid[SERVICE_PIDS_MAX];
	unsigned count;
};

/* Make the folder and all files in it. Ends the process if that fails. */
void service_prepare(void);

/* Start it, which takes a while; it is not running, or about to end. */
void service_start(void);

/* End it in order and wait for that. False: it had to be killed. */
bool service_stop(void);

/* "worker", "nginx worker", ... */
const char *service_role_name(enum service_role role);

/* All that have this role now, or are said to. */
void service_find(enum service_role role, struct service_pids *pids);

/* Of a program of ours, by its name. */
enum service_role service_role_of(const char *program);

/* The supervisor and all that it runs. */
void service_find_all(struct service_pids *pids);

/*
 * Whether all programs are running, none of them one of those gone, and have
 * the store open, together with nobody who died. What they answer is not asked.
 */
bool service_is_whole(const struct service_pids *gone);

/* What else a command line is told; files are those of the folder. */
struct service_cli {
	const char *conf;   /* NULL: the service's */
	const char *input;  /* NULL: empty */
	const char *output; /* begun anew; NULL: its log */
};

/* Run the command line with crash points; what waitpid() told. */
int service_run_cli(const char *const *arguments,
    const struct service_cli *how);

/* A path in its folder; borrowed until the call after next. */
const char *service_path(const char *name);

/* Where crash_point.h looks. */
const char *service_crash_folder(void);

/* For clients; each user has jobs of its own. */
struct http_server service_server(unsigned user);

/*
 * Whether all programs that ended did so in order, for a recovery, or because
 * they were killed: none by a fault of its own. Prints those that did not.
 */
bool service_is_unhurt(void);

/* Print the last lines of the logs that are no mere information. */
void service_show_logs(void);

#endif
