#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "interrupt.h"
#include "leavings.h"
#include "process.h"

enum {
    SLICE = 50,  // milliseconds between two looks at what time it is
    WAIT = 12,   // times its seconds a test may take by the clock: a little more than it may
    GRACE = 5,   // itself (guard.c); and this many seconds on top
};

// struct run: a run while it goes.
struct run {
    const struct suite_order *order;
    struct suite *suite;
    char directory[128], nonce[REPORT_NONCE_SIZE];
    int events;       // the FIFO's end that we read
    int keep;         // and the other: without it the FIFO would end with each test
    char part[4096];  // what was read of the next line
    size_t size;
    int over;  // all tests have ended
};

// --- the run's own directory ---------------------------------------------------------------------

static enum err make_nonce(char nonce[REPORT_NONCE_SIZE], struct error *e)
{
    unsigned char bits[(REPORT_NONCE_SIZE - 1) / 2];
    int file = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    ssize_t n = file < 0 ? -1 : read(file, bits, sizeof bits);
    if (file >= 0) close(file);
    if (n != (ssize_t)sizeof bits) return error_set(e, ERR_IO, "/dev/urandom: cannot be read");
    for (size_t i = 0; i < sizeof bits; i++) sprintf(nonce + 2 * i, "%02x", bits[i]);
    return ERR_NONE;
}

static void run_path(const struct run *r, const char *name, char path[256])
{
    snprintf(path, 256, "%s/%s", r->directory, name);
}

static enum err open_run(struct run *r, struct error *e)
{
    const char *base = getenv("TMPDIR");
    snprintf(r->directory, sizeof r->directory, "%.100s/lesson.XXXXXX",
             base && *base ? base : "/tmp");
    if (!mkdtemp(r->directory))
        return error_set(e, ERR_IO, "%s: cannot be made: %s", r->directory, strerror(errno));
    char path[256];
    run_path(r, "events", path);
    if (mkfifo(path, 0600) == 0) r->events = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (r->events >= 0) r->keep = open(path, O_WRONLY | O_CLOEXEC);
    if (r->keep < 0) return error_set(e, ERR_IO, "%s: cannot be made: %s", path, strerror(errno));
    return make_nonce(r->nonce, e);
}

static void close_run(struct run *r)
{
    char pattern[256];
    glob_t found;
    if (r->events >= 0) close(r->events);
    if (r->keep >= 0) close(r->keep);
    run_path(r, "*", pattern);
    if (glob(pattern, 0, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++) unlink(found.gl_pathv[i]);
        globfree(&found);
    }
    rmdir(r->directory);
}

// --- what the tests say --------------------------------------------------------------------------

static struct test *find_test(struct suite *s, int index)
{
    return index >= 0 && index < s->tests ? &s->test[index] : NULL;
}

static void hear_function(struct suite *s, const char *line)
{
    struct suite_function f;
    if (s->functions < SUITE_FUNCTIONS &&
        sscanf(line, "function %d %d %63s", &f.line, &f.points, f.name) == 3)
        s->function[s->functions++] = f;
}

static void hear_test(struct suite *s, const char *line)
{
    struct test t = {0};
    int index;
    if (s->tests < SUITE_TESTS &&
        sscanf(line, "test %d %d %d %63s %63s", &index, &t.line, &t.seconds, t.function, t.name) ==
            5 &&
        index == s->tests)
        s->test[s->tests++] = t;
}

// hear takes one event.  One without the nonce is not from a test.
static void hear(struct run *r, const char *line)
{
    struct suite *s = r->suite;
    size_t n = strlen(r->nonce);
    if (strncmp(line, r->nonce, n) != 0 || line[n] != ' ') return;
    line += n + 1;
    int index = -1, pid = 0;
    if (strcmp(line, "over") == 0) r->over = 1;
    if (strncmp(line, "function ", 9) == 0) hear_function(s, line);
    if (strncmp(line, "test ", 5) == 0) hear_test(s, line);
    struct test *t;
    if (sscanf(line, "begin %d %d", &index, &pid) == 2 && (t = find_test(s, index)) && !t->begun) {
        t->begun = 1;
        t->pid = pid;
        t->deadline = process_time() + WAIT * r->order->patience * t->seconds + GRACE;
    }
    if (sscanf(line, "gone %d", &index) == 1 && (t = find_test(s, index))) t->gone = 1;
    if (sscanf(line, "end %d", &index) == 1 && (t = find_test(s, index)) && t->begun) t->ended = 1;
}

static void listen_once(struct run *r, int milliseconds)
{
    struct pollfd wait = {.fd = r->events, .events = POLLIN};
    if (poll(&wait, 1, milliseconds) <= 0) return;
    ssize_t n;
    while ((n = read(r->events, r->part + r->size, sizeof r->part - 1 - r->size)) > 0) {
        r->size += (size_t)n;
        r->part[r->size] = '\0';
        char *line = r->part, *end;
        for (; (end = strchr(line, '\n')); line = end + 1) {
            *end = '\0';
            hear(r, line);
        }
        r->size = strlen(line);
        memmove(r->part, line, r->size + 1);
        if (r->size == sizeof r->part - 1) r->size = 0;  // no event is as long
    }
}

