// The verb `alike`: which named mistakes the tests cannot tell from each other.
#include <stdio.h>
#include <string.h>

#include "mistakes.h"
#include "trace.h"
#include "verbs.h"

// print_alike prints which of them are alike, of those in one function.
static void print_alike(const struct mistakes *all, struct trace *const *trace)
{
    for (int i = 0; i < all->count; i++) {
        for (int k = 0; k < all->count; k++) {
            const struct mistake *a = &all->mistake[i], *b = &all->mistake[k];
            if (i == k || strcmp(a->function, b->function) != 0) continue;
            if (trace_alike(trace[i], trace[k]))
                printf("%s\t%s\t%s\n", a->name, b->name, strcmp(a->says, b->says) ? "" : "same");
        }
    }
}

int verb_alike(const struct house *h, int argc, char **argv)
{
    struct lesson l;
    struct error e = {0};
    struct mistakes all;
    struct trace *trace[MISTAKES] = {0};
    if (argc != 1 || house_lesson(h, argv[0], &l, &e)) {
        fprintf(stderr, "grader: %s\n", e.code ? e.text : "usage: alike SLUG");
        return 2;
    }
    if (!mistakes_read(h, &l, &all)) all.count = 0;
    for (int i = 0; i < all.count && !e.code; i++)
        mistakes_trace(h, &l, &all.mistake[i], &trace[i], &e);
    if (e.code)
        fprintf(stderr, "grader: %s\n", e.text);
    else
        print_alike(&all, trace);
    for (int i = 0; i < all.count; i++) trace_free(trace[i]);
    return e.code ? 2 : 0;
}
