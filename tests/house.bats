# The checks of the tree itself can fail: each is shown a tree with one fault.
load helper

setup() {
	cp -r "$root/common" "$root/tests/style.excuses" "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
	mkdir -p tests cmd/rap-one cmd/rap-two
	mv style.excuses tests
	printf 'int\nmain(void)\n{\n\treturn 0;\n}\n' >cmd/rap-one/main.c
	cp cmd/rap-one/main.c cmd/rap-two/main.c
}

# after LINE: append it to the program and run the layer check.
layers_after() {
	printf '%s\n' "$2" >>"$1"
	run "$root/tests/layers.sh" .
}

@test "layers: the tree passes" {
	"$root/tests/layers.sh"
}

@test "layers: a module may not include one that LAYERS does not grant" {
	layers_after common/json/json.h '#include "engine/engine.h"'
	[ "$status" = 1 ]
	[[ $output == *"json may not include"* ]]
}

@test "layers: a folder of common/ must be in LAYERS" {
	mkdir common/util
	layers_after common/util/util.h 'int util(void);'
	[ "$status" = 1 ]
	[[ $output == *"module util is not in common/LAYERS"* ]]
}

@test "layers: a program may not include another program" {
	touch cmd/rap-two/part.h
	layers_after cmd/rap-one/main.c '#include "../rap-two/part.h"'
	[ "$status" = 1 ]
	layers_after cmd/rap-one/main.c '#include "rap-two/part.h"'
	[ "$status" = 1 ]
	layers_after cmd/rap-one/main.c '#include "part.h"'
	[ "$status" = 1 ]
}

@test "layers: a library is included by its one wrapper" {
	for h in openssl/evp.h pcre2.h yaml.h curl/curl.h zlib.h zstd.h \
	    pthread.h locale.h; do
		layers_after cmd/rap-one/main.c "#include <$h>"
		[ "$status" = 1 ]
		[[ $output == *"<$h> belongs to"* ]]
	done
}

@test "layers: a private header stays in its folder" {
	touch common/json/json_priv.h
	layers_after cmd/rap-one/main.c '#include "json/json_priv.h"'
	[ "$status" = 1 ]
}

@test "layers: allocation, file I/O and threads have one home each" {
	for call in 'p = malloc(3);' 'free(p);' 'write(1, "", 0);' \
	    'if (rename(a, b) < 0)' 'printf("x");' 'fsync(fd);' \
	    'pthread_create(&t, NULL, f, NULL);'; do
		cp "$root/common/base/str.c" common/base/str.c
		layers_after common/base/str.c "$call"
		[ "$status" = 1 ]
	done
}

@test "layers: a forbidden function is found, in a comment it is not" {
	layers_after cmd/rap-one/main.c '/* sprintf(x) is not used */'
	[ "$status" = 0 ]
	layers_after cmd/rap-one/main.c 'sprintf(x, "%d", 1);'
	[ "$status" = 1 ]
}

@test "style: the tree passes" {
	"$root/tests/style.sh"
}

# style_after TEXT WANT: the style check names WANT after TEXT is added.
style_after() {
	cp "$root/common/base/str.c" common/base/str.c
	printf "$1" >>common/base/str.c
	run "$root/tests/style.sh" .
	[ "$status" = 1 ]
	[[ $output == *"common/base/str.c"*"$2"* ]]
}

@test "style: wide lines, blanks, things left for later are found" {
	style_after "/* $(printf '%078d' 0) */\n" "columns"
	style_after 'int x; \n' "blanks at the end"
	style_after '        int x;\n' "indented with blanks"
	style_after '/* TO''DO later */\n' "left for later"
}

@test "style: long files, long and branchy functions are found" {
	command -v pmccabe || skip "no pmccabe"
	style_after "$(yes '\n' | head -500 | tr -d '\n')" "more than 500"
	style_after "int\nlong_one(int x)\n{\n$(yes '\tx++;\n' | head -90 |
	    tr -d '\n')}\n" "long_one"
	style_after "int\nbranchy(int x)\n{\n$(yes '\tif (x)\n\t\tx++;\n' |
	    head -25 | tr -d '\n')}\n" "branchy"
}

@test "style: an excuse that nothing needs is found" {
	echo "function no_such_function because" >>tests/style.excuses
	run "$root/tests/style.sh" .
	[ "$status" = 1 ]
	[[ $output == *"not needed: function no_such_function"* ]]
}

@test "headers: one that needs another before it is found" {
	cp "$root/Makefile" .
	printf 'size_t unknown(void);\n' >cmd/rap-one/part.h
	make -s check-headers headers=common/base/buf.h
	run make -s check-headers headers=cmd/rap-one/part.h
	[ "$status" != 0 ]
	[[ $output == *"cmd/rap-one/part.h"* ]]
}
