# rap: six filters for NDJSON.  GNU make.
#
#	make            the programs, in build/
#	make check      install what the tests need, then run them all
#	make demo       one real pipeline, recorded, verified and replayed
#	make install    PREFIX, DESTDIR
#
# O=dir builds elsewhere, side by side; SAN=address,undefined or SAN=thread
# builds with sanitizers; DEBUG=1 makes RAP_FAULT work (common/base/fault.h).
-include config.mk

VERSION = 0.1.0
O ?= build
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
DATADIR ?= $(PREFIX)/share/rap
CFLAGS ?= -O2 -g
INSTALL ?= install
PKG_CONFIG ?= pkg-config
BATS ?= bats

PROGS = rap-fetch rap-validate rap-map rap-agg rap-audit rap-replay
LIBS_common = libcrypto libpcre2-8 yaml-0.1
LIBS_rap-fetch = libcurl zlib libzstd

WARN = -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
    -Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Wvla
CPP = -Icommon -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 \
    -DRAP_VERSION='"$(VERSION)"' -DRAP_DATADIR='"$(DATADIR)"' \
    $(if $(SAN)$(DEBUG),-DRAP_DEBUG)
SANFLAGS = $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer \
    $(if $(findstring undefined,$(SAN)),-fno-sanitize-recover=undefined))
ALL_CFLAGS = -std=c17 $(WARN) $(CPP) $(CPPFLAGS) -pthread $(SANFLAGS) $(CFLAGS)
ALL_LDFLAGS = -pthread $(SANFLAGS) -Wl,--as-needed $(LDFLAGS)

