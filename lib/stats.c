#include "config.h"

#include "stats.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

const int64_t stats_bounds[STATS_BOUNDS] = {500, 1000, 2500, 5000, 10000, 25000,
    50000, 100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000};

typedef _Atomic uint64_t number;

/* The bytes of the file, in the order of the machine. */
struct block {
	number layout; /* who may count here */
	number counters[STATS_COUNTER__MAX];
	struct {
		number counts[STATS_BOUNDS + 1];
		number microseconds;
	} histograms[STATS_HISTOGRAM__MAX];
	number answers[STATS_ROUTES][STATS_METHODS][STATS_CODES];
};

enum { NUMBERS = sizeof(struct block) / sizeof(number) };

static struct block own;
static struct block *block = &own;

/* Whatever a number may mean in another version, it is not counted on. */
static uint64_t
own_layout(void)
{
	uint64_t hash = 0xcbf29ce484222325; /* FNV-1a */

	for (const char *at = PACKAGE_VERSION; *at != '\0'; at++)
		hash = (hash ^ (unsigned char)*at) * 0x100000001b3;
	return (hash ^ sizeof(struct block)) * 0x100000001b3;
}

/* Two that take it over at the same time may lose what each counted first. */
static void
take_over(struct block *shared)
{
	number *numbers = &shared->layout;
	uint64_t layout = own_layout();

	if (atomic_load(&shared->layout) == layout)
		return;
	for (int i = 1; i < NUMBERS; i++)
		atomic_store_explicit(&numbers[i], 0, memory_order_relaxed);
	atomic_store(&shared->layout, layout);
}

/*
 * Space is taken at once, also in a copy that was made with holes: a mapped
 * page that finds none kills its process.
 */
static struct block *
map(int fd)
{
	struct block *shared;
	int rc = posix_fallocate(fd, 0, sizeof *shared);

	if (rc != 0) {
		errno = rc;
		return NULL;
	}
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED,
	    fd, 0);
	return shared == MAP_FAILED ? NULL : shared;
}

static void
add(number *n, uint64_t count)
{
	atomic_fetch_add_explicit(n, count, memory_order_relaxed);
}

static void
move(struct block *from, struct block *to)
{
	number *numbers = &from->layout, *sums = &to->layout;

	for (int i = 1; i < NUMBERS; i++)
		add(&sums[i], atomic_exchange(&numbers[i], 0));
}

int
stats_open(const char *path)
{
	struct block *before = block, *shared;
	int error, fd;

	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -1;
	shared = map(fd);
	error = errno;
	close(fd);
	if (shared == NULL) {
		errno = error;
		return -1;
	}
	take_over(shared);
	block = shared;
	if (before == &own)
		move(&own, shared);
	else
		munmap(before, sizeof *before);
	return 0;
}

/* ---- counting */

void
stats_add(enum stats_counter counter, uint64_t count)
{
	add(&block->counters[counter], count);
}

void
stats_observe(enum stats_histogram histogram, int64_t microseconds)
{
	int i = 0;

	while (i < STATS_BOUNDS && microseconds > stats_bounds[i])
		i++;
	add(&block->histograms[histogram].counts[i], 1);
	add(&block->histograms[histogram].microseconds, (uint64_t)microseconds);
}

void
stats_add_answer(unsigned route, unsigned method, unsigned code)
{
	add(&block->answers[route][method][code], 1);
}

/* ---- reading */

static uint64_t
value(const number *n)
{
	return atomic_load_explicit(n, memory_order_relaxed);
}

uint64_t
stats_get(enum stats_counter counter)
{
	return value(&block->counters[counter]);
}

uint64_t
stats_get_answers(unsigned route, unsigned method, unsigned code)
{
	return value(&block->answers[route][method][code]);
}

void
stats_get_distribution(enum stats_histogram histogram,
    struct stats_distribution *distribution)
{
	for (int i = 0; i <= STATS_BOUNDS; i++)
		distribution->counts[i] =
		    value(&block->histograms[histogram].counts[i]);
	distribution->microseconds =
	    value(&block->histograms[histogram].microseconds);
}
