// The verb `alike`: which named mistakes the tests cannot tell from each other.
#include <stdio.h>
#include <string.h>

#include "mistakes.h"
#include "trace.h"
#include "verbs.h"

int verb_alike(const struct house *h, int argc, char **argv)
{
    struct lesson l;
    struct error e = {0};
    struct mistakes all;
    if (argc != 1 || house_lesson(h, argv[0], &l, &e)) {
        fprintf(stderr, "grader: %s\n", e.code ? e.text : "usage: alike SLUG");
        return 2;
    }
    if (!mistakes_read(h, &l, &all)) all.count = 0;
    for (int i = 0; i < all.count; i++) {
        for (int k = 0; k < all.count; k++) {
            const struct mistake *a = &all.mistake[i], *b = &all.mistake[k];
            if (i == k || strcmp(a->function, b->function) != 0) continue;
            struct trace *x = NULL, *y = NULL;
            if (!mistakes_trace(h, &l, a, &x, &e) && !mistakes_trace(h, &l, b, &y, &e) &&
                trace_alike(x, y))
                printf("%s\t%s\t%s\n", a->name, b->name, strcmp(a->says, b->says) ? "" : "same");
            trace_free(x);
            trace_free(y);
            if (e.code) {
                fprintf(stderr, "grader: %s\n", e.text);
                return 2;
            }
        }
    }
    return 0;
}
