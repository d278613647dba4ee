#include "config.h"

#include "flip_store.h"

#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"

enum {
	PAGE = 4096,
	HEAD = 64,           /* of a page, where its structure is */
	LOG_IN_USE = 800000, /* bytes of the log that were written */
	PATH_SIZE = 512
};

static void
run(const char *command)
{
	fixture_require(system(command) == 0, "%s", command);
}

void
flip_copy(const char *from, const char *to)
{
	char command[PATH_SIZE];

	snprintf(command, sizeof command,
	    "rm -rf %s && cp -a --sparse=always %s %s", to, from, to);
	run(command);
}

static void
forget_memory(const char *folder)
{
	char command[PATH_SIZE];

	snprintf(command, sizeof command, "rm -f %s/store/env/__db.*", folder);
	run(command);
}

/* ---- what can be done to a file of this size at this place */

struct target {
	const char *path;
	int fd;
	off_t size, at;
};

static void
overwrite(const struct target *target, bool noise)
{
	char page[PAGE] = {0};
	off_t at = target->at - target->at % PAGE, left = target->size - at;

	for (size_t i = 0; noise && i < PAGE; i++)
		page[i] = (char)random();
	fixture_require(pwrite(target->fd, page,
			    (size_t)(left < PAGE ? left : PAGE), at) >= 0,
	    "a write");
}

static void
zero_page(const struct target *target)
{
	overwrite(target, false);
}

static void
fill_page(const struct target *target)
{
	overwrite(target, true);
}

static void
cut(const struct target *target)
{
	fixture_require(ftruncate(target->fd, target->at) == 0, "a cut");
}

static void
cut_at_page(const struct target *target)
{
	off_t at = target->at - target->at % PAGE;

	fixture_require(ftruncate(target->fd, at) == 0, "a cut");
}

static void
take_away(const struct target *target)
{
	fixture_require(unlink(target->path) == 0, "a file");
}

static void
flip_bit(const struct target *target)
{
	unsigned char byte;

	if (pread(target->fd, &byte, 1, target->at) != 1)
		return; /* the file is empty */
	byte ^= (unsigned char)(1 << random() % 8);
	fixture_require(pwrite(target->fd, &byte, 1, target->at) == 1,
	    "a write");
}

static const struct {
	const char *name;
	void (*run)(const struct target *target);
} deeds[] = {{"flipped", flip_bit}, {"flipped", flip_bit},
    {"flipped", flip_bit}, {"flipped", flip_bit}, {"zeroed", zero_page},
    {"zeroed", zero_page}, {"filled", fill_page}, {"filled", fill_page},
    {"cut", cut}, {"cut-at-page", cut_at_page}, {"removed", take_away}};

/* ---- choosing */

static off_t
choose_place(const struct target *target)
{
	off_t size = target->size, at;

	if (strstr(target->path, "/log.") != NULL && size > LOG_IN_USE)
		size = LOG_IN_USE;
	if (size == 0)
		return 0;
	at = random() % size;
	if (random() % 2)
		at += random() % HEAD - at % PAGE;
	return at < size ? at : 0;
}

static char *
choose_file(const char *folder)
{
	const char *only = getenv("FLIP_ONLY");
	char pattern[PATH_SIZE], *path;
	glob_t found;
	size_t i;

	snprintf(pattern, sizeof pattern, "%s/store/*", folder);
	fixture_require(glob(pattern, 0, NULL, &found) == 0, "files");
	snprintf(pattern, sizeof pattern, "%s/store/env/*", folder);
	fixture_require(glob(pattern, GLOB_APPEND, NULL, &found) == 0, "files");
	do
		i = (size_t)random() % found.gl_pathc;
	while (strcmp(strrchr(found.gl_pathv[i], '/'), "/env") == 0 ||
	       (only != NULL && strstr(found.gl_pathv[i], only) == NULL));
	path = strdup(found.gl_pathv[i]);
	globfree(&found);
	return path;
}

/*
 * Most have no shared memory left, as behind a start of the machine: with it
 * much of the damage is not met, for the cache has the pages.
 */
void
flip_damage(const char *folder, unsigned seed, struct flip_damage *damage)
{
	struct target target;
	struct stat st;
	char *path;
	size_t deed;

	srandom(seed);
	path = choose_file(folder);
	target.path = path;
	target.fd = open(path, O_RDWR);
	fixture_require(target.fd >= 0 && fstat(target.fd, &st) == 0, "%s",
	    path);
	target.size = st.st_size;
	target.at = choose_place(&target);
	deed = (size_t)random() % (sizeof deeds / sizeof *deeds);
	deeds[deed].run(&target);
	close(target.fd);
	snprintf(damage->file, sizeof damage->file, "%s",
	    strstr(path, "/store/") + strlen("/store/"));
	snprintf(damage->what, sizeof damage->what, "%s at %ld+%ld of %ld",
	    deeds[deed].name, (long)target.at / PAGE, (long)target.at % PAGE,
	    (long)target.size);
	if (strstr(path, "__db") == NULL && random() % 4 != 0)
		forget_memory(folder);
	free(path);
}
