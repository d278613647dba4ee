#include "config.h"

#include "places.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "names.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

static int
find(const char *country)
{
	return places_find_country(text_of(country));
}

START_TEST(knows_countries)
{
	static const struct {
		const char *sent, *name; /* NULL: there is none */
	} rows[] = {
	    {"Germany", "Germany"},
	    {"germany", "Germany"},
	    {"GERMANY", "Germany"},
	    {"Federal Republic of Germany", "Germany"},
	    {"de", "Germany"},
	    {"DEU", "Germany"},
	    {"Åland Islands", "Åland Islands"},
	    {"ÅLAND ISLANDS", "Åland Islands"},
	    {"Côte d'Ivoire", "Ivory Coast"},
	    {"CÔTE D'IVOIRE", "Ivory Coast"},
	    {"Ivory Coast", "Ivory Coast"},
	    {"ci", "Ivory Coast"},
	    {"cote d'ivoire", "Ivory Coast"},
	    {"Aland Islands", "Åland Islands"},
	    {"Czechia", "Czech Republic"},
	    {"Czech Republic", "Czech Republic"},
	    {"Viet Nam", "Vietnam"},
	    {"Russian Federation", "Russia"},
	    {"Taiwan, Province of China", "Taiwan"},
	    {"taiwan", "Taiwan"},
	    {"turkey", "Türkiye"},
	    {"Turkiye", "Türkiye"},
	    {"Swaziland", "Eswatini"},
	    {"+TR", NULL},
	    {"Kosovo", "Kosovo"},
	    {"XK", "Kosovo"},
	    {"Yugoslavia", "Yugoslavia"},
	    {"276", NULL},
	    {"-", NULL},
	    {"Narnia", NULL},
	    {"", NULL},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		int country = find(rows[i].sent);

		ck_assert_msg((country == PLACES_NO_COUNTRY) ==
				  (rows[i].name == NULL),
		    "%s", rows[i].sent);
		if (rows[i].name != NULL)
			ck_assert_str_eq(places_country_name(country).data,
			    rows[i].name);
	}
}
END_TEST

/*
 * Each name of the file is stored as it is, but for further ones, and its code
 * means the same.
 */
START_TEST(keeps_the_names_that_mautic_takes)
{
	FILE *file = fopen(fixture_data("data/country-names.tsv"), "re");
	char line[256], code[16], name[200];
	int count = 0;

	ck_assert_ptr_nonnull(file);
	while (fgets(line, sizeof line, file) != NULL) {
		if (sscanf(line, "%15[^#\t]\t%199[^\n]", code, name) != 2)
			continue;
		ck_assert_int_ne(find(name), PLACES_NO_COUNTRY);
		if (code[0] == '+') {
			ck_assert_int_eq(find(code + 1), find(name));
			continue;
		}
		ck_assert_str_eq(places_country_name(find(name)).data, name);
		if (strcmp(code, "-") != 0)
			ck_assert_int_eq(find(code), find(name));
		count++;
	}
	fclose(file);
	ck_assert_int_gt(count, 30);
}
END_TEST