common_src := $(wildcard common/*/*.c)
common_obj := $(common_src:%.c=$(O)/%.o)
headers := $(wildcard common/*/*.h cmd/*/*.h)
shared_files := $(patsubst share/%,%,$(wildcard share/sources/* share/maps/* \
    share/checks/* share/schemas/* share/lexicon/* share/doc/*))
unit_src := $(wildcard tests/unit/*.c)
unit_bin := $(unit_src:tests/unit/%.c=$(O)/unit/%)
suite_src := $(wildcard tests/conformance/*.c)
suite_bin := $(suite_src:tests/conformance/%.c=$(O)/conformance/%)

.DELETE_ON_ERROR:
.PHONY: all deps check check-quick check-build check-headers check-layers \
    check-neon check-style unit install uninstall dist clean demo bench force

all: $(PROGS:%=$(O)/%)

$(O)/librap.a: $(common_obj)
	rm -f $@
	$(AR) rcs $@ $^

# One rule per program: everything in its folder, and its own libraries.
define program
$(1)_obj := $$(patsubst %.c,$$(O)/%.o,$$(wildcard cmd/$(1)/*.c))
$$(O)/$(1): $$($(1)_obj) $$(O)/librap.a
	$$(CC) $$(ALL_LDFLAGS) -o $$@ $$($(1)_obj) $$(O)/librap.a \
	    $$$$($$(PKG_CONFIG) --libs $$(LIBS_common) $$(LIBS_$(1))) \
	    $$(LDLIBS) -lm
endef
$(foreach p,$(PROGS),$(eval $(call program,$(p))))

$(O)/%.o: %.c $(O)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -Icmd/$(notdir $(patsubst %/,%,$(<D))) \
	    -MMD -MP -c -o $@ $<

# Changes only when the flags do, so that everything is rebuilt then.
$(O)/flags: force
	@mkdir -p $(@D)
	@echo '$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS)' | cmp -s - $@ || \
	    echo '$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS)' >$@

$(O)/unit/%: tests/unit/%.c $(O)/librap.a $(O)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -MMD -MP -Itests/unit -o $@ $< \
	    $(O)/librap.a $$($(PKG_CONFIG) --libs $(LIBS_common)) -lm

$(O)/conformance/%: tests/conformance/%.c $(O)/librap.a $(O)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -MMD -MP -o $@ $< \
	    $(O)/librap.a $$($(PKG_CONFIG) --libs $(LIBS_common)) -lm

unit: $(unit_bin)
	@for t in $(unit_bin); do $$t || exit 1; done

check-build: all $(unit_bin) $(suite_bin) $(O)/generate-events

# Fast tests of this one build (O=, SAN=), then everything CI runs.
check-quick:
	+@share/deps.sh check
	+@O='$(O)' SAN='$(SAN)' MAKE='$(MAKE)' BATS='$(BATS)' tests/run.sh quick

check:
	+@share/deps.sh check
	+@O='$(O)' MAKE='$(MAKE)' BATS='$(BATS)' tests/run.sh all

check-layers:
	@tests/layers.sh

check-style:
	@tests/style.sh

# Each header compiles alone.
check-headers:
	@for h in $(headers); do \
		printf '#include "%s"\n' "$$h" | $(CC) $(ALL_CFLAGS) -Werror \
		    -I. -fsyntax-only -x c - || { echo "$$h"; exit 1; }; \
	done

# libFuzzer, so clang; the library is built again with its coverage.
$(O)/fuzz-%: tests/fuzz/%.c $(common_src) $(headers)
	@mkdir -p $(@D)
	clang -std=c17 -g -O1 $(CPP) -DRAP_DEBUG $(CPPFLAGS) -pthread \
	    -fsanitize=fuzzer,address,undefined \
	    -fno-sanitize-recover=all -o $@ $< $(common_src) \
	    $$($(PKG_CONFIG) --cflags --libs $(LIBS_common)) -lm

# The NEON kernel against the scalar scanner, where a cross compiler and an
# emulator are there (Debian: gcc-aarch64-linux-gnu, qemu-user); elsewhere it
# says so.  On AArch64 itself `make check` does this.
neon_bin = $(O)/neon/scan $(O)/neon/names $(O)/neon/json
NEON_CC ?= aarch64-linux-gnu-gcc
NEON_RUN ?= $(firstword $(shell command -v qemu-aarch64 qemu-aarch64-static) \
    qemu-aarch64)
$(neon_bin): $(O)/neon/%: tests/unit/%.c $(wildcard common/base/*.[ch] \
    common/json/*.[ch])
	@mkdir -p $(@D)
	$(NEON_CC) -std=c17 -O2 -g $(WARN) $(CPP) -pthread -static \
	    -Itests/unit -o $@ $< $(filter common/%.c,$^) -lm

check-neon:
	+@for t in '$(NEON_CC)' '$(NEON_RUN)'; do \
	    command -v "$$t" >/dev/null || { \
	    echo "check-neon: skipped, no $$t here"; exit 0; }; done; \
	$(MAKE) --no-print-directory -s O='$(O)' $(neon_bin) && \
	for t in $(neon_bin); do $(NEON_RUN) $$t || exit 1; done

$(O)/generate-events: examples/events/generate.c $(O)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $<

$(O)/generate-shapes: tests/bench/shapes.c $(O)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $<

# RESULTS=1 keeps the tables in tests/bench/RESULTS.
bench: all $(O)/generate-events $(O)/generate-shapes
	@O='$(O)' RESULTS='$(RESULTS)' tests/bench/run.sh

demo:
	+@share/deps.sh build
	+@$(MAKE) --no-print-directory -s all
	@$(MAKE) --no-print-directory -s -C examples/f1 BIN='$(abspath $(O))' demo

deps:
	@share/deps.sh check

install: all
	$(INSTALL) -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(MANDIR)/man1 \
	    $(DESTDIR)$(MANDIR)/man5 $(DESTDIR)$(MANDIR)/man7
	$(INSTALL) -m 755 $(PROGS:%=$(O)/%) $(DESTDIR)$(BINDIR)
	for s in 1 5 7; do for f in man/*.$$s; do [ ! -e "$$f" ] || \
	    $(INSTALL) -m 644 "$$f" $(DESTDIR)$(MANDIR)/man$$s || exit 1; \
	    done; done
	for f in $(shared_files); do \
	    $(INSTALL) -d "$(DESTDIR)$(DATADIR)/$${f%/*}" && \
	    $(INSTALL) -m 644 "share/$$f" "$(DESTDIR)$(DATADIR)/$$f" || exit 1; \
	    done

uninstall:
	rm -f $(PROGS:%=$(DESTDIR)$(BINDIR)/%)
	rm -f $(foreach f,$(wildcard man/*.[157]),$(DESTDIR)$(MANDIR)/$(patsubst \
	    .%,man%,$(suffix $f))/$(notdir $f))
	rm -f $(shared_files:%=$(DESTDIR)$(DATADIR)/%)
	for d in $(sort $(dir $(shared_files))) ''; do \
	    rmdir "$(DESTDIR)$(DATADIR)/$$d" 2>/dev/null || :; done

dist:
	@mkdir -p $(O)
	git archive --prefix=rap-$(VERSION)/ HEAD | gzip -n \
	    >$(O)/rap-$(VERSION).tar.gz

clean:
	rm -rf $(O) $(O)-asan $(O)-tsan

-include $(common_obj:.o=.d) $(foreach p,$(PROGS),$($(p)_obj:.o=.d)) \
    $(unit_bin:=.d) $(suite_bin:=.d)
