/* What the codes of diagnostics mean: --explain CODE. */
#include "prog/prog_priv.h"

#include <string.h>

static const struct {
	const char *id, *text;
} codes[] = {
    {"json.bom", "A byte order mark stands inside the input, usually where "
	"files were\njoined with cat.  At the start of an input it is "
	"dropped; here it is an error."},
    {"json.ctrl", "A control byte below 0x20 stands outside of an escape.  "
	"JSON strings must\nspell it as \\u00xx (RFC 8259 section 7)."},
    {"json.depth", "Arrays and objects are nested deeper than 1024 levels."},
    {"json.dupkey", "An object has one name twice, after unescaping.  "
	"Readers disagree on which\nvalue counts, so it is refused rather "
	"than guessed."},
    {"json.empty", "There is no JSON value where one is due."},
    {"json.escape", "A backslash in a string is followed by something JSON "
	"does not know."},
    {"json.linelen", "The line is longer than --max-line.  Its beginning "
	"goes to the reject file\nand reading goes on behind its end."},
    {"json.magic", "The input is compressed or in another encoding.  "
	"Decompress it first, or let\nrap-fetch read it."},
    {"json.number", "A number is not spelled as JSON has it: no leading "
	"zeros, no lone sign or\npoint."},
    {"json.numlimit", "The exponent of a number has more than 18 digits."},
    {"json.surrogate", "A \\ud800..\\udfff escape is not part of a pair, so "
	"it stands for no character."},
    {"json.syntax", "The text is not JSON at this byte."},
    {"json.toobig", "One JSON text is longer than 1 GiB."},
    {"json.trail", "A line holds more than one JSON value.  NDJSON has one "
	"value on each line."},
    {"json.trunc", "The line ends inside a value.  A file that was cut, or "
	"JSON spread over\nseveral lines (rap-fetch reads such documents)."},
    {"json.type", "The record is valid JSON but not an object, which this "
	"program needs."},
    {"json.utf8", "The bytes are not UTF-8.  They are not repaired, since "
	"that would change the\ndata without a trace; convert the input with "
	"iconv(1)."},
    {"csv.columns", "A row has more than 16384 columns."},
    {"csv.cr", "A carriage return stands outside quotes and no line feed "
	"follows.  Files with lone\ncarriage returns as line ends must be "
	"converted first."},
    {"csv.header", "Two columns have one name, the header of a table holds "
	"numbers, or the source ends\nbefore its header."},
    {"csv.quote", "A quote stands inside a field that does not begin with "
	"one, text follows a closing\nquote, or a quote is not closed within "
	"1000 lines.  RFC 4180 doubles quotes inside\na quoted field."},
    {"csv.ragged", "A row has more or fewer columns than the header.  Lines "
	"of text above the header\nare passed over with --header-line."},
    {"csv.rowlen", "The row is longer than --max-line."},
    {"csv.utf8", "The row is not UTF-8.  Convert the file with iconv(1)."},
    {"fetch.buffer", "The lines of one piece of input pass 1 GiB: a fault in "
	"this program."},
    {"fetch.digest", "The source does not have the digest that --sha256 "
	"gives, so nothing of it was\nwritten."},
    {"fetch.records", "It is not clear which part of the document holds the "
	"records, or there is nothing\nat --records."},
    {"gzip.data", "The gzip data is damaged: a checksum or a code is wrong."},
    {"gzip.init", "zlib or libzstd cannot start: there is no memory."},
    {"gzip.trail", "Bytes that are no gzip member follow one."},
    {"gzip.trunc", "The gzip data ends too early; what came before it was "
	"written."},
    {"header.env", "A variable of the environment that a header needs is not "
	"set."},
    {"header.file", "A file with a secret can be read by others: chmod 600."},
    {"header.literal", "A secret on the command line can be seen by every "
	"user of the machine.  Put it\ninto a variable, ${env:NAME}, or a "
	"file, ${file:PATH}."},
    {"header.syntax", "A header is a name, a colon and a value."},
    {"header.value", "The value of a header holds a control byte."},
    {"http.argv", "A password in a URL on the command line can be seen by "
	"every user of the machine.\nUse -H with ${env:NAME} or "
	"${file:PATH}."},
    {"http.busy", "The server asks to come back later (408, 425, 429)."},
    {"http.connect", "No connection could be made."},
    {"http.downgrade", "An https source redirects to http, which anyone on "
	"the way could change."},
    {"http.encoding", "The body has a content coding that was not asked for, "
	"or a damaged one."},
    {"http.headers", "The headers of a response are longer than 256 KiB."},
    {"http.nolength", "The response has neither a length nor chunks: its end "
	"is where the connection\nended, so a cut would not be seen.  "
	"--require-length makes that an error."},
    {"http.private", "The name resolved to an address of loopback or of a "
	"private network, and it was\na redirect or a name that led there.  "
	"--allow-private if that is meant."},
    {"http.protocol", "The server does not keep to HTTP."},
    {"http.redirects", "More than five redirects: probably a loop."},
    {"http.resolve", "The host has no address."},
    {"http.scheme", "Only http and https are fetched."},
    {"http.short", "The connection ended before the body did; nothing of it "
	"was written."},
    {"http.status", "The server answered with an error."},
    {"http.stopped", "A signal ended the request."},
    {"http.strayed", "A redirect led to another origin.  Credentials and "
	"headers are meant for the first\none and were not sent."},
    {"http.timeout", "The server was too slow: --timeout, --slow-timeout, "
	"--connect-timeout."},
    {"http.tls", "The connection is not safe: the certificate is unknown, "
	"expired or for another\nname, or the protocol too old."},
    {"http.toobig", "The body is longer than --max-body after decoding."},
    {"http.url", "The URL is malformed."},
    {"source.absent", "No file has this name, and no source file."},
    {"source.missing", "The source needs a parameter: NAME=VALUE after its "
	"name."},
    {"source.param", "The source has no such parameter, or its value is "
	"refused."},
    {"source.params", "A source file has more than 64 params."},
    {"source.type", "A source file has a value of another kind here, see "
	"rap-source(5)."},
    {"source.url", "A source file needs a url whose host is written out."},
    {"source.value", "A source file has a value that this key does not "
	"take."},
    {"source.version", "A source file begins with rap: source/1."},
    {"source.template", "A {NAME} of the source is not among its params."},
    {"table.short", "The header of a table has more names than its rows have "
	"fields.  The names that\nare left have no value, so they are absent "
	"from the records."},
    {"text.linelen", "The line is longer than --max-line."},
    {"text.utf8", "The line is not UTF-8.  Convert the file with iconv(1)."},
    {"zstd.data", "The zstd data is damaged."},
    {"zstd.trunc", "The zstd data ends too early; what came before it was "
	"written."},
    {"schema.invalid", "The record does not fit the schema: where, and the "
	"keyword that says so.  It is\nkept from the output; --reject and "
	"--report have all the errors of each record."},
    {"schema.keyword", "A schema holds a keyword that this program or the "
	"dialect does not know, or a word\nnear to one.  It would change the "
	"verdict, so it is never ignored."},
    {"schema.value", "The value of a keyword in the schema is not of the kind "
	"it must be."},
    {"schema.dialect", "$schema names a dialect other than 2020-12, 2019-09, "
	"draft-07 and draft-06."},
    {"schema.ref", "A $ref leads to no place in its own file, or back to "
	"itself without going into\nthe value.  Other files and the network "
	"are never read."},
    {"schema.depth", "More than 3000 schemas apply inside each other to one "
	"record."},
    {"schema.work", "The schema tries so many combinations on one record that "
	"it was cut off."},
    {"re.syntax", "The regular expression is malformed at this byte."},
    {"re.refused", "The regular expression uses what its dialect does not "
	"have: ECMA-262 in schemas,\nRE2 in expressions.  Recursion, \\K, "
	"\\C, (*VERBS), conditions, atomic and\npossessive forms are in "
	"neither."},
    {"re.toolong", "A regular expression is longer than 4096 bytes."},
    {"re.utf8", "A regular expression is not UTF-8."},
    {"re.limit", "The regular expression took more than a million steps on "
	"this text, or 64 MiB.\nThe answer is not known, so it is an error "
	"and not \"no match\"; repetition inside\nrepetition, as in (a+)+, is "
	"the usual cause."},
    {"expr.syntax", "The text is no expression.  See rap-expr(5)."},
    {"expr.name", "The expression has a name or a function that is not "
	"there.  Members of the record\nneed no declaration; within a schema "
	"that allows no others a typo is found here."},
    {"expr.type", "There is no such function or operator for values of these "
	"types.  Arithmetic does\nnot mix int and double: a JSON number with "
	"a point or an exponent is a double, one\nwithout is an int.  "
	"double(x) and int(x) convert."},
    {"expr.missing", "A member or key that the expression reads is not in "
	"the record.  Missing is not\nnull: r.?name.orValue(x) gives x "
	"then, has(r.name) asks."},
    {"expr.divzero", "An integer is divided by zero."},
    {"expr.overflow", "A result is past 64 bits, a time past the years 1 to "
	"9999, or arithmetic is asked\nof an integer of the record that is "
	"past 64 bits.  It is never rounded silently:\ndouble(x) rounds."},
    {"expr.range", "A number is past double, as 1e400."},
    {"expr.index", "A list has no element of that number, a string no such "
	"position."},
    {"expr.key", "A map literal has one key twice, or one that is no string, "
	"int, uint or bool."},
    {"expr.value", "A function does not take this value, as int(\"x\")."},
    {"expr.regex", "The pattern of matches() is malformed or not of RE2's "
	"syntax, or took more than a\nmillion steps on this text."},
    {"expr.limit", "The expression is too long or too deep, or took more "
	"than ten million steps or\n64 MiB for one record."},
    {"expr.result", "The value of the expression has no JSON: NaN, an "
	"infinity, a type, an empty\noptional."},
    {"engine.rejects", "More records were rejected than --max-rejects or "
	"--max-reject-rate allow."},
    {"engine.ceiling", "The output of one block of input passed 1 GiB."},
    {"io.open", "A named input cannot be opened."},
    {"io.read", "Reading failed, or the input cannot be read at all."},
    {"io.write", "Writing failed.  What stdout got before is a prefix of the "
	"right output, in\nwhole lines."},
    {"io.pipe", "The reader of the output went away."},
    {"io.close", "The system reported at close that earlier writes were "
	"lost."},
    {"io.fsync", "The system could not make a file durable.  The old file is "
	"kept."},
    {"io.create", "An output file cannot be created."},
    {"io.lock", "The system cannot lock the file; some network file systems "
	"cannot."},
    {"io.mkdir", "A directory cannot be created."},
    {"io.stat", "The system does not tell the size of a file."},
    {"io.truncate", "A file cannot be cut."},
    {"io.rename", "The finished output could not be given its name; the old "
	"file is kept."},
    {"io.samefile", "An output is the same file as an input, or as another "
	"output."},
    {"io.toobig", "A file that is read whole is larger than its limit."},
    {"conf.syntax", "A file of YAML cannot be read: what libyaml says, and "
	"where."},
    {"conf.key", "A mapping of YAML has one key twice, or a key that is no "
	"scalar, or a merge\nkey (<<), which YAML 1.2 does not have."},
    {"conf.depth", "A file of YAML nests deeper than 1024 levels."},
    {"conf.empty", "A file of YAML or JSON holds nothing."},
    {"conf.internal", "A file of YAML and its index disagree: a fault in this "
	"program."},
    {"conf.option", "A section of --config is no mapping of options, or an "
	"option has a value that is\nno text, number, true or false."},
    {"conf.toobig", "A file of YAML is larger than 64 MiB, or becomes so when "
	"its aliases are\nexpanded."},
    {"conf.alias", "An alias names an anchor that is not complete before it, "
	"or the aliases of a\nfile expand to more than 1 MiB."},
    {"conf.tag", "Only the tags of YAML's core schema are known: !!str, "
	"!!int, !!float, !!bool,\n!!null, !!seq, !!map."},
    {"conf.number", "A number that JSON cannot hold: infinity, not a number, "
	"or an integer in base\n8 or 16 of more than 64 bits."},
    {"conf.type", "A value of a configuration file is not of the type that "
	"belongs there."},
    {"conf.unknown", "A configuration file has a key that means nothing "
	"there; it is never ignored."},
    {"log.chain", "A record of the log does not hold the hash of the line "
	"before it: one of the\ntwo was changed, or a line between them was "
	"put in or taken out."},
    {"log.checkpoint", "The checkpoint of the store is gone or malformed, or "
	"the log is not the one\nit was written for: what a hash chain alone "
	"cannot see."},
    {"log.cut", "The log has fewer records than its checkpoint counts: its "
	"end was cut off."},
    {"log.form", "A line of the log is not JSON in canonical form (RFC 8785, "
	"integers only)."},
    {"log.number", "A record would hold a number that is no integer within "
	"2^53: a fault in this\nprogram."},
    {"log.record", "A record is not JSON: a fault in this program."},
    {"log.seq", "A record of the log does not have the number of its place: "
	"records were put\nin, taken out, doubled or swapped."},
    {"log.toolong", "A line of the log is longer than 65,535 bytes."},
    {"log.torn", "The log does not end with a whole line: a writer was "
	"stopped within it.  The\nnext record moves the piece to "
	"log.ndjson.torn-OFFSET and says so."},
    {"log.toolarge", "The log has more than 2^30 records, which verify cannot "
	"follow at once."},
    {"log.unsealed", "Whole records follow the last one the checkpoint "
	"counts: a writer was stopped\nbetween the two.  The next record seals "
	"them."},
    {"map.cast", "A value is not, as a whole and strictly, of the type that "
	"the field asks for.\nThere is no rounding, no locale and no guess; "
	"on_error says what to do with it."},
    {"map.config", "The mapping file asks for something that makes no sense; "
	"see rap-map(5)."},
    {"map.conflict", "Two values for one member: two sources of a field are "
	"there and differ, or a\nfield writes to a name that the record has "
	"already."},
    {"map.drop", "A path of drop leads into an array."},
    {"map.explode", "The value at the path of explode is absent or no array, "
	"or an element is no\nobject and has no name (as)."},
    {"map.key", "A record has no key for dedupe or pivot, or the key of "
	"pseudonyms is absent\nor too short."},
    {"map.limit", "One record explodes into more than 64 MiB, or a block of "
	"records into more\nthan 1 GiB; or the groups of pivot take more than "
	"its memory; or --reconcile meets\nmore than 65536 names: where they "
	"are ids of a table, name the table in the target."},
    {"map.lookup", "A table for lookups is absent, has a key twice or a row "
	"without a key; or it\nhas no row for a key and on_miss is error."},
    {"map.check", "--check: what the mapping writes cannot be what the output "
	"schema wants, or\nit reads what the input schema does not have."},
    {"map.cycle", "Mapping files use each other in a circle, or too deep."},
    {"map.decision", "A line of the file of decisions is not {source, target, "
	"decision}, with the\ndecision approved, corrected or rejected; or an "
	"answer to --decide is none of\ny, n, =NAME, s and q."},
    {"map.gold", "--evaluate cannot read its tables, answers or proposals; "
	"their form is in\nrap-map(1)."},
    {"map.object", "A field writes into an object, and something else is there "
	"in the record.\nDrop what is in the way, or write to another name.  An"
	" element of an array is\nnot kept by itself in its array: give it a "
	"name of its own."},
    {"map.decided", "A person gave a member a name that is no target.  The "
	"member keeps its own;\na misspelled answer is mended in the file of "
	"decisions."},
    {"map.pivot", "A record for pivot has no name, or a name twice in its "
	"group; twice: first or\nlast takes one of them."},
    {"map.proposal", "A line given to --decide is no proposal as --propose "
	"writes them."},
    {"seen.key", "A fault of ours: a key too long for a set that can go to "
	"disk."},
    {"map.required", "A field that is required found no value."},
    {"map.review", "Names were matched, but not surely enough to rename them: "
	"the members stay as they\nare.  --propose shows the matches and why, "
	"--decide asks about them."},
    {"map.target", "The target of --reconcile is neither a JSON Schema with "
	"properties nor a list of\nfields or names, or, with -, the mapping "
	"reads no members by their names."},
    {"map.unit", "The record does not say what unit a value has, where the "
	"mapping looks for it."},
    {"map.unmapped", "With unmapped: fail, the record has a member that the "
	"mapping does not know."},
    {"map.unseen", "A path of the mapping or of --keep, --drop or --rename "
	"was in no record that\ncame to it: most likely it is misspelled.  "
	"-q says nothing of it; a field with a\ndefault expects it."},
    {"map.value", "A value is not in the field's table of values, and else "
	"is not given."},
    {"recon.lexicon", "A file of words is not as lexicon-1.json has it."},
    {"recon.limit", "More fields than are matched with each other: 1024."},
    {"recon.name", "A field of the target has no name, or the name of "
	"another."},
    {"agg.arg", "A function of rap-agg takes one argument, a path or an "
	"expression; count() none.\ncount(x) counts the values that are "
	"there, so it is refused for a condition:\ncount() where x > y."},
    {"agg.form", "The operand looks like an aggregate and is none: "
	"NAME=FUNC(ARG), or\nNAME=FUNC(ARG) where EXPRESSION.  A file of "
	"such a name is ./NAME."},
    {"agg.func", "rap-agg has no function of that name."},
    {"agg.groups", "There are more groups than --max-groups.  Group by less, "
	"or raise it."},
    {"agg.key", "A key of -g is empty, or an expression without a name, "
	"NAME=EXPRESSION.  Keys\nhave commas between."},
    {"agg.memory", "The keys and results of the groups take more than "
	"--memory."},
    {"agg.missing", "A record has no value at a key, and --missing reject "
	"was given."},
    {"agg.mixed", "min or max met numbers and strings in one group.  They "
	"have no common order,\nand which came first must not matter."},
    {"agg.name", "Each aggregate needs a name, NAME=FUNC(ARG), and no two "
	"members of a row may\nhave the same.  -g NAME=PATH names a key."},
    {"agg.none", "rap-agg was not told what to compute."},
    {"agg.type", "A function of rap-agg met a value it cannot take.  Numbers "
	"in quotes are\nstrings; rap-map can cast them."},
    {"agg.unseen", "A path of the command line was in no record: most "
	"likely it is misspelled.  -q\nsays nothing of it."},
    {"num.range", "The number does not fit a double, and a double was asked "
	"for."},
    {"num.limit", "Arithmetic on a number of more than 1000 digits, or an "
	"exponent past 1000, is\nrefused; such a number can still be "
	"copied."},
    {"object.changed", "A file that was to be kept has other bytes now than "
	"when it was used."},
    {"object.digest", "An object of the store is not what its name, a "
	"SHA-256, says."},
    {"object.missing", "An object that the log refers to is not in the "
	"store."},
    {"os.memory", "Memory ended.  What stdout got is a prefix of the right "
	"output, in whole\nlines."},
    {"os.random", "The system gives no random bytes, which the id of a run "
	"is made of."},
    {"path.depth", "A path has more than 32 steps."},
    {"path.syntax", "A path is names with dots between, none of them empty, "
	"or a JSON Pointer\n(RFC 6901): /a/0/b, with ~1 for a slash in a name "
	"and ~0 for a tilde."},
    {"os.fds", "The system allows no more open files."},
    {"prog.counts", "Read records are not the sum of passed, rejected and "
	"filtered ones: a fault in\nthis program."},
    {"capture.url", "What a URL gave cannot be had again, so rap-fetch keeps "
	"it while it reads.  A\nstage that ended before its reply was whole "
	"has nothing to keep."},
    {"run.abandoned", "A run or stage began and did not end: it is still at "
	"work, or was killed.  It\nstays in the log."},
    {"run.absent", "No run of the log has this id."},
    {"run.ambiguous", "More than one run has an id that begins so."},
    {"run.command", "The command cannot be started: 127 when it is not there, "
	"126 otherwise."},
    {"run.stage", "A stage of the run ended with an exit other than 0.  A "
	"shell's pipeline has the\nstatus of its last command, so the run "
	"itself may have ended with 0: use\nset -o pipefail where the shell "
	"has it."},
    {"run.toolarge", "The records of one run pass 256 MiB."},
    {"replay.command", "The record of the run holds no command."},
    {"replay.cwd", "The record of the run does not say where it worked, or "
	"not absolutely."},
    {"replay.input", "The bytes of an input are not those the run read.  "
	"Runs recorded with\nrap-audit run --capture keep them."},
    {"replay.missing", "Inputs of the run cannot be read; each was named "
	"before."},
    {"replay.nothing", "No stage of the run wrote its record, so nothing can "
	"be compared.  Put rap-audit\ntap NAME between commands that record "
	"nothing themselves."},
    {"replay.scratch", "The replay differs in a way that a missing file "
	"explains: only the inputs that\nstages recorded are in the scratch "
	"directory.  --here runs where the run was."},
    {"replay.redacted", "Secrets are not recorded, so the command cannot be "
	"run as it was.  Give it\nagain: rap-replay verify RUN -- COMMAND"},
    {"store.unsafe", "A file of the store is a link, a FIFO or a device.  "
	"Following it could read\nor overwrite what is not the store's."},
    {"store.absent", "The store directory is not there; rap-audit init makes "
	"one."},
    {"store.foreign", "A file in the store has no name of an object or "
	"stream."},
    {"store.lock", "Another process holds the log's lock.  RAP_LOCK_WAIT says "
	"for how many seconds\nto wait (30)."},
    {"stream.missing", "The tiles of a stream that the log tells of are not "
	"in the store."},
    {"stream.root", "The tiles of a stream have another root than the one "
	"they are named after."},
    {"unit.code", "There is no such unit.  Codes are those of UCUM, with the "
	"usual names beside;\nsee rap-map(5)."},
    {"unit.dimension", "The units measure different things, so there is no "
	"factor between them."},
    {"unit.limit", "The factor between two units is too large, or a code too "
	"deep or divided by zero."},
    {"unit.special", "A temperature scale can be converted alone but not "
	"within a product; logarithms\nand the like are not converted."},
    {"usage.code", "--explain was given a word that is no code; --explain "
	"list names them all."},
    {"usage.cpu", "RAP_CPU names a scanner that this processor does not "
	"have."},
    {"usage.operand", "An operand too many, or one that is missing."},
    {"usage.run", "RAP_RUN is set, and not to the id of a run."},
    {"usage.option", "An option this program does not know, or one that does "
	"not go with the others."},
    {"usage.value", "The value of an option is not of its kind, or two options "
	"contradict each other."},
    {"usage.missing", "What was asked for needs something more: an option "
	"its value, or one option\nanother."},
    {"verify.more", "There is more damage than was told one by one."},
    {"usage.verb", "The first operand is not one of the program's commands."},
};

