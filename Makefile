# Handmade GPT.  `make help` lists the verbs.
#
# Everything is built below $B.  Another compiler, optimisation or machine is another $B:
#   make gpt B=build/clang CC=clang OPT=-O1 ARCH=x86-64-v3
#
# These come from make's own command line, not from the environment, where another project's ARCH
# or OPT may be standing; a flag that lets the compiler reorder sums would change every number.
B    = build
OPT  = -O3
ARCH = native
ifneq ($(filter -Ofast -ffast-math,$(CFLAGS) $(OPT)),)
$(error -Ofast and -ffast-math change the numbers: leave them out)
endif
ifeq ($(origin CC),default)
CC   := cc
endif
# Goals that are run by hand call make again: what is missing may only just have been installed,
# and then the questions below are asked anew.
again = +@$(MAKE) --no-print-directory -j$(JOBS)
.DEFAULT_GOAL := help
# Make's own rules would be tried for every file there is.
MAKEFLAGS += -r
.SUFFIXES:

# --- what this compiler can do, asked once --------------------------------------------------
# The grader calls make for every save, and hands on what its own make has found out.
ifneq ($(ASKED),$(CC) $(ARCH) $(origin OMP))
JOBS := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
accepts = $(shell echo 'int main(void) { return 0; }' | $(CC) $1 -x c - -o /dev/null >/dev/null 2>&1 && echo '$1')
# What is asked only when it is first used, and then never again.
once = $(eval $1 := $2)$($1)
understands = $(shell echo 'int x;' | $(CC) -Werror $1 -fsyntax-only -x c - >/dev/null 2>&1 && echo '$1')
clang  := $(findstring clang,$(shell $(CC) --version 2>/dev/null))
ifneq ($(origin OMP),command line)
OMP    := $(call accepts,-fopenmp)
ifeq ($(OMP),)
BREW   := $(shell brew --prefix libomp 2>/dev/null)
OMP    := $(if $(BREW),-Xpreprocessor -fopenmp -I$(BREW)/include)
OMPLD  := $(if $(BREW),-L$(BREW)/lib -lomp)
endif
endif
MARCH  := $(or $(call accepts,-march=$(ARCH)),$(call accepts,-mcpu=$(ARCH)))

ifneq ($(shell command -v $(firstword $(CC))),)
ifeq ($(MARCH),)
$(error $(CC) builds for no machine called ARCH=$(ARCH))
endif
endif
# x86: vectors as wide as the machine's, where compilers would rather take half.
MARCH  += $(call accepts,-mprefer-vector-width=512)
PACKAGES = libpcre2-8 jansson
PKGC  := $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
LIBS   = $(call once,LIBS,$(shell pkg-config --libs $(PACKAGES) 2>/dev/null || echo -lpcre2-8 -ljansson))
MPIC   = $(call once,MPIC,$(shell pkg-config --cflags ompi-c 2>/dev/null || pkg-config --cflags mpich 2>/dev/null))
MPIL   = $(call once,MPIL,$(shell pkg-config --libs ompi-c 2>/dev/null || pkg-config --libs mpich 2>/dev/null))
CRITERION = $(call once,CRITERION,$(shell pkg-config --libs criterion 2>/dev/null || echo -lcriterion))
CRITERIONC = $(call once,CRITERIONC,$(shell pkg-config --cflags criterion 2>/dev/null))
# Local variables that nobody set hold garbage, or zeros.
PATTERN = $(call once,PATTERN,$(call understands,-ftrivial-auto-var-init=pattern))
SHAKE   = $(call once,SHAKE,$(call understands,-fsanitize=thread))
ZERO    = $(call once,ZERO,$(or $(call understands,-ftrivial-auto-var-init=zero),$(call \
          understands,-ftrivial-auto-var-init=zero -enable-trivial-auto-var-init-zero-knowing-it-will-be-removed-from-clang)))
# Hundreds of programs are linked from the same suite, and GNU's ld takes longer than the compiler.
QUICKLD = $(call once,QUICKLD,$(or $(call accepts,-fuse-ld=gold),$(call accepts,-fuse-ld=lld)))
endif
answers = $(foreach v,JOBS clang OMP OMPLD MARCH PKGC LIBS MPIC MPIL CRITERION CRITERIONC PATTERN SHAKE ZERO QUICKLD,$v='$($v)') ASKED='$(CC) $(ARCH) $(if $(findstring command,$(origin OMP)),command line,environment)'

