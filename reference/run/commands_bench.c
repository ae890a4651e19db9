#include "bench.h"
#include "commands.h"
#include "commands_parts.h"

int command_bench(int argc, char **argv)
{
    struct bench_options o = {.setting = "all", .out = ""};
    const struct option_spec specs[] = {
        {"setting", OPTION_STRING, &o.setting, 1, 0, "NAME", BENCH_NAMES, 0},
        {"threads", OPTION_INT, &o.threads, 0, 4096, "N", "threads; 0 for as many as cores", 0},
        {"rounds", OPTION_INT, &o.rounds, 0, 1000, "N", "measure N times; 0 for some seconds", 0},
        {"out", OPTION_STRING, &o.out, 1, 0, "DIR", "write results.tsv and draw two pictures", 0},
    };
    const struct command c = {"bench", "Measures this machine, and how near to it we come.",
                              "[options]", specs, COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 0);
    struct error e;
    error_must(bench_run(&o, stdout, &e), &e);
    return command_end();
}
