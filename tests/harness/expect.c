// expect: comparing what came out with what should, for lesson.h.
#include <criterion/criterion.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guard.h"
#include "hash.h"
#include "lesson.h"

enum { SHOWN = 48 };  // bytes of a long text that are shown

// A test is a process, so these are one test's.
static char written[1024];
static const char *input = written;  // what given() last said
static int failed;

void given(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct report *r = guard_report();
    char *to = r ? r->input : written;  // in the report it outlives a crash
    vsnprintf(to, sizeof written, format, args);
    input = to;
    va_end(args);
}

void not_run(const char *what)
{
    struct report *r = guard_report();
    if (r)
        snprintf(r->not_run, sizeof r->not_run, "%s", what);
    else
        fprintf(stderr, "%s: not run: %s\n", guard_test(), what);
}

// record adds to the trace what an expectation got.  Every expectation does, met or not.
static void record(int met, uint64_t value)
{
    struct report *r = guard_report();
    if (!r) return;
    // One round of a multiplicative hash: the order counts, and a million of them take no time.
    r->hash = (r->hash ^ (value + 1)) * 0x9E3779B97F4A7C15u;
    r->hash ^= r->hash >> 29;
    r->checks++;
    r->failures += !met;
}

static void record_number(double got, double tolerance)
{
    struct report *r = guard_report();
    if (!r) return;
    if (r->numbers < REPORT_NUMBERS)
        r->number[r->numbers] = (struct report_number){.got = got, .tolerance = tolerance};
    r->numbers++;
}

// The text of a failure, while it is being put together.
struct failure {
    char text[4096];
    size_t size;
};

