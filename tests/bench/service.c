#include "config.h"

#include "service.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "loopback.h"

enum { PAUSE_US = 4000 /* between two looks at a job */ };

static bool
replace(int fd, int with)
{
	return with < 0 || dup2(with, fd) >= 0;
}

pid_t
service_spawn(const struct service_program *program)
{
	const char *const *argv = program->argv;
	pid_t parent = getpid(), pid = fork();

	fixture_require(pid >= 0, "a process");
	if (pid > 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() == parent && replace(STDIN_FILENO, program->input) &&
	    replace(STDOUT_FILENO, program->output) &&
	    replace(STDERR_FILENO, program->errors) &&
	    (program->folder == NULL || chdir(program->folder) == 0))
		execvp(argv[0], (char *const *)(uintptr_t)argv);
	fprintf(stderr, "cannot run %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* What it says once it answers; the pipe stays open as long as it runs. */
static void
await_start(const struct service *service, int fd, const char *errors)
{
	FILE *said = fdopen(fd, "r");
	char line[4096];

	fixture_require(said != NULL, "memory");
	if (fgets(line, sizeof line, said) != NULL)
		return;
	said = fopen(errors, "r");
	while (said != NULL && fgets(line, sizeof line, said) != NULL)
		fputs(line, stderr);
	fixture_require(false, "an instance in %s", service->folder);
}

static void
read_credentials(const struct service *service, char *line, int size)
{
	struct buf path = {0};
	FILE *file;

	buf_printf(&path, "%s/credentials", service->folder);
	file = fopen(buf_str(&path), "r");
	fixture_require(file != NULL && fgets(line, size, file) != NULL,
	    "credentials");
	fclose(file);
	line[strcspn(line, "\n")] = '\0';
	buf_clear(&path);
}

void
service_launch(struct service *service)
{
	char listen[32], cache_size[64], credentials[400], errors[4096];
	struct service_program program = {.input = -1,
	    .argv = {"bash", fixture_data("supervisor/instance"), "--build",
		fixture_built("."), "--source", fixture_data("."), "--listen",
		listen, "--state", service->folder, "--set", cache_size,
		"--set", "min_free_disk=0", "--set", "max_bytes_jobs=1T",
		"--set", "max_bytes_per_user=1T", "--set",
		"max_unfinished_jobs_per_user=1000000"}};
	int port = loopback_free_port(), ends[2];

	fixture_require(pipe2(ends, O_CLOEXEC) == 0, "a pipe");
	snprintf(errors, sizeof errors, "%s/instance.log", service->folder);
	snprintf(listen, sizeof listen, "127.0.0.1:%d", port);
	snprintf(cache_size, sizeof cache_size, "cache_size=%llu",
	    (unsigned long long)service->cache);
	program.output = ends[1];
	program.errors =
	    open(errors, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	service->pid = service_spawn(&program);
	close(program.errors);
	close(ends[1]);
	await_start(service, ends[0], errors);
	read_credentials(service, credentials, sizeof credentials);
	http_peer_init(&service->peer, port, credentials);
	service->http = http_open(&service->peer);
}

void
service_halt(struct service *service)
{
	http_close(service->http);
	kill(service->pid, SIGTERM);
	waitpid(service->pid, NULL, 0);
}

struct service *
service_start(uint64_t cache)
{
	struct service *service = calloc(1, sizeof *service);

	fixture_require(service != NULL, "memory");
	service->folder = strdup(fixture_directory());
	service->cache = cache;
	service_launch(service);
	return service;
}

void
service_stop(struct service *service)
{
	if (service == NULL)
		return;
	service_halt(service);
	free(service->folder);
	free(service);
}

/* ---- jobs */

void
service_read_job(const struct http_answer *answer, struct buf *job)
{
	static const char before[] = "{\"id\":\"";

	fixture_require(answer->len > sizeof before + 36 &&
			    strncmp(answer->body, before, strlen(before)) == 0,
	    "a job's id, not %.100s", answer->body);
	buf_add_str(job, "/api/contacts/job/");
	buf_add(job, answer->body + strlen(before), 36);
}

void
service_submit(struct service *service, const char *method,
    const struct buf *body, struct buf *job)
{
	bool new = strcmp(method, "POST") == 0;
	struct http_answer answer;

	http_expect(service->http, method,
	    new ? "/api/contacts/bulk/new" : "/api/contacts/bulk/edit", body,
	    202, &answer);
	service_read_job(&answer, job);
}

double
service_await(struct service *service, struct buf *job, http_tick_fn *tick,
    void *arg)
{
	double began = bench_seconds();
	struct http_answer answer;

	for (;;) {
		http_expect(service->http, "GET", buf_str(job), NULL, 200,
		    &answer);
		if (strstr(answer.body, "\"completed\"") != NULL)
			return bench_seconds() - began;
		if (tick != NULL)
			tick(arg);
		usleep(PAUSE_US);
	}
}

void
service_fill(struct service *service, struct bench *bench, uint64_t most)
{
	while (service->stored < most) {
		uint64_t left = most - service->stored;
		uint32_t count = left < BENCH_JOB ? (uint32_t)left : BENCH_JOB;
		struct contacts contacts;
		struct buf job = {0};

		contacts_make_new(&contacts, bench->next, count);
		service_submit(service, "POST", &contacts.body, &job);
		service_await(service, &job, NULL, NULL);
		bench->next += count;
		service->stored += count;
		service->bytes += contacts.body.len;
		buf_clear(&job);
		contacts_clear(&contacts);
	}
}
