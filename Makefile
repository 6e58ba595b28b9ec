# sdctl: make, make demo, make check, make install (PREFIX, DESTDIR); see CONTRIBUTING.md.
# make SAN=1 builds with AddressSanitizer and UBSan, in a build folder of its own.

VERSION  = 0.1.0
CC      ?= cc
CFLAGS  ?= -O2 -g
PREFIX  ?= /usr/local
SAN     ?= 0

WARNINGS   = -Wall -Wextra -Wpedantic -Wshadow -Wconversion
CPPFLAGS  += -D_XOPEN_SOURCE=700 -Ilib -I. -DSDCTL_VERSION='"$(VERSION)"' \
             -DSDCTL_LIBEXECDIR='"$(PREFIX)/libexec/sdctl"'
ALL_CFLAGS = -std=c17 $(WARNINGS) -MMD -MP $(CFLAGS)
# libc first: at every start symbols are looked for in the libraries in this order
LIBS       = -lc -lm -lz -lpng -ljansson -lsodium -lpthread -ldl
ifneq ($(shell uname -s),Darwin)
LINK_FLAGS = -Wl,-O1,--as-needed,-z,now
endif
LINK       = $(CC) $(CFLAGS) $(LINK_FLAGS) $(LDFLAGS)

ifeq ($(SAN),1)
BUILD  = build/san
BIN    = build/san
CPPFLAGS += -DSDCTL_ORDINARY_EXIT
CFLAGS = -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
else
BUILD  = build
BIN    = .
endif

# libjpeg-turbo and libwebp let a JPEG or WebP be a mask, or be turned; without them it is refused.
# sdctl loads them when it meets such a picture; the sandbox, which writes them too, is linked.
has = $(shell printf '\043include <stdio.h>\n\043include <%s>\n' $(1) | \
        $(CC) -E -x c - >/dev/null 2>&1 && echo yes)
ifeq ($(call has,jpeglib.h),yes)
CPPFLAGS += -DHAVE_LIBJPEG
BOX_LIBS += -ljpeg
endif
ifeq ($(call has,webp/decode.h),yes)
CPPFLAGS += -DHAVE_LIBWEBP
BOX_LIBS += -lwebp
endif

# one short line for each step; make V=1 shows the whole commands
V ?= 0
ifeq ($(V),1)
run = $(2)
else
run = @echo "$(1) $@"; $(2)
endif

# object files of source files
objects = $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(1)))

LIB      = $(BUILD)/libsdctl.a
LIB_OBJ  = $(call objects,lib/*/*.c)
CMD_OBJ  = $(filter-out $(BUILD)/cmd/sdctl.o,$(call objects,cmd/*.c))
BOX_OBJ  = $(call objects,cmd/sandbox/*.c)
GEN_OBJ  = $(call objects,cmd/print/*.c)
UNITS    = $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/*.c))
TOOLS    = $(patsubst tests/tools/%.c,$(BUILD)/tools/%,$(wildcard tests/tools/*.c))
MAN1     = $(wildcard man/*.1)
MAN7     = $(wildcard man/*.7)

all: $(BIN)/sdctl $(BIN)/sdctl-sandbox

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(call run,CC,$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<)

$(LIB): $(LIB_OBJ)
	@rm -f $@
	$(call run,AR,$(AR) rcs $@ $^)

$(BIN)/sdctl: $(BUILD)/cmd/sdctl.o $(CMD_OBJ) $(LIB)
	$(call run,LD,$(LINK) -o $@ $^ $(LIBS))

$(BIN)/sdctl-sandbox: $(BOX_OBJ) $(LIB)
	$(call run,LD,$(LINK) -o $@ $^ -lmicrohttpd -lsqlite3 $(BOX_LIBS) $(LIBS))

$(BUILD)/sdctl-print: $(GEN_OBJ) $(CMD_OBJ) $(LIB)
	$(call run,LD,$(LINK) -o $@ $^ $(LIBS))

$(BUILD)/unit/%: $(BUILD)/tests/unit/%.o $(CMD_OBJ) $(LIB)
	@mkdir -p $(@D)
	$(call run,LD,$(LINK) -o $@ $^ $(LIBS))

$(BUILD)/tools/%: $(BUILD)/tests/tools/%.o $(LIB)
	@mkdir -p $(@D)
	$(call run,LD,$(LINK) -o $@ $^ $(LIBS))

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

.PHONY: all deps deps-check deps-bench demo check tests generate format bench install uninstall clean
.SECONDARY:

# --- what it needs -----------------------------------------------------------

deps:
	@tests/deps.sh build
deps-check: deps
	@tests/deps.sh check
deps-bench: deps
	@tests/deps.sh bench

# --- the two commands --------------------------------------------------------

# The build is a second make: the packages must be there before it looks for anything.
demo: deps
	@$(MAKE) --no-print-directory all
	@BIN=$(BIN) tests/demo.sh

check: deps-check
	@$(MAKE) --no-print-directory all tests
	@BIN=$(BIN) BUILD=$(BUILD) tests/check.sh

tests: $(UNITS) $(TOOLS) $(BUILD)/sdctl-print

# --- the rest ----------------------------------------------------------------

# man pages' OPTIONS and completions, from the option tables
generate: $(BUILD)/sdctl-print
	BUILD=$(BUILD) tests/generate.sh

format:
	clang-format -i $(shell find cmd lib tests -name '*.[ch]')

bench: deps-bench
	@$(MAKE) --no-print-directory all
	@BIN=$(BIN) BUILD=$(BUILD) tests/bench/run.sh

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/libexec/sdctl \
	    $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man7 \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions \
	    $(DESTDIR)$(PREFIX)/share/zsh/site-functions \
	    $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	install -m 755 $(BIN)/sdctl $(DESTDIR)$(PREFIX)/bin/sdctl
	install -m 755 $(BIN)/sdctl-sandbox $(DESTDIR)$(PREFIX)/libexec/sdctl/sdctl-sandbox
	install -m 644 $(MAN1) $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 $(MAN7) $(DESTDIR)$(PREFIX)/share/man/man7
	install -m 644 completions/sdctl.bash \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions/sdctl
	install -m 644 completions/_sdctl $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_sdctl
	install -m 644 completions/sdctl.fish \
	    $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/sdctl.fish

uninstall:
	rm -rf $(DESTDIR)$(PREFIX)/libexec/sdctl
	rm -f $(DESTDIR)$(PREFIX)/bin/sdctl \
	    $(addprefix $(DESTDIR)$(PREFIX)/share/man/man1/,$(notdir $(MAN1))) \
	    $(addprefix $(DESTDIR)$(PREFIX)/share/man/man7/,$(notdir $(MAN7))) \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions/sdctl \
	    $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_sdctl \
	    $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/sdctl.fish

clean:
	rm -rf build sdctl sdctl-sandbox
