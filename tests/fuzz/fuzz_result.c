#include "config.h"

#include "fuzz.h"

#include "buf.h"
#include "result.h"

static void
check_items(const struct result_page *page)
{
	struct result_reader reader = {page->items, 0};
	const char *end = page->items.data + page->items.len;
	const char *at = page->items.data;
	struct text item;
	uint32_t position, expected = 0;

	while (result_next_failed(&reader, &item, &position)) {
		fuzz_require(item.len > 0 && item.data >= at &&
				 item.data + item.len <= end,
		    "an item lies on its page, behind the one before");
		fuzz_require(position >= expected, "position %u", position);
		at = item.data + item.len;
		expected = position + 1;
	}
	fuzz_require(reader.rest.len == 0, "all was looked at");
}

/* One more item is one more, and comes last. */
static void
check_append(const char *data, size_t len, const struct result_page *page)
{
	struct buf record = {0};
	struct result_list list;
	struct result_page more;

	result_list_init(&list);
	result_refused(&list, 9, RESULT_UNREADABLE, "a \"reason\"");
	buf_add(&record, data, len);
	fuzz_require(result_page_append(&record, &list) == STATUS_OK,
	    "it is appended");
	if (page->count < UINT32_MAX) {
		fuzz_require(result_page_decode(&more, record.data,
				 record.len) == STATUS_OK &&
				 more.count == page->count + 1 &&
				 more.failed == page->failed + 1,
		    "a page of one more");
		fuzz_require(more.items.len == page->items.len +
						   list.items.len +
						   (page->items.len > 0),
		    "its bytes");
	}
	result_list_clear(&list);
	buf_clear(&record);
}

void
fuzz_result(const char *data, size_t len)
{
	struct result_page page, head;

	if (result_page_decode(&page, data, len) != STATUS_OK)
		return;
	fuzz_require(result_page_count(&head, data, RESULT_PAGE_HEAD) ==
			     STATUS_OK &&
			 head.count == page.count && head.failed == page.failed,
	    "the head has the counts");
	fuzz_require(page.failed <= page.count, "%u of %u failed", page.failed,
	    page.count);
	check_items(&page);
	check_append(data, len, &page);
}
