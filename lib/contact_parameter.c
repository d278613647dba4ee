#include "config.h"

#include "contact_parameter.h"

#include "contact.h"

enum {
	REASON_MIN = 1,
	REASON_MAX = 3,
};

uint64_t
contact_parameter_number(struct text stored)
{
	struct reader reader;

	reader_init(&reader, stored.data, stored.len);
	return reader_u64(&reader);
}

void
contact_list_begin(struct buf *stored, size_t count)
{
	buf_add_u16(stored, (uint16_t)count);
}

void
contact_list_add_text(struct buf *stored, struct text text)
{
	buf_add_bytes(stored, text.data, text.len);
}

void
contact_list_add_number(struct buf *stored, uint64_t number)
{
	buf_add_u64(stored, number);
}

void
contact_list_add_channel(struct buf *stored,
    const struct contact_channel *channel)
{
	contact_list_add_text(stored, channel->channel);
	buf_add_u8(stored, (uint8_t)channel->reason);
	contact_list_add_text(stored, channel->comments);
}

size_t
contact_list_open(struct contact_list *list, struct text stored)
{
	reader_init(&list->reader, stored.data, stored.len);
	list->left = reader_u16(&list->reader);
	return list->left;
}

static struct text
read_text(struct reader *reader)
{
	struct text text;

	text.data = reader_bytes(reader, &text.len);
	return text;
}

static bool
advance(struct contact_list *list)
{
	if (list->left == 0)
		return false;
	list->left--;
	return true;
}

bool
contact_list_next_text(struct contact_list *list, struct text *text)
{
	if (!advance(list))
		return false;
	*text = read_text(&list->reader);
	return !list->reader.failed;
}

bool
contact_list_next_number(struct contact_list *list, uint64_t *number)
{
	if (!advance(list))
		return false;
	*number = reader_u64(&list->reader);
	return !list->reader.failed;
}

bool
contact_list_next_channel(struct contact_list *list,
    struct contact_channel *channel)
{
	if (!advance(list))
		return false;
	channel->channel = read_text(&list->reader);
	channel->reason = reader_u8(&list->reader);
	channel->comments = read_text(&list->reader);
	return !list->reader.failed;
}

static bool
is_texts(struct contact_list *list)
{
	struct text text;

	while (contact_list_next_text(list, &text))
		if (text.len == 0)
			return false;
	return true;
}

/* What an item can say. */
static bool
is_id(uint64_t number)
{
	return number > 0 && number <= INT64_MAX;
}

static bool
is_numbers(struct contact_list *list)
{
	uint64_t number;

	while (contact_list_next_number(list, &number))
		if (!is_id(number))
			return false;
	return true;
}

static bool
is_channels(struct contact_list *list)
{
	struct contact_channel channel;

	while (contact_list_next_channel(list, &channel))
		if (channel.channel.len == 0 || channel.reason < REASON_MIN ||
		    channel.reason > REASON_MAX)
			return false;
	return true;
}

static bool
is_number(struct text stored)
{
	return stored.len == sizeof(uint64_t) &&
	       is_id(contact_parameter_number(stored));
}

static const struct {
	bool (*check)(struct contact_list *list); /* NULL: a number */
	size_t max;
} parameters[CONTACT_PARAMETER__MAX] = {
    [CONTACT_TAGS] = {is_texts, CONTACT_TAGS_MAX},
    [CONTACT_COMPANIES] = {is_numbers, CONTACT_COMPANIES_MAX},
    [CONTACT_IP_ADDRESSES] = {is_texts, CONTACT_IPS_MAX},
    [CONTACT_DO_NOT_CONTACT] = {is_channels, CONTACT_CHANNELS_MAX},
};

bool
contact_parameter_is_valid(uint16_t number, struct text stored)
{
	struct contact_list list;
	size_t count;

	if (number < CONTACT_TAGS || number >= CONTACT_PARAMETER__MAX)
		return true;
	if (parameters[number].check == NULL)
		return is_number(stored);
	count = contact_list_open(&list, stored);
	return count > 0 && count <= parameters[number].max &&
	       parameters[number].check(&list) && reader_done(&list.reader);
}
