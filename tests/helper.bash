# Loaded by every bats file.  RAP_BIN is where the programs under test are.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
: "${RAP_BIN:=$root/build}"
export PATH="$RAP_BIN:$PATH"
export RAP_PATH="$root/share"
unset RAP_STORE RAP_RUN RAP_FAULT RAP_CPU RAP_BLOCK
# The whole suite must pass under each scanner (rap(7), RAP_CPU).
[ -z "$RAP_TEST_CPU" ] || export RAP_CPU=$RAP_TEST_CPU
shared=$root/../shared

# need_shared PATH: skip, saying why, when the test data is not there.
need_shared() {
	[ -e "$shared/$1" ] || skip "no test data: ../shared/$1 is absent"
}

# RAP_ONLY="rap-map rap-agg" looks at these only.
only() {
	for p in "$@"; do
		[[ " ${RAP_ONLY:-$*} " != *" $p "* ]] || echo "$p"
	done
}

# forge [-u] CODE: the log of .rap, changed and made right again (forge.py).
forge() {
	python3 "$root/tests/forge.py" "$@"
}

# run_killed: a run of which the only stage, stuck, began and did not end.
run_killed() {
	mkfifo in
	rap-audit run -- sh -c 'rap-audit tap stuck <&3 & echo $! >pid; wait $!' \
	    3<in >out 2>err &
	exec 8>in
	while [ "$(rap-audit log | grep -c 'begin  stuck')" = 0 ]; do
		sleep 0.02
	done
	kill -9 $(cat pid)
	wait $! || :
	exec 8>&-
}
