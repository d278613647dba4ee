#include "config.h"

#include "report.h"

#include <stdio.h>

#include "buf.h"

#define ROW_FORMAT "%-9s %-41s %-28s %-35s %-20s %s\n"

static bool as_json, any;
static unsigned goals, missed;
static struct buf names; /* of what was missed */

static double
median(const struct series *series)
{
	return series_quantile(series, 0.5);
}

static bool
is_met(const struct report_line *line, double value)
{
	return line->goal == REPORT_NO_GOAL ||
	       (line->goal == REPORT_AT_MOST ? value <= line->limit
					     : value >= line->limit);
}

void
report_begin(bool json)
{
	as_json = json;
	any = false;
	if (json)
		printf("[");
	else
		printf(ROW_FORMAT, "row", "what", "here: median (min..max)",
		    "beside it", "ratio", "goal");
}

/* Four digits that count. */
static void
print_number(char *text, size_t size, double value)
{
	int digits = value < 0      ? 0
		     : value < 10   ? 3
		     : value < 100  ? 2
		     : value < 1000 ? 1
				    : 0;

	snprintf(text, size, "%.*f", digits, value);
}

static void
print_series(char *text, size_t size, const struct series *series)
{
	char middle[32], least[32], most[32];

	print_number(middle, sizeof middle, median(series));
	print_number(least, sizeof least, series_quantile(series, 0));
	print_number(most, sizeof most, series_quantile(series, 1));
	if (series->count > 1)
		snprintf(text, size, "%s (%s..%s)", middle, least, most);
	else
		snprintf(text, size, "%s", middle);
}

static void
print_row(const struct report_line *line, const struct series *ratios, bool met)
{
	char what[80], here[100], beside[140] = "", ratio[100] = "";
	char goal[64] = "", limit[32], other[100];

	snprintf(what, sizeof what, "%s, %s", line->what, line->unit);
	print_series(here, sizeof here, &line->here);
	if (line->beside != NULL) {
		print_series(other, sizeof other, &line->other);
		snprintf(beside, sizeof beside, "%s %s", line->beside, other);
		print_series(ratio, sizeof ratio, ratios);
	}
	if (line->goal != REPORT_NO_GOAL) {
		print_number(limit, sizeof limit, line->limit);
		snprintf(goal, sizeof goal, "%s %s %s",
		    line->goal == REPORT_AT_MOST ? "<=" : ">=", limit,
		    met ? "met" : "MISSED");
	}
	printf(ROW_FORMAT, line->row, what, here, beside, ratio, goal);
	fflush(stdout);
}

static void
print_json_series(const char *name, const struct series *series)
{
	printf(",\"%s\":{\"median\":%.9g,\"min\":%.9g,\"max\":%.9g,"
	       "\"rounds\":%zu}",
	    name, median(series), series_quantile(series, 0),
	    series_quantile(series, 1), series->count);
}

/* No text of ours needs an escape. */
static void
print_json(const struct report_line *line, const struct series *ratios,
    bool met)
{
	printf("%s\n{\"row\":\"%s\",\"what\":\"%s\",\"unit\":\"%s\"",
	    any ? "," : "", line->row, line->what, line->unit);
	print_json_series("here", &line->here);
	if (line->beside != NULL) {
		printf(",\"beside\":\"%s\"", line->beside);
		print_json_series("other", &line->other);
		print_json_series("ratio", ratios);
	}
	if (line->goal != REPORT_NO_GOAL)
		printf(",\"goal\":\"%s\",\"limit\":%.9g,\"met\":%s",
		    line->goal == REPORT_AT_MOST ? "at most" : "at least",
		    line->limit, met ? "true" : "false");
	printf("}");
	fflush(stdout);
}

void
report_add(const struct report_line *line)
{
	struct report_line copy = *line;
	struct series ratios = {0};
	bool met;

	series_divide(&line->here, &line->other, &ratios);
	met =
	    is_met(line, median(line->beside != NULL ? &ratios : &line->here));
	(as_json ? print_json : print_row)(line, &ratios, met);
	goals += line->goal != REPORT_NO_GOAL;
	missed += !met;
	if (!met)
		buf_printf(&names, "%s %s (%s)", missed > 1 ? ";" : "",
		    line->row, line->what);
	any = true;
	series_clear(&ratios);
	series_clear(&copy.here);
	series_clear(&copy.other);
}

void
report_note(const char *row, const char *text)
{
	if (!as_json)
		printf("%-9s %s\n", row, text);
}

bool
report_end(void)
{
	if (as_json)
		printf("\n]\n");
	else if (missed > 0)
		printf("goals: %u of %u missed:%s\n", missed, goals,
		    buf_str(&names));
	else
		printf("goals: all %u met\n", goals);
	buf_clear(&names);
	return missed == 0;
}
