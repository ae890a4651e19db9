#include "say.h"

#include <stdio.h>

int say_error(const struct error *e)
{
    fflush(stdout);
    fprintf(stderr, "%s\n", e->text);
    return e->code == ERR_VALUE ? 2 : 1;
}

int say_usage(const char *usage)
{
    fprintf(stderr, "usage: grader %s\n", usage);
    return 2;
}
