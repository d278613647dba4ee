#include "config.h"

#include "item_parameter_json.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <string.h>

#include "item.h"
#include "value_json.h"

enum status
item_wrong(enum field_error *error, enum field_error why)
{
	*error = why;
	return STATUS_INVALID;
}

enum status
item_copy_text(struct item *item, struct text from, struct text *to)
{
	to->data = pool_copy(&item->pool, from.data, from.len);
	to->len = from.len;
	return to->data != NULL ? STATUS_OK : STATUS_NO_MEMORY;
}

/* ---- numbers */

static enum status
read_number(const struct json_t *json, struct item_number *number,
    enum field_error *error)
{
	struct value value = value_from_json(json);

	number->value = value_positive(&value);
	if (number->value > 0)
		number->state = ITEM_NUMBER_SET;
	else if (value_is_cleared(&value))
		number->state = ITEM_NUMBER_CLEAR;
	else if (!value_is_blank(&value))
		return item_wrong(error, FIELD_NOT_VALID);
	return STATUS_OK;
}

static enum status
read_owner(struct item *item, const struct json_t *json,
    enum field_error *error)
{
	return read_number(json, &item->owner, error);
}

static enum status
read_stage(struct item *item, const struct json_t *json,
    enum field_error *error)
{
	return read_number(json, &item->stage, error);
}

static bool
has_company(const struct item *item, uint64_t company)
{
	for (size_t i = 0; i < item->company_count; i++)
		if (item->companies[i] == company)
			return true;
	return false;
}

static enum status
read_companies(struct item *item, const struct json_t *json,
    enum field_error *error)
{
	size_t count = json_array_size(json);
	struct value value = value_from_json(json);

	if (!json_is_array(json))
		return value_is_blank(&value)
			   ? STATUS_OK
			   : item_wrong(error, FIELD_NOT_VALID);
	if (count > CONTACT_COMPANIES_MAX)
		return item_wrong(error, FIELD_TOO_LONG);
	item->companies = item_alloc(item, count * sizeof(*item->companies));
	if (item->companies == NULL)
		return STATUS_NO_MEMORY;
	for (size_t i = 0; i < count; i++) {
		uint64_t company;

		value = value_from_json(json_array_get(json, i));
		company = value_positive(&value);
		if (company == 0)
			return item_wrong(error, FIELD_NOT_VALID);
		if (!has_company(item, company))
			item->companies[item->company_count++] = company;
	}
	item->has_companies = true;
	return STATUS_OK;
}

/* ---- addresses */

/* The one spelling of an address; false if it is none. */
static bool
spell_address(struct text text, char spelling[INET6_ADDRSTRLEN])
{
	static const int families[] = {AF_INET, AF_INET6};
	char sent[INET6_ADDRSTRLEN];
	struct in6_addr address; /* room for either */

	text = text_trim(text);
	if (text.len >= sizeof(sent) || text_has_nul(text))
		return false;
	memcpy(sent, text.data, text.len);
	sent[text.len] = '\0';
	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++)
		if (inet_pton(families[i], sent, &address) == 1)
			return inet_ntop(families[i], &address, spelling,
				   INET6_ADDRSTRLEN) != NULL;
	return false;
}

static enum status
add_address(struct item *item, const struct json_t *json,
    enum field_error *error)
{
	struct value value = value_from_json(json);
	char spelling[INET6_ADDRSTRLEN];

	if (value_is_blank(&value))
		return STATUS_OK;
	if (!spell_address(value.text, spelling))
		return item_wrong(error, FIELD_NOT_VALID);
	return item_copy_text(item, text_of(spelling),
	    &item->ip_addresses[item->ip_address_count++]);
}

/* Room for more addresses behind those of the other parameter. */
static enum status
reserve_addresses(struct item *item, size_t more)
{
	size_t count = item->ip_address_count;
	struct text *old = item->ip_addresses;

	item->ip_addresses = item_alloc(item, (count + more) * sizeof(*old));
	if (item->ip_addresses == NULL)
		return STATUS_NO_MEMORY;
	if (count > 0)
		memcpy(item->ip_addresses, old, count * sizeof(*old));
	return STATUS_OK;
}

