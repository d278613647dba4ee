/*
 * The damage test: a store at rest of which one thing in one file is changed
 * (a bit flipped, a page zeroed or filled with noise, the file cut, emptied or
 * removed) is worked on and read by processes that come back when they end,
 * as a supervisor has them. None may die of a signal or hang, none may come
 * back for ever without a line in the log that says what to do, and nothing
 * may be told that never was so.
 *
 *	flip_store [ROUNDS [SEED]]	prints TAP; 30 rounds by default
 */
#include "config.h"

#include "flip_store.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "status.h"

enum {
	ROUNDS = 30,
	SEED = 1,
	LINES = 1600, /* of jobs, results and contacts, and more */
	LIVES = 4,    /* of a program, before it counts as stuck */
	LIFE_S = 60   /* nothing here takes so long */
};

static struct {
	int rounds, whole, served, stuck, dead, mute, missing, wrong;
} total;

static struct flip_outcome before, after;

/* The exit status of one life; -signal if it died of one. */
static int
live(void (*life)(const char *), const char *folder)
{
	int status;
	pid_t pid;

	fflush(stdout);
	if ((pid = fork()) == 0) {
		alarm(LIFE_S);
		life(folder);
		_exit(EXIT_SUCCESS);
	}
	fixture_require(pid > 0 && waitpid(pid, &status, 0) == pid, "a child");
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/* Until it ends well. Returns how it ended last; counts deaths of signals. */
static int
live_on(void (*life)(const char *), const char *folder, int *dead)
{
	int rc = EXIT_TRY_AGAIN;

	for (int i = 0; i < LIVES && rc != EXIT_SUCCESS; i++)
		if ((rc = live(life, folder)) < 0)
			++*dead;
	return rc;
}

static bool
log_says_what_to_do(const char *folder)
{
	char path[64], line[1024];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof path, "%s/log", folder);
	file = fopen(path, "r");
	while (file != NULL && fgets(line, sizeof line, file) != NULL)
		found = found || strstr(line, " hint=") != NULL;
	if (file != NULL)
		fclose(file);
	return found;
}

static void
judge(const struct flip_verdict *verdict, bool hinted)
{
	bool whole = verdict->waiting + verdict->reported + verdict->missing +
			 verdict->wrong ==
		     0;

	printf("right=%d waiting=%d reported=%d missing=%d wrong=%d",
	    verdict->right, verdict->waiting, verdict->reported,
	    verdict->missing, verdict->wrong);
	total.whole += whole;
	total.served += !whole;
	total.wrong += verdict->wrong;
	total.missing += verdict->reported > 0 ? 0 : verdict->missing;
	total.mute += !whole && !hinted;
	printf("%s", whole || hinted ? "" : " mute");
}

static void
run_round(unsigned seed)
{
	struct flip_damage damage;
	struct flip_outcome told;
	struct flip_verdict verdict;
	int dead = 0, worked, rc;
	bool hinted;

	flip_copy("origin", "round");
	flip_damage("round", seed, &damage);
	worked = live_on(flip_work, "round", &dead);
	rc = live_on(flip_tell, "round", &dead);
	printf("# seed %u: %s %s: work=%d tell=%d dead=%d ", seed, damage.file,
	    damage.what, worked, rc, dead);
	total.rounds++;
	total.dead += dead;
	if (rc == EXIT_SUCCESS) {
		flip_outcome_load(&told, "round");
		verdict = flip_compare(&before, &after, &told);
		judge(&verdict, log_says_what_to_do("round"));
		flip_outcome_clear(&told);
	} else {
		total.stuck++;
		hinted = log_says_what_to_do("round");
		total.mute += !hinted;
		printf("%s", hinted ? "refused" : "mute");
	}
	printf("\n");
}

static void
check(int n, const char *name, int bad)
{
	printf("%s %d - %s%s\n", bad == 0 ? "ok" : "not ok", n, name,
	    bad == 0 ? "" : "; see the rounds above");
}

static void
expect_life(void (*life)(const char *), const char *folder)
{
	fixture_require(live(life, folder) == EXIT_SUCCESS,
	    "a store that works as it is");
}

int
main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : ROUNDS;
	unsigned seed = argc > 2 ? (unsigned)atoi(argv[2]) : SEED;

	flip_make("origin");
	flip_copy("origin", "round");
	expect_life(flip_tell, "round");
	flip_outcome_load(&before, "round");
	expect_life(flip_work, "round");
	expect_life(flip_tell, "round");
	flip_outcome_load(&after, "round");
	fixture_require(after.count > LINES, "all that there is to tell");
	for (int i = 0; i < rounds; i++)
		run_round(seed + (unsigned)i);
	printf("# %d rounds: %d as without damage, %d with what is damaged "
	       "reported, %d refused with what to do\n",
	    total.rounds, total.whole, total.served, total.stuck);
	check(1, "no program dies of a signal or hangs", total.dead);
	check(2, "nothing is told that never was so", total.wrong);
	check(3, "nothing goes missing without a word", total.missing);
	check(4, "the log says what to do", total.mute);
	printf("1..4\n");
	flip_outcome_clear(&before);
	flip_outcome_clear(&after);
	return total.dead + total.wrong + total.missing + total.mute > 0;
}
