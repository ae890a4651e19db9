#include <string.h>

#include "commands.h"
#include "commands_parts.h"
#include "parallel_run.h"
#include "parallel_scale.h"
#include "threads.h"

int command_parallel(int argc, char **argv)
{
    static const char *const WHAT[] = {"race", "sum", "lines", "rows", "scaling"};
    enum { RACE, SUM, LINES, ROWS, SCALING };
    const char *out = "";
    int threads = 0, rounds = 0, what = -1;
    const struct option_spec specs[] = {
        {"threads", OPTION_INT, &threads, 0, 4096, "N", "threads; 0 for as many as cores", 0},
        {"rounds", OPTION_INT, &rounds, 0, 10000, "N",
         "scaling: rounds of measuring; 0 for some seconds", 0},
        {"out", OPTION_STRING, &out, 1, 0, "DIR", "scaling: draw scaling.svg there", 0},
    };
    const struct command c = {"parallel", "Shows what several threads lose, and what they gain.",
                              "race|sum|lines|rows|scaling [options]", specs, COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 1);
    for (int i = 0; i < COUNT_OF(WHAT); i++) {
        if (strcmp(argv[1], WHAT[i]) == 0) what = i;
    }
    struct error e;
    if (what < 0)
        error_must(error_set(&e, ERR_VALUE,
                             "parallel %s: expected race, sum, lines, rows or scaling", argv[1]),
                   &e);
    if (*out && what != SCALING)
        error_must(error_set(&e, ERR_VALUE, "--out: expected with parallel scaling only"), &e);
    if (!threads) threads = threads_max();
    if (what == RACE) parallel_run_race(threads, stdout);
    if (what == SUM) parallel_run_sum(threads, stdout);
    if (what == LINES) parallel_run_lines(threads, stdout);
    if (what == ROWS) parallel_run_rows(threads, stdout);
    if (what == SCALING) error_must(parallel_scale_run(threads, rounds, out, stdout, &e), &e);
    return command_end();
}
