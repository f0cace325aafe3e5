#!/bin/sh
# style.sh: the budgets.  function <= 80 lines (nine in ten <= 40) and
# cyclomatic <= 20 (nine in ten <= 10), .c <= 500 lines, .h <= 150, 80 columns,
# <= 15 includes, tabs, no conditional compilation in cmd/, nothing left for
# later.  Excuses, with their reasons, are in tests/style.excuses.
cd "${1:-$(dirname "$0")/..}" || exit 70
export LC_ALL=C
files=$(find common cmd tests examples -name '*.[ch]' 2>/dev/null | sort)

metrics() {
	if command -v pmccabe >/dev/null 2>&1; then
		find common cmd -name '*.c' 2>/dev/null | sort | xargs pmccabe
	else
		echo "style.sh: no pmccabe: functions are not measured" >&2
	fi
}

metrics | awk -F '\t' -v excuses=tests/style.excuses '
function bad(place, text) {
	printf "%s: %s\n", place, text
	breaches++
}

# Is it in the list of excuses?  Notes that it was needed.
function excused(kind, name) {
	if (!((kind " " name) in excuse))
		return 0
	used[kind " " name] = 1
	return 1
}

# The value below which nine in ten lie, of the counts n[0..top].
function p90(n, total,    i, sum) {
	for (i = 0; sum < 0.9 * total; i++)
		sum += n[i]
	return i - 1
}

BEGIN {
	while ((getline line <excuses) > 0) {
		if (line ~ /^#/ || line == "")
			continue
		split(line, word, " ")
		excuse[word[1] " " word[2]] = 1
		if (word[3] == "")
			bad(excuses, "no reason given: " line)
	}
}

FNR == NR && FILENAME == "-" {
	name = $6
	sub(/.*: /, "", name)
	functions++
	lines[$5 + 0]++
	branches[$1 + 0]++
	if (($5 > 80 || $1 > 20) && !excused("function", name))
		bad($6, $5 " lines, cyclomatic " $1 " (80, 20)")
	next
}

FNR == 1 {
	includes = 0
	limit = FILENAME ~ /\.h$/ ? 150 : 500
}

{
	text = $0
	gsub(/[\200-\277]/, "", text)
	width = 0
	n = split(text, part, "")
	for (i = 1; i <= n; i++)
		width += part[i] == "\t" ? 8 - width % 8 : 1
	place = FILENAME ":" FNR
	if (width > 80)
		bad(place, width " columns")
	if (text ~ /[ \t]$/)
		bad(place, "blanks at the end of the line")
	if (text ~ /^        /)
		bad(place, "indented with blanks")
	if (text ~ /(^|[^A-Za-z])(TODO|FIXME|XXX|HACK)([^A-Za-z]|$)/)
		bad(place, "left for later: " text)
	if (text ~ /^#[ \t]*include/ && ++includes == 16)
		bad(place, "more than 15 includes")
	if (FILENAME ~ /^cmd\// && text ~ /^#[ \t]*if/ && text !~ /RAP_.*_H$/)
		bad(place, "conditional compilation in a program")
	if (FNR == limit + 1 && !excused("file", FILENAME))
		bad(FILENAME, "more than " limit " lines")
}

END {
	if (functions > 0 && p90(lines, functions) > 40)
		bad("functions", "one in ten is over " p90(lines, functions) - 1 \
		    " lines (40)")
	if (functions > 0 && p90(branches, functions) > 10)
		bad("functions", "one in ten is over cyclomatic " \
		    p90(branches, functions) - 1 " (10)")
	for (e in excuse)
		if (!(e in used) && (functions > 0 || e !~ /^function/))
			bad(excuses, "not needed: " e)
	exit breaches != 0
}' - $files