FLOORS = base text kernels formats learn model run lab
WARN   = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wdouble-promotion -Wvla -Wundef \
         -Wstrict-prototypes -Wmissing-prototypes -Wcast-qual -Wno-psabi \
         $(if $(clang),-Wno-pass-failed) $(if $(OMP),,-Wno-unknown-pragmas) $(WERROR)
# -ffp-contract=off: the compiler may not fuse a * b + c on its own.  Fused is written fmaf.
# -iquote: our headers are "limits.h", the system's <limits.h>.
FLAGS  = -std=c11 -D_DEFAULT_SOURCE -D_POSIX_C_SOURCE=200809L -D_DARWIN_C_SOURCE $(OPT) -g \
         $(CFLAGS) $(MARCH) \
         -ffp-contract=off -fno-math-errno $(WARN) -MMD -MP $(FLOORS:%=-iquote reference/%)
# A learner's first `make 01` builds it all: on a terminal one line that changes is enough.
say     = $(if $(QUIETLY),{ [ ! -t 1 ] || [ "$$TERM" = dumb ] || printf '\r\033[K  %s' '$@'; },echo "  $1 $@")
unsay   = [ ! -t 1 ] || [ "$$TERM" = dumb ] || printf '\r\033[K'
compile = @mkdir -p $(@D) && $(call say,CC   ) && $(CC) $(FLAGS) $(PKGC) $(OMP) $1 -c -o $@ $<
link    = @mkdir -p $(@D) && $(call say,LINK ) && $(CC) $(OMP) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $1 $(LIBS) $(OMPLD) -lm
archive = @mkdir -p $(@D) && rm -f $@ && $(AR) rcs $@ $^

