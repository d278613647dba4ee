#include "config.h"

#include "result.h"

#include <endian.h>
#include <inttypes.h>
#include <string.h>

enum {
	CODE_UPDATED = 200,
	CODE_CREATED = 201,
	CODE_WRONG = 400,
	CODE_NOT_FOUND = 404,
	CODE_NOT_UNIQUE = 422,
	CODE_NOT_PROCESSED = 500,
};

static const struct {
	int code;
	const char *message; /* a reason may follow */
	const char *type;    /* as JSON */
} refusals[RESULT_REFUSAL__MAX] = {
    [RESULT_NOT_FOUND] = {CODE_NOT_FOUND, "Item was not found.", "\"api\""},
    [RESULT_NO_OBJECT] = {CODE_WRONG, "A contact must be an object.", "null"},
    [RESULT_TOO_LARGE] = {CODE_WRONG, "This contact is too large.", "null"},
    [RESULT_UNREADABLE] = {CODE_WRONG, "This contact cannot be read: ", "null"},
    [RESULT_NOT_PROCESSED] = {CODE_NOT_PROCESSED,
	"This contact could not be processed.", "null"},
};

void
result_list_init(struct result_list *list)
{
	memset(list, 0, sizeof(*list));
}

void
result_list_reset(struct result_list *list)
{
	buf_reset(&list->items);
	list->created = list->updated = list->failed = 0;
}

void
result_list_clear(struct result_list *list)
{
	buf_clear(&list->items);
	result_list_reset(list);
}

static void
begin_item(struct buf *items, uint64_t id, int code)
{
	if (items->len > 0)
		buf_add_char(items, ',');
	if (id == 0)
		buf_add_str(items, "{\"id\":null");
	else
		buf_printf(items, "{\"id\":%" PRIu64, id);
	buf_printf(items, ",\"statusCode\":%d", code);
}

void
result_created(struct result_list *list, uint64_t id)
{
	begin_item(&list->items, id, CODE_CREATED);
	buf_add_char(&list->items, '}');
	list->created++;
}

void
result_updated(struct result_list *list, uint64_t id)
{
	begin_item(&list->items, id, CODE_UPDATED);
	buf_add_char(&list->items, '}');
	list->updated++;
}

static void
add_json(struct buf *items, const struct buf *text)
{
	buf_add_json(items, text->data, text->len);
	items->failed |= text->failed;
}

static void
add_message(struct buf *items, const struct result_error *errors, size_t count,
    struct buf *scratch)
{
	buf_reset(scratch);
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_add_str(scratch, ", ");
		buf_add(scratch, errors[i].name.data, errors[i].name.len);
		buf_add_str(scratch, ": ");
		field_error_text(errors[i].error, errors[i].limit, scratch);
	}
	add_json(items, scratch);
}

static void
add_details(struct buf *items, const struct result_error *errors, size_t count,
    struct buf *scratch)
{
	for (size_t i = 0; i < count; i++) {
		buf_add_char(items, i == 0 ? '{' : ',');
		buf_add_json(items, errors[i].name.data, errors[i].name.len);
		buf_add_str(items, ":[");
		buf_reset(scratch);
		field_error_text(errors[i].error, errors[i].limit, scratch);
		add_json(items, scratch);
		buf_add_char(items, ']');
	}
	buf_add_char(items, '}');
}

static int
code_of(const struct result_error *errors, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (errors[i].error == FIELD_NOT_UNIQUE)
			return CODE_NOT_UNIQUE;
	return CODE_WRONG;
}

void
result_failed(struct result_list *list, uint64_t id,
    const struct result_error *errors, size_t count)
{
	int code = code_of(errors, count);
	struct buf *items = &list->items;
	struct buf scratch;

	buf_init(&scratch);
	begin_item(items, id, code);
	buf_printf(items, ",\"errors\":{\"code\":%d,\"message\":", code);
	add_message(items, errors, count, &scratch);
	buf_add_str(items, ",\"details\":");
	add_details(items, errors, count, &scratch);
	buf_add_str(items, ",\"type\":null}}");
	buf_clear(&scratch);
	list->failed++;
}

void
result_refused(struct result_list *list, uint64_t id,
    enum result_refusal refusal, const char *reason)
{
	int code = refusals[refusal].code;
	struct buf *items = &list->items;
	struct buf message;

