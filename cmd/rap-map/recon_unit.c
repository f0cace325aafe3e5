#include "recon_gold.h"

#include "base/err.h"
#include "unit/unit.h"

/*
 * The units of a target are spelled as in the names of columns, or are codes of
 * UCUM, as those of a mapping are.  A code stands for the spellings of all that
 * is of its dimension and size: /min for bpm, rpm and breaths per minute.
 */

/*
 * Codes of the units of en-units.yaml, and a spelling of each.  Not those of
 * data rates, of which UCUM makes no other than Hz.
 */
static const struct spelling {
	const char *code, *word;
} spellings[] = {
	{"km/h", "km/h"}, {"[mi_i]/h", "mph"}, {"m/s", "m/s"},
	{"[kn_i]", "knots"},
	{"m", "metre"}, {"km", "km"}, {"cm", "cm"}, {"mm", "millimetre"},
	{"[mi_i]", "miles"}, {"[ft_i]", "feet"}, {"[in_i]", "inches"},
	{"[nmi_i]", "nautical mile"}, {"Mpc", "megaparsec"}, {"pc", "parsec"},
	{"Cel", "celsius"}, {"[degF]", "fahrenheit"}, {"K", "kelvin"},
	{"[psi]", "psi"}, {"bar", "bar"}, {"mbar", "millibar"},
	{"kPa", "kpa"}, {"Pa", "pascal"}, {"mm[Hg]", "mmhg"},
	{"[in_i'Hg]", "inhg"}, {"atm", "atm"},
	{"%", "percent"}, {"[ppm]", "ppm"}, {"[ppb]", "ppb"},
	{"/min", "bpm"}, {"/min", "rpm"}, {"/min", "/min"}, {"Hz", "hertz"},
	{"kHz", "kilohertz"}, {"MHz", "megahertz"},
	{"s", "seconds"}, {"ms", "milliseconds"}, {"us", "microseconds"},
	{"ns", "nanoseconds"}, {"min", "minutes"}, {"h", "hours"},
	{"d", "days"}, {"wk", "weeks"}, {"a", "years"},
	{"kg", "kg"}, {"g", "gram"}, {"mg", "milligram"}, {"[lb_av]", "lbs"},
	{"[oz_av]", "ounce"}, {"t", "tonne"},
	{"N", "newton"}, {"m/s2", "m/s2"}, {"[g]", "gee"},
	{"deg", "degrees"}, {"rad", "radians"}, {"'", "arcmin"},
	{"''", "arcsec"},
	{"L", "litre"}, {"mL", "millilitre"}, {"[gal_us]", "gallons"},
	{"m3", "cubic metre"},
	{"[sft_i]", "sqft"}, {"m2", "sqm"}, {"[acr_us]", "acres"},
	{"har", "hectares"}, {"km2", "km2"},
	{"V", "volts"}, {"mV", "millivolt"}, {"kV", "kilovolt"},
	{"A", "ampere"}, {"mA", "milliamp"},
	{"W", "watts"}, {"kW", "kilowatt"}, {"MW", "megawatt"},
	{"[HP]", "horsepower"},
	{"J", "joule"}, {"kJ", "kilojoule"}, {"MJ", "megajoule"},
	{"kW.h", "kwh"}, {"MW.h", "mwh"}, {"W.h", "wh"}, {"kcal", "kcal"},
	{"N.m", "newton metre"},
	{"By", "bytes"}, {"kBy", "kilobyte"}, {"KiBy", "kib"},
	{"MBy", "megabyte"}, {"MiBy", "mib"}, {"GBy", "gigabyte"},
	{"GiBy", "gib"},
	{"mg/dL", "mg/dl"}, {"mmol/L", "mmol/l"}, {"g/L", "g/l"},
	{"g/dL", "g/dl"}, {"ug/m3", "ug/m3"},
	{"g/s", "g/s"}, {"L/min", "l/min"}, {"m3/h", "m3/h"},
	{"lx", "lux"}, {"W/m2", "w/m2"}, {"mm/h", "mm/h"}
};

/* Set the words of a field whose unit is a code; units: of the spellings. */
static void
find_words(struct gold *g, struct recon_field *f, const struct unit *units)
{
	struct str words[ARRAY_LEN(spellings)], *all;
	struct err ignored;
	struct unit u;
	size_t n = 0;

	if (unit_parse(&u, f->unit, &ignored) != 0)
		return;
	for (size_t i = 0; i < ARRAY_LEN(spellings); i++) {
		struct unit_conv c;

		if (unit_conv_init(&c, &u, &units[i], &ignored) == 0 && c.same)
			words[n++] = str_of(spellings[i].word);
	}
	all = arena_array(&g->mem, n + 1, sizeof *all);
	memcpy(all, words, n * sizeof *all);
	f->unit_words = all;
	f->nunit_words = n;
}

int
gold_units(struct gold *g, struct err *e)
{
	struct unit *units = NULL;

	for (size_t i = 0; i < g->n; i++) {
		if (g->fields[i].unit.len == 0)
			continue;
		if (units == NULL) {
			units = arena_array(&g->mem, ARRAY_LEN(spellings),
			    sizeof *units);
			for (size_t k = 0; k < ARRAY_LEN(spellings); k++)
				if (unit_parse(&units[k],
				    str_of(spellings[k].code), e) != 0)
					return -1;
		}
		find_words(g, &g->fields[i], units);
	}
	return 0;
}
