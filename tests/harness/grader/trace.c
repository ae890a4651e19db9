#include "trace.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"

// struct entry: a test's trace.
struct entry {
    char name[SUITE_NAME];
    int ending, signal;
    uint64_t checks, hash, numbers;  // numbers: how many there were in all
    // As many of them as a report holds: in a report, or as lines of a trace.  Most traces differ
    // before the first number, and there may be a hundred to look through: lines are read as late
    // as can be.
    const struct report_number *number;
    const char *lines;
};

struct trace {
    int count;
    struct entry entry[SUITE_TESTS];
    char *text;  // the file
};

static size_t kept(uint64_t numbers)
{
    return numbers < REPORT_NUMBERS ? (size_t)numbers : REPORT_NUMBERS;
}

static struct entry entry_of(const struct test *t)
{
    struct entry x = {.ending = (int)test_ending(t)};
    memcpy(x.name, t->name, sizeof x.name);
    if (!t->report) return x;
    x.signal = t->report->signal;
    x.checks = t->report->checks;
    x.hash = t->report->hash;
    x.numbers = t->report->numbers;
    x.number = t->report->number;
    return x;
}

enum err trace_write(const char *path, const struct suite *s, const char *function, struct error *e)
{
    struct output *out = NULL;
    enum err failed = output_open(path, &out, e);
    if (failed) return failed;
    for (int i = 0; i < s->tests; i++) {
        if (strcmp(s->test[i].function, function) != 0) continue;
        const struct entry x = entry_of(&s->test[i]);
        output_print(out, "test %s %d %d %" PRIu64 " %016" PRIx64 " %" PRIu64 "\n", x.name,
                     x.ending, x.signal, x.checks, x.hash, x.numbers);
        for (size_t k = 0; k < kept(x.numbers); k++)
            output_print(out, "%a %a\n", x.number[k].got, x.number[k].tolerance);
    }
    return output_commit(out, e);
}

// read_entries finds the entries in t->text; 0 at a line that is none of a trace's.
static int read_entries(struct trace *t)
{
    for (char *line = t->text; *line;) {
        char *end = strchr(line, '\n');
        if (!end || t->count == SUITE_TESTS) return 0;
        struct entry *x = &t->entry[t->count++];
        if (sscanf(line, "test %63s %d %d %" SCNu64 " %" SCNx64 " %" SCNu64, x->name, &x->ending,
                   &x->signal, &x->checks, &x->hash, &x->numbers) != 6)
            return 0;
        x->lines = line = end + 1;
        for (size_t missing = kept(x->numbers); missing; missing--, line = end + 1) {
            end = strchr(line, '\n');
            if (!end) return 0;
        }
    }
    return 1;
}

enum err trace_read(const char *path, struct trace **t, struct error *e)
{
    char *text;
    size_t size;
    enum err failed = file_read(path, &text, &size, e);
    if (failed) return failed;
    struct trace *made = calloc(1, sizeof *made);
    if (!made) die("out of memory: a trace");
    made->text = text;
    if (!read_entries(made)) failed = error_set(e, ERR_FORMAT, "%s: not a trace", path);
    if (failed)
        trace_free(made);
    else
        *t = made;
    return failed;
}

void trace_free(struct trace *t)
{
    if (!t) return;
    free(t->text);
    free(t);
}

// take_number returns the next of x's numbers, and goes on to the one behind it.
static struct report_number take_number(struct entry *x)
{
    if (x->number) return *x->number++;
    char *end;
    struct report_number it = {.got = strtod(x->lines, &end)};
    it.tolerance = strtod(end, &end);
    x->lines = end;
    return it;
}

static int same_number(struct report_number a, struct report_number b)
{
    if (a.got == b.got || (isnan(a.got) && isnan(b.got))) return 1;
    return fabs(a.got - b.got) <= a.tolerance;
}

static int same_entry(const struct entry *a, const struct entry *b)
{
    if (a->ending == ENDING_SKIPPED || b->ending == ENDING_SKIPPED) return 1;
    if (a->ending != b->ending) return 0;
    // How far it came before the time was up is the machine's doing.
    if (a->ending == ENDING_TIME) return 1;
    if (a->signal != b->signal || a->checks != b->checks || a->hash != b->hash ||
        a->numbers != b->numbers)
        return 0;
    struct entry x = *a, y = *b;
    for (size_t k = 0; k < kept(a->numbers); k++) {
        if (!same_number(take_number(&x), take_number(&y))) return 0;
    }
    return 1;
}

int trace_same(const struct trace *t, const struct suite *s, const char *function)
{
    int compared = 0, known = 0;
    for (int i = 0; i < s->tests; i++) {
        if (strcmp(s->test[i].function, function) != 0) continue;
        const struct entry x = entry_of(&s->test[i]);
        int k = 0;
        while (k < t->count && strcmp(t->entry[k].name, x.name) != 0) k++;
        if (k == t->count || !same_entry(&t->entry[k], &x)) return 0;
        compared++;
        known += x.ending != ENDING_SKIPPED;
    }
    return compared == t->count && known > 0;
}

int trace_alike(const struct trace *a, const struct trace *b)
{
    if (a->count != b->count) return 0;
    for (int i = 0; i < a->count; i++) {
        int k = 0;
        while (k < b->count && strcmp(a->entry[i].name, b->entry[k].name) != 0) k++;
        if (k == b->count || !same_entry(&a->entry[i], &b->entry[k])) return 0;
    }
    return 1;
}

const struct test *trace_differs(const struct suite *a, const struct suite *b)
{
    for (int i = 0; i < a->tests; i++) {
        const struct test *t = &a->test[i];
        const struct entry x = entry_of(t);
        if (t->report && t->report->chance) continue;
        for (int k = 0; k < b->tests; k++) {
            const struct test *u = &b->test[k];
            const struct entry y = entry_of(u);
            if (!u->begun || strcmp(t->function, u->function) != 0 || strcmp(x.name, y.name) != 0)
                continue;
            if (!same_entry(&x, &y)) return t;
        }
    }
    return NULL;
}
