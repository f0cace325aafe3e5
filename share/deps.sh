#!/bin/sh
# deps.sh build|check: make sure that what `make` or `make check` needs is
# here.  Looks first, quickly; when something is missing, installs it on
# Debian and its kin as root or through sudo, and elsewhere says what to
# install and fails.
set -u
want=${1:-check}
case $want in
build | check) ;;
*)
	echo "usage: deps.sh [build|check]" >&2
	exit 64
	;;
esac

missing=
packages=
lack() { # WHAT DEBIAN-PACKAGE...
	missing="$missing $1"
	shift
	packages="$packages $*"
}

tool() { # COMMAND DEBIAN-PACKAGE...
	command -v "$1" >/dev/null 2>&1 || lack "$@"
}

lib() { # PKG-CONFIG-NAME DEBIAN-PACKAGE
	command -v pkg-config >/dev/null 2>&1 && pkg-config --exists "$1" &&
	    return
	lack "$1" "$2"
}

look() {
	missing=
	packages=
	tool "${CC:-cc}" gcc libc6-dev
	[ -e /usr/include/stdio.h ] || lack stdio.h libc6-dev
	tool pkg-config pkg-config
	lib libcrypto libssl-dev
	lib libpcre2-8 libpcre2-dev
	lib yaml-0.1 libyaml-dev
	lib libcurl libcurl4-openssl-dev
	lib zlib zlib1g-dev
	lib libzstd libzstd-dev
	[ "$want" = check ] || return 0
	tool bats bats
	tool parallel parallel
	tool jq jq
	tool python3 python3
	tool pmccabe pmccabe
	tool mandoc mandoc
	tool git git
	tool clang clang
	rt=$(clang -print-runtime-dir 2>/dev/null)
	[ -e "$rt/libclang_rt.fuzzer-$(uname -m).a" ] ||
	    lack libclang_rt.fuzzer libclang-rt-dev
}

look
[ -n "$missing" ] || exit 0

root=
[ "$(id -u)" = 0 ] || root=sudo
if ! command -v apt-get >/dev/null 2>&1 ||
    { [ -n "$root" ] && ! command -v sudo >/dev/null 2>&1; }; then
	echo "deps.sh: missing:$missing" >&2
	echo "deps.sh: install them; the Debian packages are:$packages" >&2
	exit 69
fi

echo "deps.sh: installing what is missing:$missing" >&2
log=$(mktemp) || exit 73
trap 'rm -f "$log"' EXIT
if ! { $root apt-get update &&
    $root env DEBIAN_FRONTEND=noninteractive \
	apt-get install -y --no-install-recommends $packages; } >"$log" 2>&1
then
	cat "$log" >&2
	echo "deps.sh: apt-get failed; needed:$packages" >&2
	exit 69
fi
look
[ -z "$missing" ] || {
	echo "deps.sh: still missing:$missing" >&2
	exit 69
}
