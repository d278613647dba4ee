#include "config.h"

#include "hello.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "bench.h"
#include "fixture.h"
#include "loopback.h"
#include "service.h"

enum { TRIES = 1000, PAUSE_US = 10000, LINE_SIZE = 4096 };

const char *
hello_path(size_t bytes)
{
	static char path[64];

	if (bytes == 0)
		return "/api/contacts/bulk/new";
	snprintf(path, sizeof path, "/api/contacts/job/hello?%zu", bytes);
	return path;
}

/* The same file, but that it listens elsewhere. */
static void
copy_file(const char *from, const char *to, const char *name, int port)
{
	char line[LINE_SIZE], path[LINE_SIZE];
	FILE *in, *out;

	snprintf(path, sizeof path, "%s/run/%s", from, name);
	in = fopen(path, "r");
	snprintf(path, sizeof path, "%s/run/%s", to, name);
	out = fopen(path, "w");
	fixture_require(in != NULL && out != NULL, "nginx's file %s", name);
	while (fgets(line, sizeof line, in) != NULL)
		if (strncmp(line, "\tlisten ", 8) == 0)
			fprintf(out, "\tlisten 127.0.0.1:%d;\n", port);
		else
			fputs(line, out);
	fclose(in);
	fixture_require(fclose(out) == 0, "nginx's file %s", name);
}

/* Whatever nginx may include. */
static void
copy_files(const char *from, const char *to, int port)
{
	char path[LINE_SIZE];
	struct dirent *entry;
	DIR *folder;

	snprintf(path, sizeof path, "%s/run", from);
	folder = opendir(path);
	fixture_require(folder != NULL, "the folder %s", path);
	while ((entry = readdir(folder)) != NULL)
		if (entry->d_type == DT_REG)
			copy_file(from, to, entry->d_name, port);
	closedir(folder);
}

/* As in the service, each socket has workers of its own. */
static void
start_workers(const char *folder, const char *name, pid_t *pids)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const char *program = fixture_built("tests/bench/hello_fcgi");
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "%s/run/%s", folder,
	    name);
	fixture_require(fd >= 0 &&
			    bind(fd, (struct sockaddr *)&address,
				sizeof address) == 0 &&
			    listen(fd, SOMAXCONN) == 0,
	    "a socket %s", address.sun_path);
	for (int i = 0; i < HELLO_WORKERS / 2; i++)
		pids[i] = service_spawn(&(struct service_program){.input = fd,
		    .output = -1,
		    .errors = -1,
		    .argv = {program}});
	close(fd);
}

static pid_t
start_nginx(const char *folder)
{
	char path[LINE_SIZE];
	const char *old = getenv("PATH");

	/* An unprivileged user's often lacks the second. */
	snprintf(path, sizeof path, "%s:/usr/sbin", old != NULL ? old : "");
	setenv("PATH", path, 1);
	return service_spawn(&(struct service_program){.folder = folder,
	    .input = -1,
	    .output = -1,
	    .errors = -1,
	    .argv = {"nginx", "-p", "./", "-c", "run/nginx.conf", "-e",
		"log/nginx.log", "-g", "daemon off;"}});
}

static bool
answers(struct hello *hello)
{
	struct http_answer answer;

	return http_ask(hello->http, "GET", hello_path(100), NULL, &answer,
		   NULL, NULL) &&
	       answer.status == 200;
}

struct hello *
hello_start(const struct service *service)
{
	struct hello *hello = calloc(1, sizeof *hello);
	const char *folder = fixture_directory();
	char path[LINE_SIZE];

	fixture_require(hello != NULL, "memory");
	hello->peer = service->peer;
	hello->peer.port = loopback_free_port();
	snprintf(path, sizeof path, "%s/run", folder);
	mkdir(path, 0700);
	snprintf(path, sizeof path, "%s/log", folder);
	mkdir(path, 0700);
	copy_files(service->folder, folder, hello->peer.port);
	start_workers(folder, "submit.sock", hello->workers);
	start_workers(folder, "job.sock", hello->workers + HELLO_WORKERS / 2);
	hello->nginx = start_nginx(folder);
	hello->http = http_open(&hello->peer);
	for (int i = 0; !answers(hello); i++) {
		fixture_require(i < TRIES, "a hello from %s", folder);
		usleep(PAUSE_US);
	}
	return hello;
}

/* Its processes end with this one. */
void
hello_stop(struct hello *hello)
{
	if (hello == NULL)
		return;
	http_close(hello->http);
	free(hello);
}

double
hello_cpu(const struct hello *hello)
{
	pid_t pids[SERVICE_PIDS_MAX];

	return service_cpu(hello->workers, HELLO_WORKERS) +
	       service_cpu(pids, service_nginx(hello->nginx, pids));
}
