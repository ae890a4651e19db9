#include "screen.h"

#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "source.h"
#include "verdict.h"
#include "where.h"

enum {
    WIDTH = 79,
    DETAILS = 9,  // lines of a failure
    PRINTED = 3,  // lines of what the learner's code printed
    ROWS = 7,     // functions in the table
};

// add_lines adds at most `most` lines of a text, each shortened to the screen, behind `margin`.
static void add_lines(struct text *out, const char *margin, const char *from, int most)
{
    int left = text_lines(from);
    while (from && *from && most--) {
        left--;
        text_add(out, "%s", margin);
        from = text_line(from, WIDTH - (int)strlen(margin), out);
        text_add(out, "\n");
    }
    if (from && *from) text_add(out, "%s… %d lines more\n", margin, left);
}

// add_wrapped adds words, broken between them at the screen's width, later lines indented.
static void add_wrapped(struct text *out, const char *first, const char *words)
{
    struct text line = {0};
    text_add(&line, "%s", first);
    while (*words) {
        size_t size = strcspn(words, " ");
        // Bytes instead of columns: a line with other alphabets in it is broken a little early.
        if (line.size + 1 + size > WIDTH) {
            text_add(out, "%s\n", text_string(&line));
            text_free(&line);
            text_add(&line, " ");
        }
        text_add(&line, " %.*s", (int)size, words);
        words += size + strspn(words + size, " ");
    }
    text_add(out, "%s\n", text_string(&line));
    text_free(&line);
}

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

// is_endless returns 1 if a way goes through one of the learner's functions over and over.
static int is_endless(int count, const struct frame *frames, const char *file)
{
    int same = 0;
    const struct frame *first = where_find(count, frames, file);
    for (int i = 0; first && i < count; i++)
        same += strcmp(frames[i].function, first->function) == 0;
    return same > REPORT_PLACES / 2;
}

// report_frames looks up the way to where the test ended.
static int report_frames(const char *program, const struct report *r,
                         struct frame frames[WHERE_FRAMES])
{
    uint64_t place[REPORT_PLACES];
    // Where a call returns to may be another line already.
    for (int i = 0; i < r->places; i++) place[i] = i && r->place[i] ? r->place[i] - 1 : r->place[i];
    return where_look(program, r->places, place, frames);
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

// add_printed adds the end of what the learner's code printed in the test.
static void add_printed(struct text *out, const struct test *t)
{
    if (!t->output.size) return;
    const char *from = t->output.bytes;
    for (int skip = text_lines(from) - PRINTED; skip > 0; skip--) from = strchr(from, '\n') + 1;
    int all = from == t->output.bytes && t->printed <= t->output.size;
    text_add(out, all ? "it printed:\n" : "the end of what it printed:\n");
    add_lines(out, "  | ", from, PRINTED);
}

void screen_cause(const char *says, struct text *out)
{
    add_wrapped(out, "likely cause:", says);
}

void screen_failure(const struct screen *v, const struct test *t, struct text *out)
{
    struct frame frames[WHERE_FRAMES];
    const struct report *r = t->report;
    const struct lesson *l = v->lesson;
    enum ending ending = test_ending(t);
    int count = r && ending != ENDING_DONE ? report_frames(v->program, r, frames) : 0;
    const struct frame *own = where_find(count, frames, l->file);
    struct source source = {0};
    int line = own ? own->line : r && r->line ? r->line : 0;
    if (!line && !source_read(l->file, &source, NULL))
        line = source_definition(&source, t->function);
    source_free(&source);
    const char *function = ending == ENDING_UNWRITTEN ? r->function : t->function;
    text_add(out, "%s:%d: %s: ", l->file, line ? line : 1, function);
    headline(out, t, is_endless(count, frames, l->file));
    text_add(out, "\n");
    if (ending == ENDING_UNWRITTEN) return;
    if (r && r->failure[0]) {
        add_lines(out, "", r->failure, DETAILS);
    } else {
        text_add(out, "tests/%s.c:%d: in the test %s\n", l->slug, t->line, t->name);
        if (r && r->input[0]) add_lines(out, "  input   ", r->input, 2);
    }
    if (count && !own && ending == ENDING_SIGNAL)
        text_add(out, "  not in your file: in the test, with what your function left behind\n");
    if (v->says) screen_cause(v->says, out);
    if (v->warning[0]) add_lines(out, "", v->warning, 1);
    add_printed(out, t);
}

void screen_points(const struct suite *s, const struct result *r, struct text *out)
{
    for (int i = 0; i < r->functions; i++) {
        const struct result_function *f = &r->function[i];
        if (i == ROWS) {
            text_add(out, "  … %d functions more\n", r->functions - ROWS);
            return;
        }
        text_add(out, "  %-22s %2d/%-2d  %s", f->name, f->got, f->possible, f->how);
        int tests = s ? verdict_count(s, f->name, 0) : 0,
            passed = s ? verdict_count(s, f->name, 1) : 0;
        if (passed && passed < tests) text_add(out, ", %d of %d tests pass", passed, tests);
        text_add(out, "\n");
    }
}

// next_lesson writes the directory of the lesson behind l; 0 if there is none.
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
        text_add(out, "Passed.  Next: %s/README.md\n", next);
    else if (r->verdict == VERDICT_PASSED)
        text_add(out, "Passed.  That was the last lesson there is.\n");
    else if (r->verdict == VERDICT_UNWRITTEN)
        text_add(out, "What to write: %s/README.md\n", l->text);
    else if (r->verdict == VERDICT_FAILED)
        text_add(out, "Stuck?  make hint-%s\n", l->number);
    else
        text_add(out, "Nothing was run.\n");
}

static int wants_colour(void)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(1) && !(no && *no) && term && strcmp(term, "dumb") != 0;
}

void screen_show(const struct text *part, int quiet, enum verdict v, struct text *all)
{
    const char *text = text_string(part);
    text_add(all, "%s", text);
    if (quiet) return;
    int line = (int)strcspn(text, "\n");
    const char *colour = v == VERDICT_PASSED    ? "\033[32m"
                       : v == VERDICT_UNWRITTEN ? "\033[33m"
                                                : "\033[31m";
    if (wants_colour())
        printf("%s%.*s\033[0m%s", colour, line, text, text + line);
    else
        printf("%s", text);
    fflush(stdout);
}
