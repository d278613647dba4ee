/*
 * The real service on a fresh state, as script/server runs it, and what /proc
 * tells of its processes.
 */
#ifndef SERVICE_H
#define SERVICE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "bench.h"
#include "http.h"

enum { SERVICE_PIDS_MAX = 32 };

struct service {
	char *folder;
	struct http_peer peer;
	struct http *http; /* for one question at a time */
	pid_t pid;         /* of the script that keeps it */
	uint64_t cache;    /* bytes */
	uint64_t stored;   /* contacts */
	uint64_t bytes;    /* of JSON that service_fill() sent */
};

/* Start one in a folder of its own; ends with the program at the latest. */
struct service *service_start(uint64_t cache);
void service_stop(struct service *service);

/* Stop it in order and start it again, on its folder. */
void service_halt(struct service *service);
void service_launch(struct service *service);

/* A program to start; descriptors of -1 are this one's. */
struct service_program {
	const char *folder; /* to start it in; NULL: this one's */
	int input, output, errors;
	const char *argv[24];
};

/* It gets SIGTERM when this one ends. */
pid_t service_spawn(const struct service_program *program);

/* ---- jobs */

/* Queue the body: 202. Its path is left in job, which begins empty. */
void service_submit(struct service *service, const char *method,
    const struct buf *body, struct buf *job);

/* Seconds until it is completed; tick may be NULL. */
double service_await(struct service *service, struct buf *job,
    http_tick_fn *tick, void *arg);

/* The path of what an answer names by its id, appended to job. */
void service_read_job(const struct http_answer *answer, struct buf *job);

/* Store new contacts, in large jobs, until it has so many. */
void service_fill(struct service *service, struct bench *bench, uint64_t most);

/* ---- processes */

/* Of "fcgi", "jobrunner" or "nginx" with its workers; how many there are. */
size_t service_pids(const struct service *service, const char *name,
    pid_t pids[SERVICE_PIDS_MAX]);

/* The sum of a line of /proc/PID/status of all that run under that name. */
uint64_t service_sum(const struct service *service, const char *name,
    const char *line);

/* Seconds of a processor that they have used. */
double service_cpu(const pid_t *pids, size_t count);
double service_cpu_of(const struct service *service, const char *name);

/* The processes below nginx's first, itself too; how many there are. */
size_t service_nginx(pid_t first, pid_t pids[SERVICE_PIDS_MAX]);

/* The largest one. */
uint64_t service_most(const struct service *service, const char *name,
    const char *line);

/* What the processes of one name held at most. */
struct service_memory {
	const struct service *service;
	const char *name;
	uint64_t most; /* KiB of RssAnon */
};

/* An http_tick_fn: look once more. */
void service_memory_look(void *memory);

/* Bytes of the files in its store's env whose names end so. */
uint64_t service_bytes(const struct service *service, const char *suffix);

#endif
