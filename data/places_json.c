#include "config.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "name_list.h"

/*
 * Countries: iso-codes has up to three names and two codes of each.
 * country-names.tsv has the name that Mautic takes where that is another one,
 * a few countries that iso-codes does not have, with "-" for a code the names
 * of such as never had one, and with "+" before a code further names.
 *
 * Regions: the name in iso-codes may have a second one behind it, as in
 * "Wales [Cymru GB-CYM]", or the mark of a footnote, as in "Centar †". Either
 * name alone, and the name without the mark, is a name, too.
 */

/* A "code TAB name" line of country-names.tsv. */
struct country_name {
	char *code, *name;
	bool used;
};

struct country_names {
	struct country_name *names;
	size_t count;
};

/* Cut the line in two; false for a comment. */
static bool
parse_country_name(const char *path, char *line, struct country_name *into)
{
	size_t code = strcspn(line, "\t");
	const char *name = line + code + 1;

	line[strcspn(line, "\n")] = '\0';
	if (line[0] == '#' || line[0] == '\0')
		return false;
	if (code == 0 || line[code] == '\0' || name[0] == '\0')
		generate_fail("%s: \"%s\" is not a code, a tab and a name",
		    path, line);
	into->code = strndup(line, code);
	into->name = strdup(name);
	into->used = false;
	if (into->code == NULL || into->name == NULL)
		generate_fail("out of memory");
	return true;
}

static void
read_country_names(const char *path, struct country_names *names)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;

	if (file == NULL)
		generate_fail("%s: %m", path);
	while (getline(&line, &size, file) > 0) {
		names->names = reallocarray(names->names, names->count + 1,
		    sizeof *names->names);
		if (names->names == NULL)
			generate_fail("out of memory");
		if (parse_country_name(path, line, &names->names[names->count]))
			names->count++;
	}
	free(line);
	fclose(file);
}

static void
clear_country_names(struct country_names *names)
{
	for (size_t i = 0; i < names->count; i++) {
		free(names->names[i].code);
		free(names->names[i].name);
	}
	free(names->names);
}

static struct country_name *
find_country_name(struct country_names *names, const char *code)
{
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->names[i].code, code) == 0)
			return &names->names[i];
	return NULL;
}

/* The list of this name in its file; *root is to be freed. */
static json_t *
load(const char *folder, const char *name, json_t **root)
{
	char path[4096];
	json_error_t error;
	json_t *list;

	snprintf(path, sizeof path, "%s/iso_%s.json", folder, name);
	*root = json_load_file(path, 0, &error);
	if (*root == NULL)
		generate_fail("%s: line %d: %s", path, error.line, error.text);
	list = json_object_get(*root, name);
	if (json_array_size(list) == 0)
		generate_fail("%s: there is no list \"%s\"", path, name);
	return list;
}

static const char *
member(const json_t *entry, const char *key)
{
	return json_string_value(json_object_get(entry, key));
}

/* Those with "+" before this code. */
static void
add_further_names(struct country_names *names, const char *code, unsigned value,
    struct name_list *countries)
{
	for (size_t i = 0; i < names->count; i++) {
		struct country_name *name = &names->names[i];

		if (name->code[0] != '+' || strcmp(name->code + 1, code) != 0)
			continue;
		name->used = true;
		name_list_add_key(countries, text_of(name->name), value,
		    NAMES_OTHER_NAME);
	}
}

static void
add_country(const json_t *entry, struct country_names *names,
    struct name_list *countries)
{
	static const struct {
		const char *key;
		enum names_rank rank;
	} spellings[] = {
	    {"name", NAMES_OTHER_NAME},
	    {"common_name", NAMES_OTHER_NAME},
	    {"official_name", NAMES_OTHER_NAME},
	    {"alpha_2", NAMES_CODE},
	    {"alpha_3", NAMES_CODE},
	};
	const char *name = member(entry, "name");
	const char *code = member(entry, "alpha_2");
	struct country_name *other;
	unsigned value;

