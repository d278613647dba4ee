#include "config.h"

#include "contact_csv_show.h"

#include <inttypes.h>
#include <string.h>

#include "buf.h"
#include "clock.h"
#include "contact.h"
#include "contact_parameter.h"
#include "csv.h"

/* What a row is written with. */
struct row {
	struct buf *out;
	bool raw;
	bool begun; /* there is a cell before */
};

/* ---- what a spreadsheet would run */

/* Behind its sign: "-0.5", "+49 (30) 901820". */
static bool
is_number(char sign, struct text rest)
{
	const char *others = sign == '+' ? " ()-./" : ".";
	bool digit = false;

	for (size_t i = 0; i < rest.len; i++)
		if (rest.data[i] >= '0' && rest.data[i] <= '9')
			digit = true;
		else if (rest.data[i] == '\0' ||
			 strchr(others, rest.data[i]) == NULL)
			return false;
	return digit;
}

/* What reading would take an apostrophe off gets one more. */
static bool
needs_guard(struct text cell)
{
	struct text guarded, rest = cell;

	while (rest.len > 0 && rest.data[0] == '\'')
		rest = (struct text){rest.data + 1, rest.len - 1};
	if (rest.len < cell.len) {
		guarded = csv_unguarded(cell);
		return guarded.len < cell.len;
	}
	if (cell.len == 0 || cell.data[0] == '\0' ||
	    strchr("=+-@\t\r", cell.data[0]) == NULL)
		return false;
	return (cell.data[0] != '+' && cell.data[0] != '-') ||
	       !is_number(cell.data[0],
		   (struct text){cell.data + 1, cell.len - 1});
}

static void
add_cell(struct row *row, struct text cell)
{
	struct buf guarded = {0};

	if (row->begun)
		buf_add_char(row->out, ',');
	row->begun = true;
	if (row->raw || !needs_guard(cell)) {
		csv_add_cell(row->out, cell);
		return;
	}
	buf_add_char(&guarded, '\'');
	buf_add(&guarded, cell.data, cell.len);
	if (guarded.failed)
		row->out->failed = true;
	else
		csv_add_cell(row->out,
		    (struct text){guarded.data, guarded.len});
	buf_clear(&guarded);
}

static void
add_built(struct row *row, struct buf *cell)
{
	const char *text = buf_str(cell);

	if (text == NULL)
		row->out->failed = true;
	else
		add_cell(row, (struct text){text, cell->len});
	buf_clear(cell);
}

/* ---- what a contact has beside its fields */

static void
add_number(struct row *row, uint64_t number)
{
	struct buf cell = {0};

	buf_printf(&cell, "%" PRIu64, number);
	add_built(row, &cell);
}

static void
add_date(struct row *row, int64_t seconds)
{
	char date[CLOCK_DATE_SIZE];

	clock_format_iso(seconds, date);
	add_cell(row, text_of(date));
}

static void
show_number(struct row *row, struct text stored)
{
	add_number(row, contact_parameter_number(stored));
}

/* With commas between them; as JSON where that would not be read back. */
static void
show_texts(struct row *row, struct text stored)
{
	struct contact_list list;
	struct buf plain = {0}, json = {0};
	bool good = true;
	struct text text;

	contact_list_open(&list, stored);
	while (contact_list_next_text(&list, &text)) {
		good = good && memchr(text.data, ',', text.len) == NULL &&
		       !(plain.len == 0 && text.data[0] == '[');
		if (plain.len > 0)
			buf_add_char(&plain, ',');
		buf_add(&plain, text.data, text.len);
		buf_add_char(&json, json.len > 0 ? ',' : '[');
		buf_add_json(&json, text.data, text.len);
	}
	buf_add_char(&json, ']');
	add_built(row, good ? &plain : &json);
	buf_clear(&plain);
	buf_clear(&json);
}

static void
show_numbers(struct row *row, struct text stored)
{
	struct contact_list list;
	struct buf cell = {0};
	uint64_t number;

	contact_list_open(&list, stored);
	while (contact_list_next_number(&list, &number))
		buf_printf(&cell, "%s%" PRIu64, cell.len > 0 ? "," : "",
		    number);
	add_built(row, &cell);
}

static void
show_channels(struct row *row, struct text stored)
{
	struct buf cell = {0};

	contact_show_channels(stored, &cell);
	add_built(row, &cell);
}

static const struct {
	const char *name;
	enum contact_parameter number;
	void (*show)(struct row *row, struct text stored);
} parameters[] = {
    {"tags", CONTACT_TAGS, show_texts},
    {"owner", CONTACT_OWNER, show_number},
    {"stage", CONTACT_STAGE, show_number},
    {"companies", CONTACT_COMPANIES, show_numbers},
    {"ipAddresses", CONTACT_IP_ADDRESSES, show_texts},
    {"doNotContact", CONTACT_DO_NOT_CONTACT, show_channels},
};

enum { PARAMETERS = sizeof parameters / sizeof *parameters };

/* ---- rows */

void
contact_csv_show_header(const struct catalogue *catalogue, struct buf *out)
{
	struct row row = {.out = out, .raw = true};

	add_cell(&row, text_of("id"));
	add_cell(&row, text_of("dateAdded"));
	add_cell(&row, text_of("dateModified"));
	for (size_t i = 0; i < catalogue->count; i++)
		add_cell(&row, text_of(catalogue->fields[i].alias));
	for (int i = 0; i < PARAMETERS; i++)
		add_cell(&row, text_of(parameters[i].name));
	buf_add_str(out, "\r\n");
}

void
contact_csv_show(const struct contact *contact,
    const struct catalogue *catalogue, bool raw, struct buf *out)
{
	struct row row = {.out = out, .raw = raw};

	add_number(&row, contact->id);
	add_date(&row, contact->added);
	add_date(&row, contact->modified);
	for (size_t i = 0; i < catalogue->count; i++)
		add_cell(&row,
		    contact_get(contact, catalogue->fields[i].number));
	for (int i = 0; i < PARAMETERS; i++) {
		struct text stored =
		    contact_get(contact, (uint16_t)parameters[i].number);

		if (stored.len == 0)
			add_cell(&row, stored);
		else
			parameters[i].show(&row, stored);
	}
	buf_add_str(out, "\r\n");
}
