#include "config.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fixture.h"
#include "service.h"

size_t
service_nginx(pid_t first, pid_t pids[SERVICE_PIDS_MAX])
{
	char path[64];
	size_t count = 1;
	FILE *file;
	int child;

	pids[0] = first;
	snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)first,
	    (int)first);
	file = fopen(path, "r");
	while (file != NULL && count < SERVICE_PIDS_MAX &&
	       fscanf(file, "%d", &child) == 1)
		pids[count++] = child;
	if (file != NULL)
		fclose(file);
	return count;
}

size_t
service_pids(const struct service *service, const char *name,
    pid_t pids[SERVICE_PIDS_MAX])
{
	struct buf path = {0};
	size_t count = 0;
	FILE *file;
	int pid;

	buf_printf(&path, "%s/run/%s.pid", service->folder, name);
	file = fopen(buf_str(&path), "r");
	buf_clear(&path);
	if (file == NULL)
		return 0;
	while (count < SERVICE_PIDS_MAX && fscanf(file, "%d", &pid) == 1)
		pids[count++] = pid;
	fclose(file);
	if (count == 1 && strcmp(name, "nginx") == 0)
		count = service_nginx(pids[0], pids);
	return count;
}

static uint64_t
read_line(pid_t pid, const char *name)
{
	char path[64], line[256];
	size_t len = strlen(name);
	uint64_t value = 0;
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	if ((file = fopen(path, "r")) == NULL)
		return 0;
	while (fgets(line, sizeof line, file) != NULL)
		if (strncmp(line, name, len) == 0 && line[len] == ':')
			value = strtoull(line + len + 1, NULL, 10);
	fclose(file);
	return value;
}

uint64_t
service_sum(const struct service *service, const char *name, const char *line)
{
	pid_t pids[SERVICE_PIDS_MAX];
	size_t count = service_pids(service, name, pids);
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += read_line(pids[i], line);
	return sum;
}

double
service_cpu(const pid_t *pids, size_t count)
{
	unsigned long long used;
	double sum = 0;

	for (size_t i = 0; i < count; i++) {
		char path[64];
		FILE *file;

		snprintf(path, sizeof path, "/proc/%d/schedstat", (int)pids[i]);
		file = fopen(path, "r");
		if (file != NULL && fscanf(file, "%llu", &used) == 1)
			sum += (double)used / 1e9;
		if (file != NULL)
			fclose(file);
	}
	return sum;
}

double
service_cpu_of(const struct service *service, const char *name)
{
	pid_t pids[SERVICE_PIDS_MAX];

	return service_cpu(pids, service_pids(service, name, pids));
}

uint64_t
service_most(const struct service *service, const char *name, const char *line)
{
	pid_t pids[SERVICE_PIDS_MAX];
	size_t count = service_pids(service, name, pids);
	uint64_t most = 0;

	for (size_t i = 0; i < count; i++) {
		uint64_t value = read_line(pids[i], line);

		most = value > most ? value : most;
	}
	return most;
}

void
service_memory_look(void *arg)
{
	struct service_memory *memory = arg;
	uint64_t now = service_most(memory->service, memory->name, "RssAnon");

	memory->most = now > memory->most ? now : memory->most;
}

uint64_t
service_bytes(const struct service *service, const char *suffix)
{
	struct buf path = {0};
	struct dirent *entry;
	uint64_t sum = 0;
	DIR *folder;

	buf_printf(&path, "%s/store/env", service->folder);
	folder = opendir(buf_str(&path));
	fixture_require(folder != NULL, "the store's folder");
	while ((entry = readdir(folder)) != NULL) {
		size_t len = strlen(entry->d_name), end = strlen(suffix);
		struct stat st;

		if (len < end || strcmp(entry->d_name + len - end, suffix) != 0)
			continue;
		buf_reset(&path);
		buf_printf(&path, "%s/store/env/%s", service->folder,
		    entry->d_name);
		if (stat(buf_str(&path), &st) == 0)
			sum += (uint64_t)st.st_size;
	}
	closedir(folder);
	buf_clear(&path);
	return sum;
}