	if (name == NULL || code == NULL)
		generate_fail("iso_3166-1: a country without name or code");
	other = find_country_name(names, code);
	if (other != NULL) {
		other->used = true;
		name = other->name;
	}
	value = name_list_add_value(countries, text_of(name), 0);
	name_list_add_key(countries, text_of(name), value, NAMES_NAME);
	for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
		const char *text = member(entry, spellings[i].key);

		if (text != NULL)
			name_list_add_key(countries, text_of(text), value,
			    spellings[i].rank);
	}
	add_further_names(names, code, value, countries);
}

/* Those of country-names.tsv that iso-codes does not have. */
static void
add_other_country(const struct country_name *name, struct name_list *countries)
{
	unsigned value;

	if (name->code[0] == '+')
		generate_fail("%s: iso-codes has no such country", name->code);
	value = name_list_add_value(countries, text_of(name->name), 0);
	name_list_add_key(countries, text_of(name->name), value, NAMES_NAME);
	if (strcmp(name->code, "-") != 0)
		name_list_add_key(countries, text_of(name->code), value,
		    NAMES_CODE);
}

/* The name in "one †", the names in "one [other CC-CODE]". */
static void
add_region_names(struct text name, struct text code, unsigned value,
    struct name_list *regions)
{
	const char *mark = strstr(name.data, " †");
	const char *open = strstr(name.data, " [");
	struct text other;
	const char *last;

	if (mark != NULL)
		name_list_add_key(regions,
		    (struct text){name.data, (size_t)(mark - name.data)}, value,
		    NAMES_OTHER_NAME);
	if (open == NULL || name.data[name.len - 1] != ']')
		return;
	other.data = open + strlen(" [");
	other.len = name.len - 1 - (size_t)(other.data - name.data);
	last = memrchr(other.data, ' ', other.len);
	if (last != NULL && strncmp(last + 1, code.data, 3) == 0)
		other.len = (size_t)(last - other.data);
	name.len = (size_t)(open - name.data);
	name_list_add_key(regions, name, value, NAMES_OTHER_NAME);
	name_list_add_key(regions, other, value, NAMES_OTHER_NAME);
}

static void
add_region(const json_t *entry, const struct name_list *countries,
    struct name_list *regions)
{
	const char *name = member(entry, "name");
	const char *code = member(entry, "code");
	unsigned value;
	int country;

	if (name == NULL || code == NULL || strlen(code) < 4 || code[2] != '-')
		generate_fail("iso_3166-2: a region without name or code");
	country = name_list_find(countries, (struct text){code, 2});
	if (country < 0)
		generate_fail("iso_3166-2: %s is of no country", code);
	value = name_list_add_value(regions, text_of(name), (unsigned)country);
	name_list_add_key(regions, text_of(name), value, NAMES_NAME);
	name_list_add_key(regions, text_of(code), value, NAMES_OTHER_NAME);
	name_list_add_key(regions, text_of(code + 3), value, NAMES_CODE);
	add_region_names(text_of(name), text_of(code), value, regions);
}

void
generate_places(const char *iso_codes, const char *country_names,
    struct name_list *countries, struct name_list *regions)
{
	struct country_names names = {NULL, 0};
	json_t *root, *list;

	read_country_names(country_names, &names);
	list = load(iso_codes, "3166-1", &root);
	for (size_t i = 0; i < json_array_size(list); i++)
		add_country(json_array_get(list, i), &names, countries);
	json_decref(root);
	for (size_t i = 0; i < names.count; i++)
		if (!names.names[i].used)
			add_other_country(&names.names[i], countries);
	clear_country_names(&names);
	list = load(iso_codes, "3166-2", &root);
	for (size_t i = 0; i < json_array_size(list); i++)
		add_region(json_array_get(list, i), countries, regions);
	json_decref(root);
}
