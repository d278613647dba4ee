/*
 * Fuzz targets: functions that take any bytes and say what must hold for
 * them. libFuzzer searches for bytes for which it does not (libfuzzer.c,
 * script/fuzz); the tests replay those that were worth keeping (replay.c).
 *
 * A target is a file fuzz_NAME.c, a line of the table in targets.c and a
 * folder corpus/NAME.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

struct buf;
struct catalogue;
struct field;

/* The bytes are in memory of exactly their size. */
typedef void fuzz_fn(const char *data, size_t len);

struct fuzz_target {
	const char *name;
	fuzz_fn *run;
};

/* The targets; a reader to come takes its place among them. */
fuzz_fn fuzz_batch;
fuzz_fn fuzz_body;
fuzz_fn fuzz_catalogue;
fuzz_fn fuzz_chunk;
fuzz_fn fuzz_conf;
fuzz_fn fuzz_contact;
fuzz_fn fuzz_csv;
fuzz_fn fuzz_form;
fuzz_fn fuzz_gzip;
fuzz_fn fuzz_header;
fuzz_fn fuzz_item;
fuzz_fn fuzz_job;
fuzz_fn fuzz_json;
fuzz_fn fuzz_query;
fuzz_fn fuzz_result;
fuzz_fn fuzz_route;
fuzz_fn fuzz_seal;
fuzz_fn fuzz_split;

extern const struct fuzz_target fuzz_targets[];
extern const size_t fuzz_target_count;

/* NULL: there is no such target. */
const struct fuzz_target *fuzz_find(const char *name);

/* Once, before any target: what they log goes nowhere. */
void fuzz_prepare(void);

/* Ends the process as a crash does, with a line, unless it holds. */
void fuzz_require(bool holds, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* That both have the same bytes, and neither lacks any. */
void fuzz_require_same(const struct buf *a, const struct buf *b,
    const char *what);

/*
 * That the buffer is JSON, as the body of an answer has to be. A list of so
 * many elements if count is not negative.
 */
void fuzz_require_json(const struct buf *json, int count, const char *what);

/* That a stored value, shown and cleaned again, is the same. */
void fuzz_require_stored(const struct field *field, struct text stored);

/* The bytes as a string, up to their first NUL; the caller frees it. */
char *fuzz_string(const char *data, size_t len);

/* The path of a file of these bytes, until the next call; borrowed. */
const char *fuzz_file(const char *data, size_t len);

/* fields.json: a field of every type, with numbers as a store binds them. */
const struct catalogue *fuzz_fields(void);

#endif
