# make install, uninstall and dist, with DESTDIR and PREFIX.
load helper

setup() {
	cd "$root"
	export MAKEFLAGS=
	[ -z "$RAP_SAN" ] || skip "looked at in the plain build"
}

# A build of its own: PREFIX is compiled in.
@test "install: all under DESTDIR and PREFIX, found there, gone after" {
	mk() {
		make -s -j2 O="$BATS_TEST_TMPDIR/build" CFLAGS=-O0 \
		    PREFIX="$BATS_TEST_TMPDIR/p" "$@"
	}
	d=$BATS_TEST_TMPDIR/d p=$BATS_TEST_TMPDIR/p
	mk install
	for n in rap-fetch rap-validate rap-map rap-agg rap-audit rap-replay; do
		"$p/bin/$n" -V | grep -q "^$n "
	done
	for f in share/schemas/* share/maps/* share/sources/*; do
		cmp "$f" "$p/share/rap/${f#share/}"
	done
	for f in man/*.[157]; do
		cmp "$f" "$p/share/man/man${f##*.}/${f##*/}"
	done
	cd "$BATS_TEST_TMPDIR"
	echo '{"date":"2024-05-05T13:00:00+00:00","driver_number":1,' \
	    '"session_key":9}' >one
	env -u RAP_PATH "$p/bin/rap-validate" -s openf1-car_data.json one |
	    cmp - one
	cd "$root"
	mk install DESTDIR="$d"
	diff -r "$p" "$d$p"
	mk uninstall DESTDIR="$d"
	[ -z "$(find "$d" -type f)" ]
	diff -r "$p" "$d$p" | grep -q "^Only in $p"
	[ ! -e "$d$p/share/rap" ]
	# What others put there stays.
	mk install DESTDIR="$d"
	echo mine >"$d$p/share/rap/maps/mine.yaml"
	echo mine >"$d$p/bin/mine"
	mk uninstall DESTDIR="$d"
	(cd "$d" && find . -type f | sort) >"$BATS_TEST_TMPDIR/left"
	printf '.%s\n' "$p/bin/mine" "$p/share/rap/maps/mine.yaml" |
	    diff - "$BATS_TEST_TMPDIR/left"
}

@test "install: dist is the tree at HEAD, the same bytes each time" {
	git rev-parse HEAD >/dev/null 2>&1 || skip "not a git checkout"
	make -s dist O="$BATS_TEST_TMPDIR/1"
	make -s dist O="$BATS_TEST_TMPDIR/2"
	cmp "$BATS_TEST_TMPDIR"/[12]/rap-*.tar.gz
	tar tzf "$BATS_TEST_TMPDIR"/1/rap-*.tar.gz >"$BATS_TEST_TMPDIR/list"
	grep -q '^rap-[0-9.]*/Makefile$' "$BATS_TEST_TMPDIR/list"
}