# --- the reference, the program, the data set -----------------------------------------------
MODULES := $(patsubst reference/%.c,%,$(wildcard $(FLOORS:%=reference/%/*.c)))
STORIES := $(filter-out stories,$(patsubst datasets/%.c,%,$(wildcard datasets/*.c)))

gpt: $B/gpt
# Where MPI is installed, the program and nothing else is linked with it; anew when it has come since.
MPI = $(if $(MPIL),$B/mpi/comm_mpi.o $(if $(wildcard $B/mpi/comm_mpi.o),,with-mpi))
.PHONY: with-mpi
with-mpi: ;
$B/mpi/comm_mpi.o: reference/run/comm_mpi.c ; $(call compile,-DGPT_MPI $(MPIC))
$B/gpt: $B/plain/main.o $(MPI) $B/libgpt.a                   ; $(call link,$(MPIL))
$B/stories: $B/datasets/stories.o $B/libstories.a $B/libgpt.a ; $(call link)
$B/libgpt.a: $(MODULES:%=$B/plain/%.o)                       ; $(archive)
$B/libstories.a: $(STORIES:%=$B/datasets/%.o)                ; $(archive)
$B/plain/%.o: reference/%.c                                  ; $(call compile)
$B/datasets/%.o: datasets/%.c                                ; $(call compile)
# The register tiles are nothing but acc += a * b, and are meant to fuse; gcc -O1 needs telling twice.
$B/plain/kernels/gemm_fast.o $B/plain/kernels/gemv.o $B/plain/kernels/flash_fast_product.o $B/plain/kernels/roofline.o: FLAGS += -ffp-contract=fast $(if $(clang),,-fexpensive-optimizations)
# As clang does: where nobody asks which operations overflowed, gcc makes vectors of mathf's functions on AVX2 too.
MATHF  := kernels/attention kernels/attention_fast_rows kernels/flash_fast kernels/loss kernels/losses learn/tape model/block
$(MATHF:%=$B/plain/%.o) $B/mine/%.o: FLAGS += -fno-trapping-math

datasets/stories: datasets/stories/floor.json
datasets/stories/floor.json: $B/stories
	@$< --out datasets/stories
datasets/shakespeare datasets/tinystories datasets/gpt2:
	@datasets/fetch.sh $(@F)

# --- the main job ---------------------------------------------------------------------------
demo: ; @CC="$(CC)" tests/harness/install.sh demo
	$(again) trained-demo
trained-demo: $B/gpt datasets/stories
	@$B/gpt train --data stories --out runs/demo --overwrite
	@$B/gpt plot --terminal 79 runs/demo
	@echo 'It writes:'; $B/gpt generate --model runs/demo --prompt '\n\n' --stop '\n\n' --temperature 0.6 --seed 7
	@echo 'The curve is in runs/demo/loss.svg.  Another story:'
	@printf '%s\n' "  $B/gpt generate --model runs/demo --prompt '\n\n' --stop '\n\n' --temperature 0.6 --seed 8"

# --- lessons --------------------------------------------------------------------------------
# lessons/NN-SLUG: the number is for people, the slug names everything else.  The learner's files
# are in MINE, what is made of them in G.
MINE     = lessons
G        = $B/grade
LESSONS := $(notdir $(wildcard lessons/[0-9][0-9]-*))
slug     = $(word 2,$(subst -, ,$1))
SLUGS   := $(foreach l,$(LESSONS),$(call slug,$l))
answer   = $(wildcard $(FLOORS:%=reference/%/$1.c))
plain    = $(patsubst reference/%.c,$B/plain/%.o,$(call answer,$1))
LESSON   = $(LESSON_PARTS:%=$B/tests/harness/%.o)
LESSON_PARTS = lesson expect runner guard way learner shake
SUITE    = -Itests/harness -Idatasets -I$B/include $(CRITERIONC) -DGOLDEN='"tests/golden"'
names    = nm -gP $1 | awk '$$2 ~ /^[A-TV-Zi]$$/ && $$1 !~ /[.:]/ { sub(/^_/, "", $$1); print $$1 }' | sort -u

# A learner's file, and a named mistake, which must be like one: quickly compiled, with the contract
# and the harness before it, and local variables that are not zero by luck.
GRADED   = $(FLAGS) $(PKGC) $(OMP) -Werror=implicit-function-declaration -Itests/harness -include learner.h
GRADED_WARN = -Wall -Wextra -Wno-unused -Wno-sign-compare -Wno-unused-parameter -Wno-psabi
graded   = @mkdir -p $(@D) && $(CC) $(GRADED) -include $1.h $2 -c -o $@ $< 2>$(@:.o=.log) || { rm -f $@; cat $(@:.o=.log); exit 1; }
SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all
# Lessons with threads are compiled once more, so that tests can shake them (tests/harness/shake.h);
# at -O0, which keeps what threads share where they share it.
SHAKEN   = parallel
shaken   = $(if $(filter $1,$(SHAKEN)),.shaken)

# The reference once more, under ref_ names: a suite asks both and compares.
define lesson
$B/include/rename_$1.h: $(call plain,$1)
	@mkdir -p $$(@D) && $$(call names,$$<) | sed 's/.*/#define & ref_&/' >$$@
$B/include/ref_$1.h: $(call plain,$1)
	@mkdir -p $$(@D) && { echo '#include "$1.h"'; $$(call names,$$<) | sed 's/.*/extern __typeof__(&) ref_&;/'; } >$$@
$B/ref/$1.o: $(call answer,$1) $B/include/rename_$1.h ; $$(call compile,-include $B/include/rename_$1.h)
$B/stubs/$1.c: $(call answer,$1) tests/harness/stub.awk
	@mkdir -p $$(@D) && awk -f tests/harness/stub.awk $$< >$$@
$B/tests/$1.o $B/closer/tests/$1.o: $B/include/ref_$1.h
$B/tests/$1 $B/mutants/$1.objects: $(LESSON) $B/ref/$1.o
$G/$1: $G/$1$(call shaken,$1).o $B/tests/$1.o $(LESSON) $B/tests/harness/check.o $B/ref/$1.o $B/libstories.a $B/libgpt.a
	$$(call link,$$(CRITERION) $$(QUICKLD))
# The same for a closer look: with sanitizers, and with other contents in fresh memory.
$G/$1.closer: $G/$1.closer.o $B/closer/tests/$1.o $(LESSON_PARTS:%=$B/closer/tests/harness/%.o) $B/tests/harness/check.o $B/ref/$1.o $B/libstories.a $B/libgpt.a
	$$(call link,$$(CRITERION) $$(QUICKLD) $$(SANITIZE))
# What named mistakes answer.  `inputs` is as new as the newest of all that it depends on.
$B/grade/mutants/$1/list: tests/mutants/$1.txt $(call answer,$1) tests/harness/mutate.awk $(wildcard tests/accept/$1/*.c)
	@mkdir -p $$(@D) && awk -f tests/harness/mutate.awk -v reference=$(call answer,$1) -v accept=tests/accept/$1 -v out=$$(@D) $$< >$$@.new && mv $$@.new $$@
$B/grade/mutants/$1/inputs: $B/grade/mutants/$1/list $(call plain,$1) $B/tests/$1.o $(LESSON) $B/tests/harness/check.o $B/ref/$1.o $B/libgpt.a tests/harness/learner.h
	@touch $$@
$B/grade/mutants/$1/recorded.%: $B/grade/mutants/$1/inputs $B/grader
	+@$$(MAKE) --no-print-directory $$(patsubst %,$$(@D)/%.trace,$$(shell awk '$$$$1 !~ /[.]/ && $$$$2 == "$$*" { print $$$$1 }' $$(@D)/list)) && touch $$@
$B/grade/mutants/$1/%.trace: $B/grade/mutants/$1/%.run $B/grade/mutants/$1/inputs
	@$B/grader trace $1 $$*
$B/grade/mutants/$1/%.o: override OPT = -O1
$B/grade/mutants/$1/%.o: override WARN = -w
$B/grade/mutants/$1/%.o: $B/grade/mutants/$1/%.c $B/grade/mutants/$1/inputs ; $$(call graded,$1,$$(PATTERN) -g1 -MF $$(@:.o=.includes))
$B/grade/mutants/$1/%.shaken.o: override OPT = -O0
$B/grade/mutants/$1/%.shaken.o: override WARN = -w
$B/grade/mutants/$1/%.shaken.o: $B/grade/mutants/$1/%.c $B/grade/mutants/$1/%.o ; $$(call graded,$1,$$(PATTERN) $$(SHAKE) -MF /dev/null)
$B/grade/mutants/$1/%.c: $B/grade/mutants/$1/list ;
# All of them graded, for tests/harness/gates.sh, and recorded by the way.
$B/gates/$1/graded: $B/grade/mutants/$1/inputs $B/names.txt $B/grader
	+@$$(answers) $$(MAKE) --no-print-directory $$$$(cut -f 1 $$(<D)/list | sed 's|.*|$$(<D)/&.run|')
	@$B/grader gate $1 $$$$(cut -f 1 $$(<D)/list)
	@mkdir -p $$(@D) && touch $$$$(cut -f 2 $$(<D)/list | sort -u | sed 's|^|$$(<D)/recorded.|') $$@
$B/grade/mutants/$1/%.run: $B/grade/mutants/$1/%$(call shaken,$1).o $B/tests/$1.o $(LESSON) $B/tests/harness/check.o $B/ref/$1.o $B/libstories.a $B/libgpt.a
	$$(call link,$$(CRITERION) $$(QUICKLD))
endef
define learner
$G/$2.o $G/$2.closer.o: override OPT = -O1
$G/$2.o $G/$2.closer.o: override WARN = $(GRADED_WARN)
$G/$2.o: $(MINE)/$1/$2.c tests/harness/learner.h ; $$(call graded,$2,$$(PATTERN))
$G/$2.shaken.o: override OPT = -O0
$G/$2.shaken.o: override WARN = -w
$G/$2.shaken.o: $(MINE)/$1/$2.c $G/$2.o ; $$(call graded,$2,$$(PATTERN) $$(SHAKE))
$G/$2.closer.o: $(MINE)/$1/$2.c tests/harness/learner.h ; $$(call graded,$2,$$(ZERO) $$(SANITIZE) -fno-omit-frame-pointer)
endef
# A lesson that has another number now: its old path still stands in .d files.
$(MINE)/%.c: ;
$(foreach s,$(SLUGS),$(eval $(call lesson,$s)))
$(foreach l,$(LESSONS),$(eval $(call learner,$l,$(call slug,$l))))
$B/closer/tests/%.o: override OPT = -O1
$B/closer/tests/%.o: tests/%.c ; $(call compile,$(SUITE) $(SANITIZE) -fno-omit-frame-pointer)
# What the library gives, floor by floor: what lessons may call.
$B/names.txt: $(MODULES:%=$B/plain/%.o)
	@nm -gPA $^ | awk '$$3 ~ /^[A-TV-Zi]$$/ { n = split($$1, part, "/"); sub(/^_/, "", $$2); print part[n - 1], $$2 }' >$@

# The grader: one program for all the learner's verbs.
GRADER := $(patsubst tests/%.c,$B/tests/%.o,$(wildcard tests/harness/grader/*.c))
$B/tests/harness/grader/%.o: tests/harness/grader/%.c ; $(call compile,-Itests/harness -DGRADER_CC='"$(CC)"')
$B/grader: $(GRADER) $B/libgpt.a ; $(call link)

# --- the learner's verbs ----------------------------------------------------------------------
# A goal of digits is a lesson's number.
undigit = $(subst 0,,$(subst 1,,$(subst 2,,$(subst 3,,$(subst 4,,$(call undigit5,$1))))))
undigit5 = $(subst 5,,$(subst 6,,$(subst 7,,$(subst 8,,$(subst 9,,$1)))))
NUMBERS := $(foreach g,$(MAKECMDGOALS),$(if $(call undigit,$g),,$g))
NAMED   := $(filter hint-% predict-% solution-% reset-%,$(MAKECMDGOALS))
VERBS   := $(NUMBERS) $(NAMED) $(filter grade progress watch mine,$(MAKECMDGOALS))
ifneq ($(strip $(VERBS)),)
QUIETLY := yes
# Once: what is missing is installed, and what all lessons need is built.
include $B/ready.mk
$B/ready.mk:
	@CC="$(CC)" tests/harness/install.sh learn
	@echo 'Building the course, once: this takes about 20 seconds …'
	$(again) -s QUIETLY=yes $B/grader $B/gpt $B/names.txt $B/libstories.a $(LESSON) $B/tests/harness/check.o
	@$(unsay)
	@echo '# Nothing is missing: tests/harness/install.sh learn' >$@
endif
# The grader ends make, should it have to say that something has not passed (main.c).
grader = +@$(unsay); $(answers) G=$G MINE=$(MINE) MAKE_PID=$$PPID $B/grader
$(NUMBERS): $B/grader ; $(grader) lesson $@
grade progress: $B/grader ; $(grader) $@
watch: $B/grader ; $(grader) watch $(L)
$(NAMED): $B/grader $B/gpt ; $(grader) $(subst -, ,$@)
# What scripts that call make often ask once: eval "export $(make -s answers)".
answers: ; @echo "$(answers)"
upgrade: ; +@B="$B" MINE="$(MINE)" tests/harness/upgrade.sh
doctor: ; @CC="$(CC)" MARCH="$(MARCH)" tests/harness/doctor.sh

# The learner's own program: their files where lessons have passed, the reference for the rest.
mine: $B/grader
	$(grader) mine
	$(again) -s $B/mine/gpt datasets/stories
	@$(unsay)
	@echo 'The demo on this program, now that some steps of it have been taken:'
	@printf '  '; $B/mine/gpt train --estimate || echo 'It could not be tried.'
	@echo "Train it:                       $B/mine/gpt train --out runs/mine"
	@echo "After make demo, which is ours: $B/gpt compare runs/demo runs/mine"
YOURS := $(if $(filter $B/mine/gpt,$(MAKECMDGOALS)),$(shell cat $B/mine/passed))
# gcc takes `float p[V]; softmax_forward(1, V, x, p);` for unset: it does not know that V >= 1.
define yours
$B/mine/$2.o: override WARN = -Wall -Wextra -Wno-unused -Wno-unused-parameter -Wno-psabi $$(if $$(clang),,-Wno-maybe-uninitialized)
$B/mine/$2.o: $(MINE)/$1/$2.c ; $$(call compile)
endef
$(foreach l,$(YOURS),$(eval $(call yours,$l,$(call slug,$l))))
# Where the library has a faster version of what a lesson writes, rungs.c and fast.c pick.
$B/mine/rungs.o: reference/text/rungs.c $B/mine/passed
	$(call compile,$(foreach l,$(YOURS),-DMINE_$(call slug,$l)))
$B/mine/fast.o: reference/kernels/fast.c $B/mine/passed
	$(call compile,$(foreach l,$(YOURS),-DMINE_$(call slug,$l)))
$B/mine/gpt: $B/plain/main.o $(foreach l,$(YOURS),$B/mine/$(call slug,$l).o) $B/mine/rungs.o $B/mine/fast.o $(MPI) $B/libgpt.a
	$(call link,$(MPIL))

# --- tests ----------------------------------------------------------------------------------
SUITES := $(patsubst tests/%.c,%,$(wildcard tests/*.c))
# At -O1, as learners' files are: it is the library under test that is built as it is used.
$B/tests/%.o: tests/%.c ; $(call compile,$(SUITE) -O1)
$B/tests/bench/%.o: tests/bench/%.c ; $(call compile,$(SUITE))
$B/tests/%: $B/tests/%.o $B/tests/harness/check.o $B/libstories.a $B/libgpt.a ; $(call link,$(CRITERION) $(QUICKLD))
suites: $(SUITES:%=$B/tests/%)

# The suites run as gcc or clang builds them, with sanitizers, on one thread and on two.
test: ; @CC="$(CC)" tests/harness/install.sh test
	@tests/harness/install.sh notebooks || echo 'Without it the notebooks are not run.'
	$(again) tested
tested: tested-here tested-sanitized tested-clang
	@tests/harness/tally.sh $B@2 $B@1 $B/clang@2 $B/sanitized@2
# Whatever a system test runs stands here: a clean clone has none of it, and the tests run beside
# each other, so that none may build in $B.
tested-here: $B/gpt $B/stories $B/grader $B/operators $B/console suites
	+@$(MAKE) --no-print-directory $(SLUGS:%=gate-%)
tested-sanitized: ; +@$(MAKE) --no-print-directory suites B=$B/sanitized OPT=-O1 CFLAGS="$(SANITIZE)"
tested-clang: ; +@$(MAKE) --no-print-directory suites B=$B/clang CC=clang

# --- what the text says ---------------------------------------------------------------------
CONSOLE := $(patsubst %.c,$B/%.o,$(wildcard tests/harness/text/*.c))
$B/tests/harness/text/%.o: tests/harness/text/%.c ; $(call compile)
$B/console: $(CONSOLE) $B/libgpt.a ; $(call link)
text: ; $(again) text-run
text-run: $B/gpt $B/stories $B/console
	@B=$B tests/harness/text.sh $(if $(V),-v)
text-update: $B/gpt $B/stories $B/console
	@B=$B tests/harness/text.sh -u

.PHONY: notebooks
notebooks: ; @tests/harness/install.sh notebooks
	$(again) notebooks-run
notebooks-run: $B/gpt $B/stories
	@B=$B tests/harness/notebooks.sh -u

# --- small changes of the reference: do the tests see them? -----------------------------------
OPERATORS := $(patsubst %.c,$B/%.o,$(wildcard tests/harness/operators/*.c))
$B/tests/harness/operators/%.o: tests/harness/operators/%.c ; $(call compile)
$B/operators: $(OPERATORS) $B/libgpt.a ; $(call link)
.PHONY: gates
gates: ; $(again) gates-run
gates-run: $B/grader $B/gpt
	+@B=$B tests/harness/gates.sh $(SLUG)
# What a lesson's gates need: the stub, its named mistakes graded, what a closer look is linked from.
gate-%: $B/stubs/%.c $B/gates/%/graded $B/closer/tests/%.o $(LESSON_PARTS:%=$B/closer/tests/harness/%.o) $B/libstories.a ;
# What a suite is linked from, besides the module that it tests.
$B/mutants/%.objects: $B/tests/%.o $B/tests/harness/check.o $B/libstories.a $B/libgpt.a
	@mkdir -p $(@D) && printf '%s\n' $(filter %.o,$^) $(filter %.a,$^) >$@
.PHONY: mutants
mutants: ; $(again) $(SLUGS:%=mutants-%)
mutants-%: $B/mutants/%.objects $B/operators
	@B=$B LINK='$(CC) $(OMP) $(CFLAGS) $(LDFLAGS)' LIBS='$(CRITERION) $(LIBS) $(OMPLD) -lm' \
	  COMPILE='$(CC) $(filter-out -g -MMD -MP -W% $(OPT),$(FLAGS)) -O2 $(PKGC) $(OMP) $(MUTANT) -x c - -c' \
	  tests/harness/mutants.sh $* $(call answer,$*) $$(cat $<)
# A learner would read these warnings as errors.
MUTANT = $(addprefix -Werror=,int-conversion incompatible-pointer-types return-type implicit-function-declaration)

floors:
	@awk -f tests/harness/floors.awk $(FLOORS) - $(wildcard $(FLOORS:%=reference/%/*.[ch]))

repro: ; @tests/harness/repro.sh small
# Where something cannot be installed its rows say "not run".
repro-all: ; -@CC="$(CC)" tests/harness/install.sh all
	@tests/harness/repro.sh all

# --- speed ----------------------------------------------------------------------------------
# `gpt bench`, then ours beside other programs where PYTHON has them (a system's own may have torch):
#   /usr/bin/python3 -m venv --system-site-packages V
#   V/bin/pip install tiktoken tokenizers torch llama-cpp-python gguf; make bench PYTHON=V/bin/python
PYTHON = python3
BENCHES := $(filter-out bench,$(patsubst tests/bench/%.c,%,$(wildcard tests/bench/*.c)))
$(BENCHES:%=$B/bench/%): $B/bench/%: $B/tests/bench/%.o $B/tests/bench/bench.o $B/libgpt.a ; $(call link)
bench: $B/gpt $(BENCHES:%=$B/bench/%)
	@$B/gpt bench --out $B/bench/results
	@for b in $(filter-out $<,$^); do echo; $$b '$(PYTHON)' || exit; done

# --- for whoever works on it ----------------------------------------------------------------
OURS = $(wildcard reference/*.c reference/*/*.[ch] datasets/*.[ch] tests/*.c tests/*/*.[ch] tests/*/*/*.[ch])
format: ; clang-format -i $(OURS)
deps: ; @CC="$(CC)" tests/harness/install.sh demo
compile_commands.json: Makefile $(MODULES:%=reference/%.c)
	@{ echo '['; for f in reference/main.c $(MODULES:%=reference/%.c) $(wildcard datasets/*.c); do \
	  printf '%s{"directory": "%s", "file": "%s", "command": "%s"}' "$$comma" "$(CURDIR)" "$$f" \
	    "$(CC) $(FLAGS) $(PKGC) $(OMP) -c $$f"; comma=",$$(printf '\n ')"; done; echo; echo ']'; } > $@
clean: ; rm -rf $B
help:
	@echo 'The lessons (lessons/README.md is the map), by number:'
	@echo 'make 01          grade lesson 01: the first failure, on one screen; an error for the shell'
	@echo '                 until it has passed, so that this works:  make 01 && git commit -a'
	@echo 'make watch       grade the current lesson at each save; make watch L=02: that one, for good'
	@echo 'make predict-01  questions to answer before anything runs; your journal keeps them'
	@echo 'make hint-01     the next hint to the first function that has not passed'
	@echo 'make solution-01 the reference beside your file, once it passes; FORCE=1: before'
	@echo 'make reset-01    the stub again; your file is kept beside it'
	@echo 'make progress    the lessons, your points, your level, what is next'
	@echo 'make grade       grade all lessons; JUnit and Gradescope files; STRICT=1: fail if one is open'
	@echo 'make mine        $B/mine/gpt, from your files where lessons have passed'
	@echo 'make doctor      what this machine has, what it lacks, and the command that installs it'
	@echo 'make upgrade     take a newer course, keep your files, grade again'
	@echo
	@echo 'make demo       install what is missing, train a tiny GPT, draw its loss, let it write'
	@echo 'make deps       only install what is missing for it'
	@echo 'make test       install what is missing, run all tests'
	@echo 'make gpt        build $B/gpt; `$B/gpt --help` lists its commands'
	@echo 'make text       run every console block of the text, draw every figure (V=1: say how long)'
	@echo 'make text-update    write what they print into the text; ONLY=lessons/02-ngram: only there'
	@echo 'make notebooks  run the notebooks (needs Jupyter), write their outputs into them'
	@echo 'make gates      the graders graded: stubs, references, named mistakes, other solutions; SLUG=bpe: one'
	@echo 'make mutants    every small change of a lesson that its tests must see; mutants-SLUG: of one'
	@echo 'make repro      train a short run in several builds: one checksum a row, all equal'
	@echo 'make repro-all  the same over every compiler, level, instruction set and thread count'
	@echo 'make datasets/stories | datasets/shakespeare | datasets/tinystories | datasets/gpt2'
	@echo 'make bench      how fast it is, beside other programs where they are installed'
	@echo 'make floors     check that no module includes one from a floor above'
	@echo 'make format     clang-format everything'
	@echo 'make compile_commands.json    for editors'
	@echo 'make clean      remove $B'
.PHONY: $(VERBS) grade progress watch mine upgrade doctor answers
.PHONY: gpt bench demo trained-demo test tested tested-here tested-sanitized tested-clang suites text text-run text-update floors repro repro-all format deps clean help \
        datasets/stories datasets/shakespeare datasets/tinystories datasets/gpt2
.SECONDARY:
-include $(shell find $B/plain $B/mpi $B/datasets $B/tests $B/closer $B/ref $B/mine $G -name '*.d' 2>/dev/null)