static void say(struct failure *f, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(struct failure *f, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(f->text + f->size, sizeof f->text - f->size, format, args);
    va_end(args);
    if (n > 0) f->size += (size_t)n;
    if (f->size >= sizeof f->text) f->size = sizeof f->text - 1;
}

// begin_failure returns 1 if this is the first of the test, which is the one that is shown.
static int begin_failure(struct failure *f, const char *file, int line, const char *what)
{
    if (failed) return 0;
    failed = 1;
    f->size = 0;
    say(f, "%s:%d: test %s: %s", file, line, guard_test(), what);
    if (!input[0]) return 1;
    say(f, "\n  input   ");
    for (const char *p = input; *p; p++) say(f, *p == '\n' ? "\n          " : "%c", *p);
    return 1;
}

static void end_failure(const struct failure *f)
{
    struct report *r = guard_report();
    if (r)
        memcpy(r->failure, f->text, f->size + 1);
    else
        cr_expect_fail("%s", f->text);
}

int lesson_int(const char *file, int line, const char *what, int64_t got, int64_t want)
{
    struct failure f;
    record(got == want, (uint64_t)got);
    if (got == want || !begin_failure(&f, file, line, what)) return got == want;
    say(&f, "\n  got     %lld\n  want    %lld", (long long)got, (long long)want);
    end_failure(&f);
    return 0;
}

int lesson_true(const char *file, int line, const char *what, int condition)
{
    struct failure f;
    record(condition != 0, condition != 0);
    if (condition || !begin_failure(&f, file, line, what)) return condition != 0;
    say(&f, "\n  got     false\n  want    true");
    end_failure(&f);
    return 0;
}

static const char *code_name(enum err code)
{
    switch (code) {
    case ERR_NONE:
        return "ERR_NONE";
    case ERR_IO:
        return "ERR_IO";
    case ERR_FORMAT:
        return "ERR_FORMAT";
    case ERR_SHORT:
        return "ERR_SHORT";
    case ERR_UTF8:
        return "ERR_UTF8";
    case ERR_SYMBOL:
        return "ERR_SYMBOL";
    case ERR_VALUE:
        return "ERR_VALUE";
    case ERR_MATCH:
        return "ERR_MATCH";
    }
    return "no code of enum err";
}

int lesson_code(const char *file, int line, const char *what, enum err got, enum err want)
{
    struct failure f;
    record(got == want, (uint64_t)got);
    if (got == want || !begin_failure(&f, file, line, what)) return got == want;
    say(&f, "\n  got     %s (%d)\n  want    %s (%d)", code_name(got), (int)got, code_name(want),
        (int)want);
    end_failure(&f);
    return 0;
}

// say_byte shows one byte of a text, or that the text has ended before.
static void say_byte(struct failure *f, size_t size, const unsigned char *bytes, size_t at)
{
    if (at >= size)
        say(f, "the end");
    else if (bytes[at] >= 0x20 && bytes[at] < 0x7F)
        say(f, "0x%02X '%c'", bytes[at], bytes[at]);
    else
        say(f, "0x%02X", bytes[at]);
}

// say_text shows the part of a text around `at`.
static void say_text(struct failure *f, const char *name, size_t size, const void *bytes, size_t at)
{
    size_t from = size > SHOWN && at > SHOWN / 2 ? at - SHOWN / 2 : 0;
    if (from > size) from = size;
    size_t shown = size - from > SHOWN ? SHOWN : size - from;
    say(f, "\n  %-7s %s%s%s", name, from ? "…" : "",
        lesson_quote(shown, (const char *)bytes + from), from + shown < size ? "…" : "");
    say(f, "  (%zu byte%s)", size, size == 1 ? "" : "s");
}

int lesson_bytes(const char *file, int line, const char *what, size_t got_size, const void *got,
                 size_t want_size, const void *want)
{
    struct failure f;
    int met = got_size == want_size && (!want_size || memcmp(got, want, want_size) == 0);
    record(met, got_size ? hash_bytes(got, got_size) : 0);
    if (met || !begin_failure(&f, file, line, what)) return met;
    const unsigned char *g = got, *w = want;
    size_t i = 0;
    while (i < got_size && i < want_size && g[i] == w[i]) i++;
    say_text(&f, "got", got_size, got, i);
    say_text(&f, "want", want_size, want, i);
    say(&f, "\n  differs at byte %zu: got ", i);
    say_byte(&f, got_size, g, i);
    say(&f, ", want ");
    say_byte(&f, want_size, w, i);
    end_failure(&f);
    return 0;
}

static void say_ids(struct failure *f, const char *name, const char *unit, size_t n,
                    const int32_t *id, size_t at)
{
    enum { IDS = 10 };
    size_t from = n > IDS && at > IDS / 2 ? at - IDS / 2 : 0;
    if (from > n) from = n;
    say(f, "\n  %-7s %s", name, from ? "…" : "");
    for (size_t i = from; i < n && i < from + IDS; i++) say(f, i == from ? "%d" : " %d", id[i]);
    say(f, "%s  (%zu %s%s)", from + IDS < n ? " …" : "", n, unit, n == 1 ? "" : "s");
}

int lesson_ids(const char *file, int line, const char *what, const char *unit, size_t got_n,
               const int32_t *got, size_t want_n, const int32_t *want)
{
    struct failure f;
    size_t i = 0;
    while (i < got_n && i < want_n && got[i] == want[i]) i++;
    int met = got_n == want_n && i == want_n;
    record(met, got_n ? hash_bytes(got, got_n * sizeof *got) : 0);
    if (met || !begin_failure(&f, file, line, what)) return met;
    say_ids(&f, "got", unit, got_n, got, i);
    say_ids(&f, "want", unit, want_n, want, i);
    say(&f, "\n  differs at index %zu: ", i);
    if (i >= got_n)
        say(&f, "got the end, want %d", want[i]);
    else if (i >= want_n)
        say(&f, "got %d, want the end", got[i]);
    else
        say(&f, "got %d, want %d", got[i], want[i]);
    end_failure(&f);
    return 0;
}

// struct row: numbers of either width, compared as double.
struct row {
    const float *floats;
    const double *doubles;
};

static double row_at(struct row x, size_t i)
{
    double number = x.floats ? (double)x.floats[i] : x.doubles[i];
    return isnan(number) ? (double)NAN : number;  // printed without a sign
}

static int near(double got, double want, double tolerance)
{
    // Infinity minus itself is NaN, and yet it is what was wanted.
    return got == want || fabs(got - want) <= tolerance;
}

// say_row shows all of a few numbers, so that a row which is shifted, or adds up wrong, is seen.
static void say_row(struct failure *f, const char *name, size_t n, struct row x)
{
    say(f, "\n  %-7s", name);
    for (size_t i = 0; i < n; i++) say(f, i + 1 < n ? " %-7.4g" : " %.4g", row_at(x, i));
}

// digits_of is how many digits tell a from b: nine, or what a double takes.
static int digits_of(double a, double b)
{
    char x[32], y[32];
    snprintf(x, sizeof x, "%.9g", a);
    snprintf(y, sizeof y, "%.9g", b);
    return strcmp(x, y) == 0 ? 17 : 9;
}

static int compare_numbers(const char *file, int line, const char *what, size_t n, struct row got,
                           const double *want, double tolerance)
{
    struct failure f;
    size_t wrong = 0, first = 0, worst = 0;
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        double x = row_at(got, i), off = fabs(x - want[i]);
        record_number(x, tolerance);
        if (near(x, want[i], tolerance)) continue;
        if (!wrong++) first = i;
        // A NaN is as far off as can be.
        if (wrong == 1 || !(off <= most)) most = off, worst = i;
    }
    record(wrong == 0, n);
    if (wrong == 0 || !begin_failure(&f, file, line, what)) return wrong == 0;
    double x = row_at(got, first);
    int digits = digits_of(x, want[first]);
    enum { FEW = 8 };
    if (n > 1 && n <= FEW) {
        say_row(&f, "got", n, got);
        say_row(&f, "want", n, (struct row){.doubles = want});
        say(&f, "\n  %zu of %zu differ by more than %.3g; index %zu: got %.*g, want %.*g", wrong, n,
            tolerance, first, digits, x, digits, want[first]);
        end_failure(&f);
        return 0;
    }
    say(&f, "\n  got     %.*g", digits, x);
    if (n > 1) say(&f, "  (index %zu, the first of %zu that differ, of %zu)", first, wrong, n);
    say(&f, "\n  want    %.*g", digits, want[first]);
    // NaN and infinity are no distance away.
    if (isfinite(x) && isfinite(want[first]))
        say(&f, "\n  off by  %.3g, allowed %.3g", fabs(x - want[first]), tolerance);
    if (worst != first && isfinite(most))
        say(&f, "; the worst is index %zu, off by %.3g", worst, most);
    end_failure(&f);
    return 0;
}

int lesson_double(const char *file, int line, const char *what, double got, double want,
                  double tolerance)
{
    return compare_numbers(file, line, what, 1, (struct row){.doubles = &got}, &want, tolerance);
}

int lesson_floats(const char *file, int line, const char *what, size_t n, const float *got,
                  const double *want, double tolerance)
{
    return compare_numbers(file, line, what, n, (struct row){.floats = got}, want, tolerance);
}

int lesson_doubles(const char *file, int line, const char *what, size_t n, const double *got,
                   const double *want, double tolerance)
{
    return compare_numbers(file, line, what, n, (struct row){.doubles = got}, want, tolerance);
}

int lesson_text_has(const char *file, int line, const char *what, const char *got, const char *part)
{
    struct failure f;
    int met = strstr(got, part) != NULL;
    record(met, (uint64_t)met);  // messages are worded freely
    if (met || !begin_failure(&f, file, line, what)) return met;
    say(&f, "\n  got     %s\n  want    a text with %s in it",
        lesson_quote(strnlen(got, SHOWN * 3), got), lesson_quote(strlen(part), part));
    end_failure(&f);
    return 0;
}
