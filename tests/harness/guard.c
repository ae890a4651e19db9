#include "guard.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "way.h"

#if GUARD_SANITIZED
#include <sanitizer/common_interface_defs.h>
#include <sanitizer/lsan_interface.h>
#endif

enum {
    STATUS = 3,       // how a process ends that did not reach its test's last line
    WAIT = 10,        // times its processor time a test may take by the clock
    HURRIED = 300,    // milliseconds a test has when another has run out of time already
    STACK = 8 << 20,  // bytes
    ALTERNATE_STACK = 1 << 16,
    LEAK_CHECK = 4 << 20,  // bytes
};
static const rlim_t ADDRESSES = (rlim_t)4 << 30;  // bytes; the budget of learner.h is far below

// A test is a process, so these are one test's.
static struct report *report;
static const char *test_name = "";
static struct report nowhere;  // takes what is noted where there is no grader
static int events = -1;
static int fill = 0xA5;
static int finished;  // the test's last line was reached, or what ended it is noted
static char directory[256];
// Marks for tests that have not begun: the function's need not, the others are to be quicker.
static char stop_path[400], hurry_path[400];
#if GUARD_SANITIZED
static char leak_path[400];  // a mark that a leak is found: one is enough
#endif

const char *guard_test(void)
{
    return test_name;
}

struct report *guard_report(void)
{
    return report;
}

int guard_fill(void)
{
    return fill;
}

// send writes one event.
static void send(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void send(const char *format, ...)
{
    char line[512];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (n < 0 || n >= (int)sizeof line || write(events, line, (size_t)n) < 0) _exit(STATUS);
}

// --- the ways out --------------------------------------------------------------------------------

// end_event sends "NONCE end INDEX" from a signal's handler too, where printf may not be called.
static void end_event(void)
{
    char line[REPORT_NONCE_SIZE + 32], digits[12];
    size_t n = strlen(report->nonce), k = 0;
    memcpy(line, report->nonce, n);
    memcpy(line + n, " end ", 5);
    n += 5;
    int32_t index = report->index;
    do digits[k++] = (char)('0' + index % 10);
    while (index /= 10);
    while (k) line[n++] = digits[--k];
    line[n++] = '\n';
    if (write(events, line, n) < 0) _exit(STATUS);
}

static void touch(const char *path)
{
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file >= 0) close(file);
}

static void on_signal(int number, siginfo_t *info, void *context)
{
    if (finished) _exit(STATUS);
    finished = 1;
    // Where the machine is busy with other things, a test that works can run out of the clock's
    // time.
    if (number == SIGALRM && clock() > CLOCKS_PER_SEC / 10) number = SIGPROF;
    int late = number == SIGPROF || number == SIGXCPU || number == SIGALRM;
    report->signal = number;
    if (number == SIGSEGV || number == SIGBUS) report->fault = (int32_t)way_fault(info, context);
    report->ending = late ? ENDING_TIME : number == SIGXFSZ ? ENDING_OUTPUT : ENDING_SIGNAL;
    if (late || number == SIGXFSZ) touch(stop_path);
    if (late) touch(hurry_path);
    report->places = way_here(context, REPORT_PLACES, report->place);
    end_event();
    _exit(STATUS);
}

static void on_exit_called(void)
{
    if (finished) return;
    finished = 1;
    report->ending = ENDING_EXIT;
    report->places = way_here(NULL, REPORT_PLACES, report->place);
    end_event();
    _exit(STATUS);
}

#if GUARD_SANITIZED
static void on_sanitizer(void)
{
    if (finished) return;
    finished = 1;
    report->ending = ENDING_SANITIZER;
    touch(stop_path);
    end_event();
}
#endif

void guard_place(const char *file, int line, const char *function)
{
    struct report *r = report ? report : &nowhere;
    snprintf(r->file, sizeof r->file, "%s", file);
    snprintf(r->function, sizeof r->function, "%s", function);
    r->line = line;
}

void guard_finish(enum ending ending, const char *text)
{
    if (!report) {
        cr_assert_fail("%s", text);
        abort();
    }
    finished = 1;
    report->ending = (int32_t)ending;
    report->places = way_here(NULL, REPORT_PLACES, report->place);
    if (ending == ENDING_MEMORY) touch(stop_path);
    fflush(NULL);
    end_event();
    _exit(STATUS);
}

// --- setting up ----------------------------------------------------------------------------------

static void set_limit(int what, rlim_t soft)
{
    struct rlimit limit;
    if (getrlimit(what, &limit) != 0) return;
    if (limit.rlim_max != RLIM_INFINITY && soft > limit.rlim_max) soft = limit.rlim_max;
    limit.rlim_cur = soft;
    setrlimit(what, &limit);
}

// set_limits gives the test `milliseconds` of processor time, and WAIT times that by the clock.
static void set_limits(int milliseconds)
{
    // Whole seconds of RLIMIT_CPU are too coarse to be the limit: it stands behind the timer.
    struct itimerval work = {.it_value = {milliseconds / 1000, milliseconds % 1000 * 1000}};
    setitimer(ITIMER_PROF, &work, NULL);
    alarm((unsigned)(milliseconds * WAIT / 1000 + 1));
    set_limit(RLIMIT_CPU, (rlim_t)(milliseconds / 1000 + 3));
    set_limit(RLIMIT_CORE, 0);
    set_limit(RLIMIT_FSIZE, REPORT_OUTPUT_MAX);
    set_limit(RLIMIT_STACK, STACK);
    if (!GUARD_SANITIZED) set_limit(RLIMIT_AS, ADDRESSES);
}

