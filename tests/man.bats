# The pages agree with the programs: mandoc finds nothing, the options are
# those of --help, and the examples run.
load helper

programs="rap-fetch rap-validate rap-map rap-agg rap-audit rap-replay"

# The options a page describes, one per line: -o and --output.
page_options() {
	sed -n 's/^\.It Fl //p' "$1" | tr ' ' '\n' | awk '
	    /^(Ar|Cm|Ns|Op|Oc|Oo)$/ { skip = 1; next }
	    /^(Fl|,)$/ { skip = 0; next }
	    skip { skip = 0; next }
	    /^-?[A-Za-z][A-Za-z0-9-]*$/ { print "-" $0 }'
}

help_options() {
	"$1" --help | sed -n 's/^ *\(-[^ ].*\)/\1/p' | sed 's/  .*//' |
	    tr ' ,=' '\n\n\n' | grep -E '^--?[A-Za-z]'
}

@test "man: mandoc has no warning about any page" {
	command -v mandoc || skip "no mandoc"
	for page in "$root"/man/*.[157]; do
		mandoc -Tlint -W warning "$page"
	done
}

@test "man: there is a page for each program, named in rap(7)" {
	for p in $programs; do
		[ -e "$root/man/$p.1" ] || { echo "no man/$p.1"; false; }
		grep -q "^\.It Xr $p 1" "$root/man/rap.7"
	done
}

@test "man: options of --help = options of the page and of rap(7)" {
	cd "$BATS_TEST_TMPDIR"
	for p in $programs; do
		help_options $p | sort -u >help
		{
			page_options "$root/man/$p.1"
			page_options "$root/man/rap.7"
		} | sort -u >page
		diff -u help page || { echo "$p: --help (-), pages (+)"; false; }
	done
}

# The `$ rap-...` lines of a page's literal displays are run one after the
# other; what the display shows below must be what comes out.
@test "man: examples do what they show" {
	cp -r "$root/tests/man" "$BATS_TEST_TMPDIR/dir"
	cd "$BATS_TEST_TMPDIR/dir"
	for page in "$root"/man/*.[157]; do
		python3 "$root/tests/man/run.py" "$page"
	done
}
