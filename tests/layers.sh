#!/bin/sh
# layers.sh: who includes what, against common/LAYERS, and which functions
# only one file may call.  Prints each breach; fails if there is one.
cd "${1:-$(dirname "$0")/..}" || exit 70
export LC_ALL=C
awk '
function bad(text) {
	printf "%s:%d: %s\n", FILENAME, FNR, text
	breaches++
}

# Which folder may include a header of a library we use.
function owned(header, folder) {
	for (h in owner)
		if (index(header, h) == 1 && index(owner[h], " " folder " ") == 0)
			bad("<" header "> belongs to" owner[h])
}

# The line without comments and without the insides of strings.
function code(line,    out, c, i, n) {
	n = length(line)
	for (i = 1; i <= n; i++) {
		c = substr(line, i, 1)
		if (comment) {
			if (substr(line, i, 2) == "*/") {
				comment = 0
				i++
			}
		} else if (substr(line, i, 2) == "/*") {
			comment = 1
			i++
		} else if (substr(line, i, 2) == "//") {
			break
		} else if (c == "\"" || c == "\047") {
			for (i++; i <= n && substr(line, i, 1) != c; i++)
				if (substr(line, i, 1) == "\\")
					i++
			out = out c c
		} else {
			out = out c
		}
	}
	return out
}

function calls(text, names) {
	return match(text, "(^|[^A-Za-z0-9_.>])(" names ") *\\(")
}

BEGIN {
	while ((getline line <"common/LAYERS") > 0) {
		if (line ~ /^#/ || line == "")
			continue
		n = split(line, word, " ")
		may[word[1]] = " "
		for (i = 1; i <= n; i++)
			may[word[1]] = may[word[1]] word[i] " "
	}
	owner["openssl/"] = " hash "
	owner["pcre2.h"] = " re "
	owner["yaml.h"] = " conf "
	owner["curl/"] = " rap-fetch "
	owner["zlib.h"] = " rap-fetch "
	owner["zstd.h"] = " rap-fetch "
	owner["pthread.h"] = " engine base "
	owner["threads.h"] = " "
	owner["locale.h"] = " "

	# The last words of the allocator, the fault counts, and the wake
	# pipe of a signal handler cannot go through io.
	may_write = "^common/base/(io|io_pub|mem|fault)\\.c$"
	never = "strcpy|strcat|sprintf|vsprintf|strtok|gets|setlocale|atoi" \
	    "|atol|atof|system|popen|tmpnam|mktemp|alloca|rand|srand|longjmp"
	memory = "malloc|calloc|realloc|free|strdup|strndup|asprintf" \
	    "|vasprintf|getline|posix_memalign|aligned_alloc"
	files = "open|openat|creat|read|pread|readv|write|pwrite|writev" \
	    "|fsync|fdatasync|rename|renameat|fopen|fdopen|fwrite|fread" \
	    "|printf|puts|putchar|fputs|fputc|putc"
	threads = "pthread_create|thrd_create"
}

FNR == 1 {
	split(FILENAME, dir, "/")
	top = dir[1]
	folder = dir[2]
	comment = 0
	if (top == "common" && !(folder in may) && !(folder in told)) {
		told[folder] = 1
		bad("module " folder " is not in common/LAYERS")
	}
}

/^[ \t]*#[ \t]*include/ {
	header = $0
	sub(/^[^<"]*[<"]/, "", header)
	sub(/[>"].*/, "", header)
	if (index($0, "<")) {
		owned(header, folder)
	} else if (header ~ /\.\./) {
		bad("include \"" header "\" climbs out of its folder")
	} else if (index(header, "/") == 0) {
		if ((getline line <(top "/" folder "/" header)) < 0)
			bad("\"" header "\" is not in " top "/" folder)
		close(top "/" folder "/" header)
	} else {
		split(header, part, "/")
		if (!(part[1] in may))
			bad("\"" header "\" is of no module")
		else if (top == "common" && \
		    index(may[folder], " " part[1] " ") == 0)
			bad(folder " may not include \"" header "\"")
		if (header ~ /_priv\.h$/ && part[1] != folder)
			bad("\"" header "\" is private to " part[1])
	}
	next
}

{
	text = code($0)
	if (calls(text, never))
		bad("forbidden function: " $0)
	if (FILENAME != "common/base/mem.c" && calls(text, memory))
		bad("only common/base/mem.c allocates: " $0)
	if (FILENAME !~ may_write && calls(text, files))
		bad("only common/base/io*.c does file I/O: " $0)
	if (folder != "engine" && calls(text, threads))
		bad("only common/engine makes threads: " $0)
}

END {
	exit breaches != 0
}' $(find common cmd -name '*.[ch]' 2>/dev/null | sort)