START_TEST(knows_regions)
{
	static const struct {
		const char *sent;
		enum places_match match;
		const char *name;
	} rows[] = {
	    {"California", PLACES_ONE, "California"},
	    {"cALIFORNIA", PLACES_ONE, "California"},
	    {"us-ca", PLACES_ONE, "California"},
	    {"BAYERN", PLACES_ONE, "Bayern"},
	    {"ZÜRICH", PLACES_ONE, "Zürich"},
	    {"Île-de-France", PLACES_ONE, "Île-de-France"},
	    {"ÎLE-DE-FRANCE", PLACES_ONE, "Île-de-France"},
	    /* of several countries, but one name */
	    {"la rioja", PLACES_ONE, "La Rioja"},
	    {"SAINT GEORGE", PLACES_ONE, "Saint George"},
	    /* two names in one */
	    {"Wales", PLACES_ONE, "Wales [Cymru GB-CYM]"},
	    {"cymru", PLACES_ONE, "Wales [Cymru GB-CYM]"},
	    {"Wales [Cymru GB-CYM]", PLACES_ONE, "Wales [Cymru GB-CYM]"},
	    {"La Coruña", PLACES_ONE, "A Coruña [La Coruña]"},
	    {"Wales [Cymru", PLACES_NONE, NULL},
	    {"Centar", PLACES_ONE, "Centar †"},
	    {"Centar †", PLACES_ONE, "Centar †"},
	    /* without accents: one name, or one of two */
	    {"zurich", PLACES_ONE, "Zürich"},
	    {"SAO PAULO", PLACES_ONE, "São Paulo"},
	    {"Cordoba", PLACES_ONE, "Córdoba"},
	    {"LODZKIE", PLACES_ONE, "Łódzkie"},
	    {"HUILA", PLACES_ONE, "Huila"},
	    {"huíla", PLACES_ONE, "Huíla"},
	    /* codes, and a name that is a code elsewhere, too */
	    {"CA", PLACES_OPEN, NULL},
	    {"ENG", PLACES_OPEN, NULL},
	    {"13", PLACES_OPEN, NULL},
	    {"BAR", PLACES_OPEN, NULL},
	    {"Bar", PLACES_ONE, "Bar"},
	    {"Narnia", PLACES_NONE, NULL},
	    {"US-ZZ", PLACES_NONE, NULL},
	    {"ZZ-CA", PLACES_NONE, NULL},
	    {"-CA", PLACES_NONE, NULL},
	    {"", PLACES_NONE, NULL},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct text name;

		ck_assert_msg(places_find_region(text_of(rows[i].sent),
				  &name) == rows[i].match,
		    "%s", rows[i].sent);
		if (rows[i].match == PLACES_ONE)
			ck_assert_str_eq(name.data, rows[i].name);
	}
}
END_TEST

START_TEST(settles_regions)
{
	static const struct {
		const char *sent, *country;
		const char *name; /* NULL: none */
	} rows[] = {
	    {"CA", "US", "California"},
	    {"ca", "US", "California"},
	    {"CA", "Italy", "Cagliari"},
	    {"CA", "Germany", NULL},
	    {"CA", "", NULL},
	    {"13", "Japan", "Tokyo"},
	    {"BY", "Germany", "Bayern"},
	    /* a code of one region alone needs no country, but bears no other
	     */
	    {"ENG", "", "England"},
	    {"ENG", "United Kingdom", "England"},
	    {"ENG", "France", NULL},
	    /* a name of one country that is a code of another */
	    {"BAR", "Montenegro", "Bar"},
	    {"BAR", "Azerbaijan", "Bərdə"},
	    {"BAR", "France", "Bar"},
	    {"BAR", "", "Bar"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct text name = {NULL, 0};
		bool settled = places_settle_region(text_of(rows[i].sent),
		    find(rows[i].country), &name);

		ck_assert_msg(settled == (rows[i].name != NULL), "%s, %s: %s",
		    rows[i].sent, rows[i].country, settled ? name.data : "");
		if (settled)
			ck_assert_str_eq(name.data, rows[i].name);
	}
}
END_TEST

/* What is stored reads back as itself, whatever the country. */
START_TEST(reads_every_name_back)
{
	for (size_t i = 0; i < names_regions.count; i++) {
		struct text name =
		    names_spelling(&names_regions, names_regions.keys[i].value);
		struct text found;

		ck_assert_int_eq(places_find_region(name, &found), PLACES_ONE);
		ck_assert_str_eq(found.data, name.data);
	}
	for (size_t i = 0; i < names_countries.count; i++) {
		int country = names_countries.keys[i].value;

		ck_assert_int_eq(places_find_country(
				     places_country_name(country)),
		    country);
	}
}
END_TEST

/* Every code means its region, for its country. */
START_TEST(settles_every_code)
{
	for (size_t i = 0; i < names_regions.count; i++) {
		const struct names_key *key = &names_regions.keys[i];
		struct text code = text_of(names_regions.text + key->at);
		int country = names_regions.values[key->value].group;
		struct text name;

		if (key->rank != NAMES_CODE)
			continue;
		ck_assert(places_settle_region(code, country, &name));
		ck_assert_str_eq(name.data,
		    names_spelling(&names_regions, key->value).data);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("places");
	TCase *tcase = tcase_create("places");

	tcase_add_test(tcase, knows_countries);
	tcase_add_test(tcase, keeps_the_names_that_mautic_takes);
	tcase_add_test(tcase, knows_regions);
	tcase_add_test(tcase, settles_regions);
	tcase_add_test(tcase, reads_every_name_back);
	tcase_add_test(tcase, settles_every_code);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
