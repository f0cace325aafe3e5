// yardstick dom|group|project FILE: what simdjson does with the file in this
// process, one thread, the text already in memory.  Prints its seconds, wall
// and CPU, in the form measure.py reads (see peers.mjs), and on stdout what it
// found.  The best of three passes.
#include <cstdio>
#include <cstring>
#include <ctime>
#include <map>
#include <simdjson.h>
#include <string>

using namespace simdjson;

static double
seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static const size_t batch = 1 << 24; // the longest document

static size_t
dom_check(const padded_string &text)
{
	dom::parser parser;
	dom::document_stream docs;
	size_t n = 0;

	if (parser.parse_many(text, batch).get(docs) != SUCCESS)
		return 0;
	for (auto doc : docs) {
		if (doc.error() != SUCCESS)
			return 0;
		n++;
	}
	return n;
}

static size_t
group(const padded_string &text)
{
	ondemand::parser parser;
	ondemand::document_stream docs;
	std::map<std::string, std::pair<size_t, double>, std::less<>> groups;

	if (parser.iterate_many(text, batch).get(docs) != SUCCESS)
		return 0;
	for (auto doc : docs) {
		std::string_view type;
		double revenue = 0;

		if (doc["event_type"].get(type) != SUCCESS)
			return 0;
		auto at = groups.find(type);
		if (at == groups.end())
			at = groups.emplace(std::string(type),
			    std::make_pair(0, 0.0)).first;
		at->second.first++;
		if (doc["properties"]["revenue"].get(revenue) == SUCCESS)
			at->second.second += revenue;
	}
	return groups.size();
}

static size_t
project(const padded_string &text)
{
	static const char *const names[] = {"event_id", "player_id",
	    "event_type", "timestamp", "session_id", "properties"};
	ondemand::parser parser;
	ondemand::document_stream docs;
	std::string out;
	size_t bytes = 0;

	if (parser.iterate_many(text, batch).get(docs) != SUCCESS)
		return 0;
	for (auto doc : docs) {
		out += '{';
		for (size_t i = 0; i < 6; i++) {
			std::string_view raw;

			if (to_json_string(doc[names[i]]).get(raw) != SUCCESS)
				return 0;
			out += i == 0 ? "\"" : ",\"";
			out += names[i];
			out += "_2\":";
			out += raw;
		}
		out += "}\n";
		if (out.size() > 1 << 20) {
			bytes += out.size();
			out.clear();
		}
	}
	return bytes + out.size();
}

int
main(int argc, char **argv)
{
	padded_string text;
	double wall = 1e9, cpu = 1e9;
	size_t n = 0;

	if (argc != 3 || padded_string::load(argv[2]).get(text) != SUCCESS)
		return 64;
	for (int turn = 0; turn < 3; turn++) {
		double w = seconds(CLOCK_MONOTONIC);
		double c = seconds(CLOCK_PROCESS_CPUTIME_ID);

		n = strcmp(argv[1], "dom") == 0 ? dom_check(text)
		    : strcmp(argv[1], "group") == 0 ? group(text)
						    : project(text);
		w = seconds(CLOCK_MONOTONIC) - w;
		c = seconds(CLOCK_PROCESS_CPUTIME_ID) - c;
		wall = w < wall ? w : wall;
		cpu = c < cpu ? c : cpu;
	}
	if (n == 0)
		return 65;
	printf("%zu\n", n);
	fprintf(stderr, "own time: %.6f %.6f\n", wall, cpu);
	return 0;
}
