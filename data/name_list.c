#include "config.h"

#include "name_list.h"

#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "plain.h"

void
name_list_clear(struct name_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->entries[i].folded);
	free(list->entries);
	free(list->values);
	buf_clear(&list->text);
}

/* The room for one more element. */
static void *
grow(void *array, size_t *cap, size_t count, size_t size)
{
	array = array_reserve(array, cap, count + 1, size);
	if (array == NULL)
		generate_fail("out of memory");
	return array;
}

static uint32_t
add_text(struct name_list *list, struct text text)
{
	size_t at = list->text.len;

	buf_add(&list->text, text.data, text.len);
	buf_add_char(&list->text, '\0');
	return (uint32_t)at;
}

unsigned
name_list_add_value(struct name_list *list, struct text spelling,
    unsigned group)
{
	struct names_value *value;

	if (list->value_count > UINT16_MAX)
		generate_fail("%s: too many values", list->title);
	list->values = grow(list->values, &list->values_cap, list->value_count,
	    sizeof *list->values);
	value = &list->values[list->value_count];
	value->at = add_text(list, spelling);
	value->group = (uint16_t)group;
	return (unsigned)list->value_count++;
}

static void
add_key(struct name_list *list, struct text spelling, unsigned value,
    enum names_rank rank)
{
	char folded[NAMES_KEY_SIZE];
	struct name_entry *entry;

	if (names_fold(spelling, folded) == 0)
		generate_fail("%s: \"%.*s\" is empty or too long", list->title,
		    (int)spelling.len, spelling.data);
	list->entries =
	    grow(list->entries, &list->cap, list->count, sizeof *list->entries);
	entry = &list->entries[list->count++];
	entry->folded = strdup(folded);
	entry->key.value = (uint16_t)value;
	entry->key.rank = (uint16_t)rank;
	if (entry->folded == NULL)
		generate_fail("out of memory");
}

void
name_list_add_key(struct name_list *list, struct text spelling, unsigned value,
    enum names_rank rank)
{
	char plain[NAMES_KEY_SIZE];

	add_key(list, spelling, value, rank);
	plain_spell(spelling, plain);
	if (plain[0] != '\0' && !text_equals(spelling, plain))
		add_key(list, text_of(plain), value, NAMES_OTHER_NAME);
}

int
name_list_find(const struct name_list *list, struct text spelling)
{
	char folded[NAMES_KEY_SIZE];

	names_fold(spelling, folded);
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->entries[i].folded, folded) == 0)
			return list->entries[i].key.value;
	return -1;
}

/* As names_find() wants them. */
static int
compare_entries(const void *a, const void *b)
{
	const struct name_entry *left = a, *right = b;
	int order = strcmp(left->folded, right->folded);

	if (order == 0)
		order = left->key.rank - right->key.rank;
	return order != 0 ? order : left->key.value - right->key.value;
}

/* Sorts, drops what stands twice, and gives equal spellings one text. */
static void
settle_keys(struct name_list *list)
{
	size_t kept = 0;

	qsort(list->entries, list->count, sizeof *list->entries,
	    compare_entries);
	for (size_t i = 0; i < list->count; i++) {
		struct name_entry *entry = &list->entries[i];
		struct name_entry *last =
		    kept > 0 ? &list->entries[kept - 1] : NULL;
		bool same =
		    last != NULL && strcmp(last->folded, entry->folded) == 0;

		if (same && last->key.value == entry->key.value) {
			free(entry->folded);
			continue;
		}
		if (same && !list->shares)
			generate_fail("%s: \"%s\" stands for two of them",
			    list->title, entry->folded);
		entry->key.at = same ? last->key.at
				     : add_text(list, text_of(entry->folded));
		list->entries[kept++] = *entry;
	}
	list->count = kept;
}

static void
write_text(const struct name_list *list, FILE *out)
{
	const char *at = list->text.data, *end = at + list->text.len;

	fprintf(out, "static const char %s_text[] =", list->title);
	for (; at < end; at += strlen(at) + 1) {
		fputs("\n    \"", out);
		for (const char *c = at; *c != '\0'; c++) {
			if (*c == '"' || *c == '\\')
				putc('\\', out);
			putc(*c, out);
		}
		fputs("\\0\"", out);
	}
	fputs(";\n\n", out);
}

void
name_list_write(struct name_list *list, FILE *out)
{
	settle_keys(list);
	if (list->text.failed)
		generate_fail("out of memory");
	write_text(list, out);
	fprintf(out, "static const struct names_key %s_keys[] = {\n",
	    list->title);
	for (size_t i = 0; i < list->count; i++) {
		const struct names_key *key = &list->entries[i].key;

		fprintf(out, "    {%u, %u, %u},\n", key->at, key->value,
		    key->rank);
	}
	fprintf(out, "};\n\nstatic const struct names_value %s_values[] = {\n",
	    list->title);
	for (size_t i = 0; i < list->value_count; i++)
		fprintf(out, "    {%u, %u},\n", list->values[i].at,
		    list->values[i].group);
	fprintf(out,
	    "};\n\nconst struct names names_%s = {\n"
	    "    %s_text, %s_keys, %zu, %s_values};\n\n",
	    list->title, list->title, list->title, list->count, list->title);
}
