#include "base/str.h"
#include "expr/ast_priv.h"

/* What people write who come from SQL, jq, Python or JavaScript: functions,
 * operators and reserved words; a name may be that of a member. */
const char *
expr_foreign(struct str word)
{
	static const char *const pairs[][2] = {
		{"and", "and is &&"}, {"AND", "and is &&"},
		{"or", "or is ||"}, {"OR", "or is ||"},
		{"not", "not is !"}, {"NOT", "not is !"},
		{"is", "equality is =="}, {"IS", "equality is =="},
		{"if", "a choice is TEST ? THIS : THAT"},
		{"like", "it is s.matches(PATTERN), or s.contains(TEXT)"},
		{"LIKE", "it is s.matches(PATTERN), or s.contains(TEXT)"},
		{"test", "it is s.matches(PATTERN)"},
		{"match", "it is s.matches(PATTERN)"},
		{"regex", "it is s.matches(PATTERN)"},
		{"length", "it is size(x)"}, {"len", "it is size(x)"},
		{"strlen", "it is size(x)"}, {"count", "it is size(x)"},
		{"lower", "it is s.lowerAscii()"},
		{"toLowerCase", "it is s.lowerAscii()"},
		{"ascii_downcase", "it is s.lowerAscii()"},
		{"upper", "it is s.upperAscii()"},
		{"toUpperCase", "it is s.upperAscii()"},
		{"ascii_upcase", "it is s.upperAscii()"},
		{"substr", "it is s.substring(FROM, TO)"},
		{"slice", "it is s.substring(FROM, TO)"},
		{"strip", "it is s.trim()"}, {"concat", "it is a + b"},
		{"float", "it is double(x)"}, {"number", "it is double(x)"},
		{"tonumber", "it is double(x)"}, {"str", "it is string(x)"},
		{"tostring", "it is string(x)"},
		{"min", "it is math.least(a, b)"},
		{"max", "it is math.greatest(a, b)"},
		{"coalesce", "it is r.?a.orValue(x)"},
		{"strptime", "it is parse_time(TEXT, LAYOUT)"},
		{"strftime", "it is format_time(TIME, LAYOUT)"},
	};

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
		if (str_eq(word, str_of(pairs[i][0])))
			return pairs[i][1];
	return NULL;
}

const char *
expr_foreign_end(struct str text, uint32_t end)
{
	uint32_t at = end;

	while (at > 0 && (text.p[at - 1] == '_' ||
	    ((text.p[at - 1] | 0x20) >= 'a' && (text.p[at - 1] | 0x20) <= 'z')))
		at--;
	return expr_foreign((struct str){text.p + at, end - at});
}