static void set_handlers(void)
{
    static const int CRASHES[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
    static const int LIMITS[] = {SIGPROF, SIGXCPU, SIGALRM, SIGXFSZ};
    static char stack[ALTERNATE_STACK];
    // A recursion without end has no stack left for a handler.
    const stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction act = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigfillset(&act.sa_mask);
    // Crashes of a sanitized program are the sanitizer's: it says more about them.
    if (!GUARD_SANITIZED) {
        sigaltstack(&alternate, NULL);
        for (size_t i = 0; i < sizeof CRASHES / sizeof *CRASHES; i++)
            sigaction(CRASHES[i], &act, NULL);
    }
    for (size_t i = 0; i < sizeof LIMITS / sizeof *LIMITS; i++) sigaction(LIMITS[i], &act, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    atexit(on_exit_called);
#if GUARD_SANITIZED
    __sanitizer_set_death_callback(on_sanitizer);
#endif
}

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "lesson: %s/%s: %s\n", directory, what, strerror(errno));
    _exit(STATUS);
}

static void open_report(const struct lesson_test *t, const char *nonce)
{
    char path[400];
    snprintf(path, sizeof path, "%s/%d.report", directory, t->index);
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0 || ftruncate(file, sizeof *report) != 0) give_up("report");
    report = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (report == MAP_FAILED) give_up("report");
    close(file);
    memcpy(report->nonce, nonce, REPORT_NONCE_SIZE);
    report->index = t->index;
    report->pid = (int32_t)getpid();
}

// redirect sends what the test prints to a file of its own, a line at a time: a crash loses none.
static void redirect(const struct lesson_test *t)
{
    char path[400];
    snprintf(path, sizeof path, "%s/%d.output", directory, t->index);
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    int nothing = open("/dev/null", O_RDONLY);
    if (file < 0 || nothing < 0 || dup2(file, 1) < 0 || dup2(file, 2) < 0 || dup2(nothing, 0) < 0)
        give_up("output");
    close(file);
    close(nothing);
    setvbuf(stdout, NULL, _IOLBF, 0);
}

static int number_in(const char *name, int otherwise)
{
    const char *value = getenv(name);
    return value && *value ? atoi(value) : otherwise;
}

// open_events opens the way to the grader; 0 where there is none.
static int open_events(void)
{
    const char *where = getenv(REPORT_DIRECTORY), *nonce = getenv(REPORT_NONCE);
    if (!where || !nonce || strlen(nonce) != REPORT_NONCE_SIZE - 1) return 0;
    if (events >= 0) return 1;
    if (strlen(where) >= sizeof directory) give_up("events");
    strcpy(directory, where);
    char path[400];
    snprintf(path, sizeof path, "%s/events", directory);
    events = open(path, O_WRONLY | O_CLOEXEC);
    if (events < 0) give_up("events");
    return 1;
}

int guard_plan(const struct lesson_function *functions, const struct lesson_test *tests)
{
    if (!open_events()) return 0;
    const char *nonce = getenv(REPORT_NONCE);
    for (const struct lesson_function *f = functions; f; f = f->next)
        send("%s function %d %d %s\n", nonce, f->line, f->points, f->name);
    for (const struct lesson_test *t = tests; t; t = t->next)
        send("%s test %d %d %d %s %s\n", nonce, t->index, t->line, t->seconds, t->function,
             t->name);
    return 1;
}

void guard_gone(const struct lesson_test *t)
{
    send("%s gone %d\n", getenv(REPORT_NONCE), t->index);
}

void guard_over(void)
{
    send("%s over\n", getenv(REPORT_NONCE));
}

void guard_begin(const struct lesson_test *t)
{
    test_name = t->name;
    if (!open_events()) return;
    open_report(t, getenv(REPORT_NONCE));
    fill = number_in(REPORT_FILL, fill);
    int patience = number_in(REPORT_PATIENCE, 1), milliseconds = t->seconds * 1000;
    // From here on nothing in the environment says that there is a grader.
    unsetenv(REPORT_DIRECTORY);
    unsetenv(REPORT_NONCE);
    unsetenv(REPORT_FILL);
    unsetenv(REPORT_PATIENCE);
    unsetenv(REPORT_FUNCTION);
    unsetenv(REPORT_TEST);
    unsetenv(REPORT_ENOUGH);
    snprintf(stop_path, sizeof stop_path, "%s/%s.stop", directory, t->function);
    snprintf(hurry_path, sizeof hurry_path, "%s/hurry", directory);
#if GUARD_SANITIZED
    snprintf(leak_path, sizeof leak_path, "%s/leak", directory);
#endif
    redirect(t);
    send("%s begin %d %ld\n", report->nonce, t->index, (long)getpid());
    if (access(stop_path, F_OK) == 0) {
        report->ending = ENDING_SKIPPED;
        finished = 1;
        end_event();
        _exit(STATUS);
    }
    if (access(hurry_path, F_OK) == 0 && milliseconds > HURRIED) milliseconds = HURRIED;
    way_prepare();
#ifdef M_PERTURB
    mallopt(M_PERTURB, fill ^ 0xFF);  // glibc fills with the complement
#endif
    set_handlers();
    set_limits(milliseconds * patience);
}

int guard_failed(void)
{
    return report && report->failures;
}

void guard_end(void)
{
    if (!report) return;
    struct itimerval never = {0};
    setitimer(ITIMER_PROF, &never, NULL);
    alarm(0);
    fflush(NULL);
    finished = 1;
    report->ending = ENDING_DONE;
#if GUARD_SANITIZED
    // A test that gives up at its first failure has no time to free.  Looking through millions of
    // blocks takes long, and what leaks there leaks in a small test too.
    if (!report->failures && guard_held() < LEAK_CHECK && access(leak_path, F_OK) != 0 &&
        __lsan_do_recoverable_leak_check())
        touch(leak_path);
#endif
    end_event();
}
