#include "screen.h"

#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "source.h"

static const char BELOW[] = "          ";  // below what stands behind "  input   "

// --- words ---------------------------------------------------------------------------------------

static const char *signal_words(int number, int fault)
{
    if (fault == FAULT_NULL) return "it used a null pointer (segmentation fault)";
    if (fault == FAULT_READONLY)
        return "it wrote to memory that may only be read (segmentation fault)";
    switch (number) {
    case SIGSEGV:
        return "it touched memory that it may not (segmentation fault)";
    case SIGBUS:
        return "it touched memory that is not there (bus error)";
    case SIGFPE:
        return "it divided by zero, or the quotient does not fit";
    case SIGILL:
    case SIGTRAP:
        return "it came to an instruction that cannot be executed";
    case SIGABRT:
        return "a check stopped it (abort)";
    }
    return "a signal ended it";
}

static void add_size(struct text *out, uint64_t bytes)
{
    if (bytes >= 1000000000)
        text_add(out, "%.3g GB", (double)bytes / 1e9);
    else if (bytes >= 1000000)
        text_add(out, "%.3g MB", (double)bytes / 1e6);
    else
        text_add(out, "%llu bytes", (unsigned long long)bytes);
}

// headline says in one sentence what happened.
static void headline(struct text *out, const struct test *t, int endless)
{
    const struct report *r = t->report;
    switch (test_ending(t)) {
    case ENDING_DONE:
        text_add(out, "%s", r->checks ? "wrong answer" : "nothing was compared");
        break;
    case ENDING_UNWRITTEN:
        text_add(out, "not written yet");
        break;
    case ENDING_SIGNAL:
        text_add(out, "crashed: %s",
                 endless ? "it calls itself without end (stack overflow)"
                         : signal_words(r->signal, r->fault));
        break;
    case ENDING_TIME:
    case ENDING_SKIPPED:
        if (r && r->signal == SIGALRM)
            text_add(out, "timeout: it waits for something that does not come");
        else
            text_add(out, "timeout: it does not come to an end within %d s of processor time",
                     t->seconds);
        break;
    case ENDING_MEMORY:
        text_add(out, "memory: it asks for ");
        add_size(out, r->asked);
        text_add(out, ", holding ");
        add_size(out, r->held);
        text_add(out, "; the budget is ");
        add_size(out, r->budget);
        break;
    case ENDING_OUTPUT:
        text_add(out, "output: it prints more than %d MB", REPORT_OUTPUT_MAX >> 20);
        break;
    case ENDING_SANITIZER:
        text_add(out, "stopped by a sanitizer");
        break;
    case ENDING_EXIT:
        text_add(out, "exited: it ended the program in the middle of the test");
        break;
    case ENDING_NONE:
    case ENDINGS:
        text_add(out, "%s",
                 t->begun ? "exited: it ended the program without a word"
                          : "untried: the run ended before this test");
        break;
    }
}

// --- parts ---------------------------------------------------------------------------------------

static void add_head(const struct screen *v, const struct test *t, const struct blame *b,
                     struct text *out)
{
    const struct lesson *l = v->lesson;
    struct source source = {0};
    int line = b->line;
    if (!line && !source_read(l->file, &source, NULL))
        line = source_definition(&source, t->function);
    source_free(&source);
    int unwritten = test_ending(t) == ENDING_UNWRITTEN;
    text_add(out, "%s:%d: %s: ", l->file, line ? line : 1, unwritten ? b->in : t->function);
    headline(out, t, b->endless);
    text_add(out, "\n");
    if (unwritten) return;
    blame_tell(b, t->function, out);
}

// add_failure adds the lines of a failure, each broken into at most `lines`.
static void add_failure(const char *failure, int lines, struct text *out)
{
    for (const char *at = failure; at && *at;) {
        size_t margin = strspn(at, " ");
        // Behind a name, "  input   ", the text goes on below its beginning.
        int named = margin == 2 && strcspn(at + 2, "\n") > 8 && at[9] == ' ';
        char below[sizeof BELOW];
        snprintf(below, sizeof below, "%.*s",
                 named        ? 10
                 : margin < 8 ? (int)margin + 2
                              : 10,
                 BELOW);
        at = text_wrap(at, "", below, SCREEN_WIDTH, lines, out);
    }
}

void screen_test(const struct lesson *l, const struct test *t, int lines, struct text *out)
{
    text_add(out, "tests/%s.c:%d: test %s\n", l->slug, t->line, t->name);
    const char *input = t->report ? t->report->input : "";
    for (const char *name = "  input   "; input && *input; name = BELOW)
        input = text_wrap(input, name, BELOW, SCREEN_WIDTH, lines, out);
}

// add_printed shows the last lines of what was printed.  The very last may be broken into several:
// a check that stops a program says there with what numbers.
static void add_printed(const struct test *t, int lines, int last, struct text *out)
{
    if (!t->output.size) return;
    const char *from = t->output.bytes;
    for (int skip = text_lines(from) - lines; skip > 0; skip--) from = strchr(from, '\n') + 1;
    int all = from == t->output.bytes && t->printed <= t->output.size;
    text_add(out, all ? "it printed:\n" : "the end of what it printed:\n");
    while (from && *from)
        from =
            text_wrap(from, "  | ", "  |   ", SCREEN_WIDTH, text_lines(from) == 1 ? last : 1, out);
}

static void add_warnings(const struct warnings *w, int most, int lines, struct text *out)
{
    for (int i = 0; i < w->count && i < most; i++)
        text_wrap(text_string(&w->warning[i]), "", "  ", SCREEN_WIDTH, lines, out);
}

void screen_cause(const char *says, struct text *out)
{
    text_wrap(says, "likely cause: ", "  ", SCREEN_WIDTH, 8, out);
}