// is_test returns 1 if the process is the test still, not another that got its number.  A test
// leads a group of its own; once the program that started it is gone it is our child (or, where
// there is no such thing, nobody's, and its own clock ends it).
static int is_test(const struct test *t, int orphan)
{
    if (orphan) return waitpid(t->pid, NULL, WNOHANG) == 0;
    return getpgid(t->pid) == t->pid;
}

// stop_late ends tests that should have ended themselves; if `now`, all that have not.
static void stop_late(struct run *r, int now)
{
    for (int i = 0; i < r->suite->tests; i++) {
        struct test *t = &r->suite->test[i];
        if (!t->begun || t->ended || t->gone || t->killed) continue;
        int late = process_time() >= t->deadline;
        if (!now && !late) continue;
        t->killed = late;
        if (is_test(t, now)) kill(t->pid, SIGKILL);
    }
}

// --- running -------------------------------------------------------------------------------------

static void set_number(const char *name, int value)
{
    char digits[16];
    snprintf(digits, sizeof digits, "%d", value);
    setenv(name, digits, 1);
}

static struct process start(const struct run *r)
{
    char said[256], options[512];
    setenv(REPORT_DIRECTORY, r->directory, 1);
    setenv(REPORT_NONCE, r->nonce, 1);
    set_number(REPORT_FILL, r->order->fill);
    set_number(REPORT_PATIENCE, r->order->patience);
    // Addresses are looked up by us, for every compiler in the same way.
    snprintf(options, sizeof options,
             "log_path=%s/san:symbolize=0:color=never:detect_leaks=1:leak_check_at_exit=0:"
             "handle_abort=1:max_malloc_fill_size=%d:malloc_fill_byte=%d:"
             "detect_stack_use_after_return=1:allocator_may_return_null=1",
             r->directory, 1 << 28, r->order->fill);
    setenv("ASAN_OPTIONS", options, 1);
    snprintf(options, sizeof options, "log_path=%s/san:print_stacktrace=1:symbolize=0:color=never",
             r->directory);
    setenv("UBSAN_OPTIONS", options, 1);
    setenv("OMP_NUM_THREADS", "2", 1);
    setenv("OMP_WAIT_POLICY", "passive", 1);
    setenv("LC_ALL", "C", 1);
    setenv(REPORT_FUNCTION, r->order->function ? r->order->function : "", 1);
    setenv(REPORT_ENOUGH, r->order->enough ? "1" : "", 1);
    setenv(REPORT_TEST, r->order->test ? r->order->test : "", 1);
    const char *argv[] = {r->order->program, NULL};
    run_path(r, "said", said);
    return process_start(argv, said);
}

static enum err run_to_end(struct run *r, struct error *e)
{
    struct process p = start(r);
    int status, stopped = 0;
    pid_t ended;
    do {
        listen_once(r, SLICE);
        stop_late(r, 0);
        if (interrupt_waits() && !stopped++) kill(-p.pid, SIGKILL);
        // It has nothing left to do once it has said that all is over.
        ended = waitpid(p.pid, &status, r->over ? 0 : WNOHANG);
    } while (ended == 0 || (ended < 0 && errno == EINTR));
    listen_once(r, 0);
    stop_late(r, 1);  // the program has ended, and its tests with it: none is left running
    return stopped ? error_set(e, ERR_IO, "interrupted") : ERR_NONE;
}

static int by_line(const void *a, const void *b)
{
    const struct test *s = a, *t = b;
    return (s->line > t->line) - (s->line < t->line);
}

static int function_by_line(const void *a, const void *b)
{
    const struct suite_function *f = a, *g = b;
    return (f->line > g->line) - (f->line < g->line);
}

enum err suite_run(const struct suite_order *order, struct suite *s, struct error *e)
{
#ifdef PR_SET_CHILD_SUBREAPER
    prctl(PR_SET_CHILD_SUBREAPER, 1);  // what a test leaves behind comes to us, not to init
#endif
    *s = (struct suite){.test = calloc(SUITE_TESTS, sizeof *s->test)};
    if (!s->test) die("out of memory: %d tests", SUITE_TESTS);
    struct run r = {.order = order, .suite = s, .events = -1, .keep = -1};
    enum err failed = open_run(&r, e);
    if (!failed) failed = run_to_end(&r, e);
    if (!failed) leavings_collect(r.directory, r.nonce, s);
    qsort(s->test, (size_t)s->tests, sizeof *s->test, by_line);
    qsort(s->function, (size_t)s->functions, sizeof *s->function, function_by_line);
    close_run(&r);
    if (!failed && !s->tests)
        failed = error_set(e, ERR_FORMAT, "%s: announced no tests", order->program);
    if (failed) suite_free(s);
    return failed;
}

void suite_free(struct suite *s)
{
    for (int i = 0; i < s->tests; i++) leavings_free(&s->test[i]);
    free(s->test);
    text_free(&s->said);
    *s = (struct suite){0};
}

enum ending test_ending(const struct test *t)
{
    if (!t->report) return ENDING_NONE;
    // Its own word is not enough: it must have told us as well.
    if (t->report->ending == ENDING_DONE && !t->ended) return ENDING_NONE;
    return t->killed && t->report->ending == ENDING_NONE ? ENDING_TIME
                                                         : (enum ending)t->report->ending;
}

int test_passed(const struct test *t)
{
    return test_ending(t) == ENDING_DONE && !t->report->failures && t->report->checks;
}