	buf_init(&message);
	buf_add_str(&message, refusals[refusal].message);
	if (refusal == RESULT_UNREADABLE && reason != NULL) {
		buf_add_str(&message, reason);
		buf_add_char(&message, '.');
	}
	begin_item(items, id, code);
	buf_printf(items, ",\"errors\":{\"code\":%d,\"message\":", code);
	add_json(items, &message);
	buf_printf(items, ",\"details\":{},\"type\":%s}}",
	    refusals[refusal].type);
	buf_clear(&message);
	list->failed++;
}

/* ---- pages */

enum {
	PAGE_VERSION = 1,
	PAGE_COUNT = 1, /* offsets of the head's two numbers */
	PAGE_FAILED = 5,
};

static void
page_put(struct buf *record, size_t offset, uint32_t number)
{
	number = htobe32(number);
	memcpy(record->data + offset, &number, sizeof(number));
}

enum status
result_page_append(struct buf *record, const struct result_list *list)
{
	struct result_page page = {0};
	size_t len = record->len;

	if (list->items.failed)
		return STATUS_NO_MEMORY;
	if (len > 0 && result_page_decode(&page, record->data, len) != 0)
		return STATUS_DAMAGED;
	if (len == 0) {
		buf_add_u8(record, PAGE_VERSION);
		buf_add_u32(record, 0);
		buf_add_u32(record, 0);
	}
	if (page.items.len > 0 && list->items.len > 0)
		buf_add_char(record, ',');
	buf_add(record, list->items.data, list->items.len);
	if (record->failed) {
		record->len = len;
		return STATUS_NO_MEMORY;
	}
	page.count += list->created + list->updated + list->failed;
	page.failed += list->failed;
	page_put(record, PAGE_COUNT, page.count);
	page_put(record, PAGE_FAILED, page.failed);
	return STATUS_OK;
}

enum status
result_page_count(struct result_page *page, const void *record, size_t len)
{
	struct reader reader;

	reader_init(&reader, record, len);
	if (reader_u8(&reader) != PAGE_VERSION)
		return STATUS_DAMAGED;
	page->count = reader_u32(&reader);
	page->failed = reader_u32(&reader);
	return reader.failed || page->failed > page->count ? STATUS_DAMAGED
							   : STATUS_OK;
}

enum status
result_page_decode(struct result_page *page, const void *record, size_t len)
{
	if (result_page_count(page, record, len) != STATUS_OK ||
	    (page->count == 0) != (len == RESULT_PAGE_HEAD))
		return STATUS_DAMAGED;
	page->items = (struct text){(const char *)record + RESULT_PAGE_HEAD,
	    len - RESULT_PAGE_HEAD};
	return STATUS_OK;
}

/* ---- items of a page */

/* Bytes of the object in front; its own strings may hold any bracket. */
static size_t
object_size(struct text text)
{
	bool in_string = false;
	int depth = 0;

	for (size_t i = 0; i < text.len; i++) {
		char byte = text.data[i];

		if (in_string && byte == '\\')
			i++;
		else if (byte == '"')
			in_string = !in_string;
		else if (!in_string && byte == '{')
			depth++;
		else if (!in_string && byte == '}' && --depth == 0)
			return i + 1;
	}
	return text.len;
}

/* Its id, a number or null, and its code stand in front of all strings. */
static bool
is_failed(struct text item)
{
	static const char name[] = "\"statusCode\":";
	const size_t len = sizeof name - 1;
	const char *at = memmem(item.data, item.len, name, len);

	return at != NULL && at + len < item.data + item.len && at[len] >= '4';
}

bool
result_next(struct result_reader *reader, struct text *item, uint32_t *position)
{
	struct text *rest = &reader->rest;
	size_t size, comma;

	if (rest->len == 0)
		return false;
	size = object_size(*rest);
	comma = size < rest->len;
	*item = (struct text){rest->data, size};
	*position = reader->position++;
	rest->data += size + comma;
	rest->len -= size + comma;
	return true;
}

bool
result_next_failed(struct result_reader *reader, struct text *item,
    uint32_t *position)
{
	while (result_next(reader, item, position))
		if (is_failed(*item))
			return true;
	return false;
}

uint64_t
result_id(struct text item)
{
	static const char name[] = "{\"id\":";
	const size_t len = sizeof name - 1;
	size_t digits = len;

	if (item.len < len || memcmp(item.data, name, len) != 0)
		return 0;
	while (digits < item.len && item.data[digits] != ',')
		digits++;
	return text_positive((struct text){item.data + len, digits - len});
}