static enum status
read_address(struct item *item, const struct json_t *json,
    enum field_error *error)
{
	if (reserve_addresses(item, 1) != STATUS_OK)
		return STATUS_NO_MEMORY;
	return add_address(item, json, error);
}

static enum status
read_addresses(struct item *item, const struct json_t *json,
    enum field_error *error)
{
	size_t count = json_array_size(json);
	enum status status = STATUS_OK;

	if (!json_is_array(json))
		return item_wrong(error, FIELD_NOT_VALID);
	if (reserve_addresses(item, count) != STATUS_OK)
		return STATUS_NO_MEMORY;
	for (size_t i = 0; status == STATUS_OK && i < count; i++)
		status = add_address(item, json_array_get(json, i), error);
	return status;
}

/* ---- the table */

static enum status
read_overwrite(struct item *item, const struct json_t *json,
    enum field_error *error)
{
	struct value value = value_from_json(json);

	(void)error;
	item->overwrite_with_blank = value_is_true(&value);
	return STATUS_OK;
}

static enum status
read_id(struct item *item, const struct json_t *json, enum field_error *error)
{
	struct value value = value_from_json(json);

	(void)error;
	item->id = value_positive(&value);
	return STATUS_OK;
}

static enum status
read_unsupported(struct item *item, const struct json_t *json,
    enum field_error *error)
{
	(void)item, (void)json;
	return item_wrong(error, FIELD_NOT_SUPPORTED);
}

static const struct parameter {
	const char *key;
	item_reader *read; /* NULL: a read-only member, ignored */
	bool takes_blank;
	enum item_parameter error; /* of those that may be wrong */
} parameters[] = {
    {"id", read_id, true, ITEM_PARAMETER__MAX},
    {"tags", item_read_tags, false, ITEM_TAGS},
    {"companies", read_companies, true, ITEM_COMPANIES},
    {"owner", read_owner, true, ITEM_OWNER},
    {"stage", read_stage, true, ITEM_STAGE},
    {"ipAddress", read_address, false, ITEM_IP_ADDRESS},
    {"ipAddresses", read_addresses, false, ITEM_IP_ADDRESSES},
    {"doNotContact", item_read_channels, false, ITEM_DO_NOT_CONTACT},
    {"overwriteWithBlank", read_overwrite, true, ITEM_PARAMETER__MAX},
    {"frequencyRules", read_unsupported, false, ITEM_FREQUENCY_RULES},
    {"utmtags", read_unsupported, false, ITEM_UTMTAGS},
    {.key = "lastActive"}, /* item_json.c reads it as a field */
    {.key = "dateAdded"},
    {.key = "dateModified"},
    {.key = "dateIdentified"},
    {.key = "createdBy"},
    {.key = "createdByUser"},
    {.key = "modifiedBy"},
    {.key = "modifiedByUser"},
    {.key = "checkedOut"},
    {.key = "checkedOutBy"},
    {.key = "checkedOutByUser"},
    {.key = "isPublished"},
    {.key = "color"},
    {.key = "fields"},
    {.key = "preferredProfileImage"},
};

static const struct parameter *
find_parameter(struct text key)
{
	for (size_t i = 0; i < sizeof(parameters) / sizeof(*parameters); i++)
		if (text_equals(key, parameters[i].key))
			return &parameters[i];
	return NULL;
}

bool
item_parameter_is_key(struct text key)
{
	return find_parameter(key) != NULL;
}

enum status
item_parameter_from_json(struct item *item, struct text key,
    const struct json_t *json)
{
	const struct parameter *parameter = find_parameter(key);
	struct value value = value_from_json(json);
	enum field_error error = FIELD_OK;
	enum status status;

	if (parameter == NULL)
		return STATUS_NOT_FOUND;
	if (parameter->read == NULL ||
	    (!parameter->takes_blank && value_is_blank(&value)))
		return STATUS_OK;
	status = parameter->read(item, json, &error);
	if (status == STATUS_INVALID) {
		item->errors[parameter->error] = error;
		return STATUS_OK;
	}
	return status;
}
