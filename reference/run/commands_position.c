#include <string.h>

#include "commands.h"
#include "commands_parts.h"
#include "position_run.h"
#include "random.h"
#include "train_options.h"

enum { WIDEST = 256 };

// read_vector reads a vector out of an option's text.
static void read_vector(const char *option, const char *text, float *x, int *width)
{
    struct error e;
    *width = read_numbers(text, WIDEST, x);
    if (!*width)
        error_must(
            error_set(&e, ERR_VALUE, "--%s '%s': expected 1 to %d numbers", option, text, WIDEST),
            &e);
}

// read_vectors reads q and k, or draws what is not given.
static int read_vectors(const char *q, const char *k, int width, uint64_t seed, float *qs,
                        float *ks)
{
    struct error e;
    struct random r = random_start(seed, RANDOM_SHUFFLE);
    int q_width = width, k_width = width;
    for (int i = 0; i < WIDEST; i++) qs[i] = random_normal(&r), ks[i] = random_normal(&r);
    if (q) read_vector("query", q, qs, &q_width);
    if (k) read_vector("key", k, ks, &k_width);
    if (!q) q_width = k_width;
    if (!k) k_width = q_width;
    if (q_width != k_width)
        error_must(error_set(&e, ERR_VALUE, "--query has %d numbers, --key %d: expected as many",
                             q_width, k_width),
                   &e);
    return q_width;
}

int command_position(int argc, char **argv)
{
    const char *kind = "rotary", *q = NULL, *k = NULL;
    struct placing p = {.places = 6, .width = 8, .base = 10000, .seed = 1};
    int table = 0;
    float qs[WIDEST], ks[WIDEST];
    const struct option_spec specs[] = {
        {"kind", OPTION_STRING, &kind, 1, 0, "NAME", POSITION_NAMES, 0},
        {"places", OPTION_INT, &p.places, 1, 4096, "N", "places, from 0", 0},
        {"width", OPTION_INT, &p.width, 1, WIDEST, "N", "numbers of a vector that is drawn", 0},
        {"query", OPTION_STRING, &q, 1, 0, "'X …'", "the query; drawn if it is not given", 0},
        {"key", OPTION_STRING, &k, 1, 0, "'X …'", "the key", 0},
        {"base", OPTION_FLOAT, &p.base, 1e-3, 1e9, "X", "rotary: of the frequencies", 0},
        {"table", OPTION_FLAG, &table, 0, 0, NULL,
         "print what is added, or q and k as they are turned, instead of scores", 0},
        {"seed", OPTION_SEED, &p.seed, 0, 0, "N", "of what is drawn", 0},
    };
    const struct command c = {"position",
                              "Puts one query and one key at every place, and prints their scores.",
                              "[options]", specs, COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 0);
    struct error e;
    error_must(train_options_position("kind", kind, &p.kind, &e), &e);
    p.width = read_vectors(q, k, p.width, p.seed, qs, ks);
    p.q = qs, p.k = ks;
    if (p.kind == POSITION_ROTARY && p.width % 2)
        error_must(error_set(&e, ERR_VALUE,
                             "vectors of %d numbers: expected an even number, which rotary turns "
                             "in pairs",
                             p.width),
                   &e);
    if (table)
        position_run_table(&p, stdout);
    else
        position_run_scores(&p, stdout);
    return command_end();
}
