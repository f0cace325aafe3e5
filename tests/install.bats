# make install, uninstall and dist, with DESTDIR and PREFIX.
load helper

setup() {
	cd "$root"
	export MAKEFLAGS=
	# the programs under test are those installed
	O=$RAP_BIN
	[ "${RAP_SAN:-}" = "" ] || skip "the plain build is installed"
}

@test "install: programs, pages and shared files under DESTDIR" {
	d=$BATS_TEST_TMPDIR/d
	make -s install O="$O" DESTDIR="$d" PREFIX=/opt/rap
	for p in rap-fetch rap-validate rap-map rap-agg rap-audit rap-replay; do
		[ -x "$d/opt/rap/bin/$p" ]
		"$d/opt/rap/bin/$p" -V | grep -q "^$p "
	done
	[ -e "$d/opt/rap/share/man/man7/rap.7" ]
	for f in share/schemas/* share/maps/* share/sources/*; do
		cmp "$f" "$d/opt/rap/share/rap/${f#share/}"
	done
	make -s uninstall O="$O" DESTDIR="$d" PREFIX=/opt/rap
	[ -z "$(find "$d" -type f)" ]
}

@test "install: an installed program finds its maps without RAP_PATH" {
	p=$BATS_TEST_TMPDIR/p
	make -s -j2 O="$BATS_TEST_TMPDIR/b" PREFIX="$p" install
	cd "$BATS_TEST_TMPDIR"
	unset RAP_PATH
	echo '{"date":"2024-05-05T13:00:00+00:00","driver_number":1,' \
	    '"session_key":9}' >one
	"$p/bin/rap-validate" -s openf1-car_data.json one | cmp - one
}

@test "install: dist is the tree at HEAD, the same bytes each time" {
	git rev-parse HEAD >/dev/null 2>&1 || skip "not a git checkout"
	make -s dist O="$BATS_TEST_TMPDIR/1"
	make -s dist O="$BATS_TEST_TMPDIR/2"
	cmp "$BATS_TEST_TMPDIR"/[12]/rap-*.tar.gz
	tar tzf "$BATS_TEST_TMPDIR"/1/rap-*.tar.gz >"$BATS_TEST_TMPDIR/list"
	grep -q '^rap-[0-9.]*/Makefile$' "$BATS_TEST_TMPDIR/list"
	rm "$BATS_TEST_TMPDIR/list"
}
