#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "fixture.h"
#include "text.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

/* A prime: its multiples run through any number of contacts that is not one
 * of its own multiples, far from one to the next. */
#define STRIDE UINT64_C(7368787)

static const char *const first_names[] = {"Anna", "Bertrand", "Chiara",
    "Dmitri", "Émilie", "Friedrich", "Gwendolyn", "Håkon", "Ines", "João",
    "Katarzyna"};
static const char *const last_names[] = {"Almqvist", "Beauchamp", "Castellani",
    "Dąbrowski", "Eriksen", "Fernández", "García", "Hofstätter", "Ionescu"};
static const char *const cities[] = {"Aarhus", "Bologna", "Cluj-Napoca",
    "Düsseldorf", "Eindhoven", "Firenze", "Göteborg"};
static const char *const countries[] = {"Denmark", "Italy", "Romania",
    "Germany", "Netherlands", "Italy", "Sweden"};

#define PICK(names, number) ((names)[(number) % COUNT(names)])

size_t
contacts_email(uint64_t number, char email[64])
{
	return (size_t)snprintf(email, 64,
	    "contact.%08" PRIu64 "@mail-%u.example.com", number,
	    (unsigned)(number * STRIDE % 97));
}

static void
add_values(struct buf *body, uint64_t n)
{
	buf_printf(body,
	    "\"firstname\":\"%s\",\"lastname\":\"%s\","
	    "\"company\":\"%s & Partners %u\",\"position\":\"Engineer\","
	    "\"phone\":\"+49 30 %07u\",\"address1\":\"Example Street %u\","
	    "\"city\":\"%s\",\"zipcode\":\"%05u\",\"country\":\"%s\","
	    "\"website\":\"https://www.example.com/%" PRIu64 "\","
	    "\"points\":%u,\"tags\":[\"import\",\"group-%u\"]",
	    PICK(first_names, n), PICK(last_names, n / 3),
	    PICK(last_names, n / 7), (unsigned)(n % 1000),
	    (unsigned)(n * STRIDE % 10000000), (unsigned)(n % 300),
	    PICK(cities, n), (unsigned)(n * STRIDE % 100000),
	    PICK(countries, n), n, (unsigned)(n % 500), (unsigned)(n % 20));
}

static void
make(struct contacts *contacts, uint32_t count)
{
	*contacts = (struct contacts){.count = count};
	contacts->at = calloc((size_t)count + 1, sizeof *contacts->at);
	fixture_require(contacts->at != NULL, "memory");
}

/* Each has its comma or bracket in front. */
static void
begin_one(struct contacts *contacts, uint32_t i)
{
	buf_add_char(&contacts->body, i == 0 ? '[' : ',');
	contacts->at[i] = contacts->body.len;
}

static void
end_all(struct contacts *contacts)
{
	contacts->at[contacts->count] = contacts->body.len + 1;
	buf_add_char(&contacts->body, ']');
	fixture_require(!contacts->body.failed, "memory");
}

void
contacts_make_new(struct contacts *contacts, uint64_t first, uint32_t count)
{
	char email[64];

	make(contacts, count);
	contacts->first = first;
	for (uint32_t i = 0; i < count; i++) {
		begin_one(contacts, i);
		contacts_email(first + i, email);
		buf_printf(&contacts->body, "{\"email\":\"%s\",", email);
		add_values(&contacts->body, first + i);
		buf_add_char(&contacts->body, '}');
	}
	end_all(contacts);
}

void
contacts_make_edits(struct contacts *contacts, uint64_t most, uint32_t count)
{
	static uint64_t edits;

	fixture_require(most % STRIDE != 0 && count <= most,
	    "more contacts than edits");
	make(contacts, count);
	contacts->ids = calloc(count, sizeof *contacts->ids);
	fixture_require(contacts->ids != NULL, "memory");
	for (uint32_t i = 0; i < count; i++) {
		uint64_t id = edits++ * STRIDE % most + 1;

		contacts->ids[i] = id;
		begin_one(contacts, i);
		buf_printf(&contacts->body, "{\"id\":%" PRIu64 ",", id);
		add_values(&contacts->body, edits * STRIDE % 1000003);
		buf_add_char(&contacts->body, '}');
	}
	end_all(contacts);
}

void
contacts_clear(struct contacts *contacts)
{
	buf_clear(&contacts->body);
	free(contacts->at);
	free(contacts->ids);
	*contacts = (struct contacts){0};
}

struct text
contacts_text(const struct contacts *contacts, uint32_t n)
{
	return (struct text){contacts->body.data + contacts->at[n],
	    contacts->at[n + 1] - contacts->at[n] - 1};
}