void screen_points(const struct suite *s, const struct result *r, int rows, int must,
                   struct text *out)
{
    if (r->functions == rows + 1) rows++;  // "1 more" takes the line that it would have
    for (int i = 0; i < r->functions; i++) {
        const struct result_function *f = &r->function[i];
        char how[RESULT_HOW];
        if (i >= rows - (must >= rows) && i != must) continue;
        result_how(f, how);
        text_add(out, "  %-22s %2d/%-2d  %s", f->name, f->got, f->possible, how);
        int tests = s ? verdict_tests(s, f->name, 0) : 0;
        int passed = s ? verdict_tests(s, f->name, 1) : 0;
        if (passed && passed < tests) text_add(out, ", %d of %d tests pass", passed, tests);
        text_add(out, "\n");
    }
    if (r->functions > rows) text_add(out, "  … and %d more functions\n", r->functions - rows);
}

// struct room: how many lines there are for what.
struct room {
    int lines;     // one line of a failure, or of a warning, is broken into so many
    int warnings;  // how many of them
    int printed;   // lines of what was printed
    int rows;      // functions in the table
};

static void compose(const struct screen *v, struct room room, struct text *out)
{
    const struct judgement *j = v->judgement;
    const struct test *t = j->function[j->first].test;
    const struct blame *b = &j->function[j->first].blame;
    if (!t) {
        text_add(out, "%s:1: %s: untried: it has no tests\n", v->lesson->file,
                 v->result->function[j->first].name);
        return;
    }
    add_head(v, t, b, out);
    if (test_ending(t) != ENDING_UNWRITTEN) {
        if (t->report && t->report->failure[0])
            add_failure(t->report->failure, room.lines, out);
        else
            screen_test(v->lesson, t, room.lines, out);
        if (b->foreign && test_ending(t) == ENDING_SIGNAL)
            text_add(out, "  not in your file: in the test, with what your function left behind\n");
        add_printed(t, room.printed, room.lines, out);
        add_warnings(v->warnings, room.warnings, room.lines, out);
    }
    screen_points(v->suite, v->result, room.rows, j->first, out);
    if (v->says) screen_cause(v->says, out);
}

void screen_failure(const struct screen *v, struct text *out)
{
    static const struct room ROOMS[] = {{4, 2, 3, SCREEN_ROWS}, {4, 1, 2, SCREEN_ROWS},
                                        {3, 1, 1, SCREEN_ROWS}, {2, 1, 1, 5},
                                        {2, 0, 1, 4},           {1, 0, 1, 3}};
    enum { COUNT = sizeof ROOMS / sizeof *ROOMS };
    struct text made = {0};
    for (int i = 0; i < COUNT; i++) {
        text_free(&made);
        compose(v, ROOMS[i], &made);
        // The last line is the lesson's.
        if (text_rows(text_string(&made), SCREEN_WIDTH) + v->later < SCREEN_LINES) break;
    }
    text_add_bytes(out, made.size, text_string(&made));
    text_free(&made);
}

void screen_warning(const struct warnings *w, struct text *out)
{
    add_warnings(w, 1, 2, out);
}

void screen_printed(const struct suite *s, struct text *out)
{
    for (int i = 0; i < s->tests; i++) {
        if (!s->test[i].output.size) continue;
        text_wrap(s->test[i].output.bytes, "your code prints: ", "", SCREEN_WIDTH, 1, out);
        return;
    }
}

// next_lesson finds the lesson behind l; 0 if there is none.
static int next_lesson(const struct lesson *l, char directory[HOUSE_PATH])
{
    glob_t found;
    int there = 0;
    if (glob("lessons/[0-9][0-9]-*", 0, NULL, &found)) return 0;
    for (size_t i = 0; i < found.gl_pathc && !there; i++) {
        if (strcmp(found.gl_pathv[i], l->text) <= 0) continue;
        snprintf(directory, HOUSE_PATH, "%s", found.gl_pathv[i]);
        there = 1;
    }
    globfree(&found);
    return there;
}

void screen_next(const struct lesson *l, const struct result *r, struct text *out)
{
    int got, possible;
    char next[HOUSE_PATH];
    result_points(r, &got, &possible);
    text_add(out, "%s %s: %d of %d points.  ", l->number, l->slug, got, possible);
    if (r->verdict == VERDICT_PASSED && next_lesson(l, next))
        text_add(out, "Passed.  Next: make %.2s, %s/README.md\n", next + strlen("lessons/"), next);
    else if (r->verdict == VERDICT_PASSED)
        text_add(out, "Passed.  That was the last lesson there is.\n");
    else if (r->verdict == VERDICT_UNWRITTEN)
        text_add(out, "What to write: %s/README.md\n", l->text);
    else if (r->verdict == VERDICT_FAILED)
        text_add(out, "Stuck?  make hint-%s\n", l->number);
    else
        text_add(out, "Nothing was run.\n");
}

// --- showing -------------------------------------------------------------------------------------

static int obeys(void)
{
    const char *term = getenv("TERM");
    return isatty(1) && term && strcmp(term, "dumb") != 0;
}

void screen_show(const char *text, int beginning, enum verdict v)
{
    const char *no = getenv("NO_COLOR");
    int line = (int)strcspn(text, "\n");
    const char *colour = v == VERDICT_PASSED    ? "\033[32m"
                       : v == VERDICT_UNWRITTEN ? "\033[33m"
                                                : "\033[31m";
    if (beginning && obeys() && !(no && *no))
        printf("%s%.*s\033[0m%s", colour, line, text, text + line);
    else
        printf("%s", text);
    fflush(stdout);
}

void screen_wait(const char *what)
{
    if (!obeys()) return;
    printf("\r\033[K%s", what ? what : "");
    fflush(stdout);
}
