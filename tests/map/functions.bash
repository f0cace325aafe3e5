# What the tests of rap-map share.

# mapping: stdin becomes the mapping file, with its first line.
mapping() {
	{
		echo "rap: map/1"
		cat
	} >m.yaml
}

# gives INPUT OUTPUT [OPTION...]: by m.yaml, or by the options.
gives() {
	local in=$1 want=$2 got
	shift 2
	[ $# != 0 ] || set -- -m m.yaml
	got=$(printf '%s\n' "$in" | rap-map "$@") || return
	[ "$got" = "$want" ] || {
		printf 'got  %s\nwant %s\n' "$got" "$want"
		return 1
	}
}

# bad INPUT TEXT: stops with 65, and TEXT is in the one diagnostic.
bad() {
	local status=0
	printf '%s\n' "$1" | rap-map -m m.yaml >out 2>err || status=$?
	cat err
	[ $status = 65 ] && [ ! -s out ] && [ "$(wc -l <err)" = 1 ] &&
	    grep -qF -- "$2" err
}

# refused TEXT: m.yaml is no mapping; nothing is read.  The diagnostic is one
# line, and below it the place it is about is shown.
refused() {
	local status=0
	rap-map -m m.yaml /nonexistent >out 2>err || status=$?
	cat err
	[ $status = 78 ] && [ ! -s out ] && [ "$(grep -vc '^    ' err)" = 1 ] &&
	    head -n 1 err | grep -qF -- "$1"
}
