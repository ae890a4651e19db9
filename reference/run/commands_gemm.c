#include "commands.h"
#include "commands_parts.h"
#include "gemm_run.h"

// read_shape reads "M N K".
static enum err read_shape(const char *text, struct gemm_run_options *o, struct error *e)
{
    float size[3];
    int good = read_numbers(text, 3, size) == 3;
    for (int i = 0; good && i < 3; i++)
        good = size[i] >= 1 && size[i] <= GEMM_RUN_MOST && size[i] == (float)(int)size[i];
    if (!good)
        return error_set(e, ERR_VALUE,
                         "--shape '%s': expected three whole numbers, M N K, each from 1 to %d",
                         text, GEMM_RUN_MOST);
    o->M = (int)size[0], o->N = (int)size[1], o->K = (int)size[2];
    return ERR_NONE;
}

int command_gemm(int argc, char **argv)
{
    struct gemm_run_options o = {.svg = ""};
    const char *shape = "768 768 768";
    const struct option_spec specs[] = {
        {"shape", OPTION_STRING, &shape, 1, 0, "'M N K'", "multiply (M, K) by (K, N)", 0},
        {"threads", OPTION_INT, &o.threads, 0, 4096, "N", "threads; 0 for as many as cores", 0},
        {"rounds", OPTION_INT, &o.rounds, 0, 1000, "N", "measure N times; 0 for some seconds", 0},
        {"svg", OPTION_STRING, &o.svg, 1, 0, "FILE", "draw the roofline, with all of it", 0},
    };
    const struct command c = {"gemm",
                              "Times a matrix product on this machine, from three loops to blocks.",
                              "[options]", specs, COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 0);
    struct error e;
    error_must(read_shape(shape, &o, &e), &e);
    error_must(gemm_run(&o, stdout, &e), &e);
    return command_end();
}