/* All codes in order, with the first sentence of each cut to the line. */
static void
put_list(struct buf *out)
{
	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		buf_printf(out, "%-17s %.*s\n", codes[i].id,
		    (int)strcspn(codes[i].text, "\n"), codes[i].text);
}

int
prog_explain(const char *id, struct buf *out, struct err *e)
{
	const char *ids[ARRAY_LEN(codes)], *near;
	size_t family = strcspn(id, ".");
	char show[60];

	if (strcmp(id, "list") == 0) {
		put_list(out);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		if (strcmp(codes[i].id, id) == 0) {
			buf_printf(out, "%s\n", codes[i].text);
			return 0;
		}
		ids[i] = codes[i].id;
	}
	near = str_near(str_of(id), ids, ARRAY_LEN(codes));
	/* Or the first of the same family. */
	for (size_t i = 0; i < ARRAY_LEN(codes) && near == NULL &&
	     family != 0; i++)
		if (strncmp(codes[i].id, id, family) == 0 &&
		    codes[i].id[family] == '.')
			near = codes[i].id;
	str_escape(show, sizeof show, id, strlen(id));
	err_set(e, ERR_USAGE, "usage.code", "no code '%s'", show);
	return near != NULL ?
	    err_hint(e, "did you mean %s? --explain list has all", near) :
	    err_hint(e, "--explain list has all");
}
