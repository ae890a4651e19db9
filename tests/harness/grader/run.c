#include <stdio.h>

#include "verbs.h"

int verb_run(const struct house *h, int argc, char **argv)
{
    struct lesson l;
    struct error e;
    if (argc < 1 || house_lesson(h, argv[0], &l, &e)) {
        fprintf(stderr, "grader: run: %s\n", argc < 1 ? "expected a lesson's slug" : e.text);
        return 2;
    }
    printf("%s\n", l.file);
    return 0;
}

int verb_trace(const struct house *h, int argc, char **argv)
{
    return (void)h, (void)argc, (void)argv, 2;
}
