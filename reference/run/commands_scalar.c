#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "commands_parts.h"
#include "scalar_chars.h"
#include "scalar_expr.h"
#include "scalar_run.h"

static int graph(int argc, char **argv)
{
    const char *of = "(a*b + c)*a", *at = "a=2,b=-3,c=10";
    const struct option_spec specs[] = {
        {"of", OPTION_STRING, &of, 1, 0, "FORMULA",
         "of + - * ( ), tanh( ), exp( ), log( ), numbers, and names a to z", 0},
        {"at", OPTION_STRING, &at, 0, 0, "VALUES", "what the names are", 0},
    };
    const struct command c = {"scalar graph", "Prints a formula's graph: values, and gradients.",
                              "[options]", specs, COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 0);
    struct error e;
    struct scalar_expr x;
    error_must(scalar_expr_read(of, at, &x, &e), &e);
    scalar_expr_table(&x, stdout);
    scalar_expr_free(&x);
    return command_end();
}

static int xor_(int argc, char **argv)
{
    struct scalar_task t = {.width = 2, .steps = 500, .lr = 0.3f, .seed = 1};
    int seeds = 0;
    const struct option_spec specs[] = {
        {"width", OPTION_INT, &t.width, 1, 1000, "N", "hidden neurons", 0},
        {"steps", OPTION_INT, &t.steps, 0, 1 << 24, "N", "steps against the gradient", 0},
        {"lr", OPTION_FLOAT, &t.lr, 0, 1000, "X", "how far a step goes: X times the gradient", 0},
        {"seed", OPTION_SEED, &t.seed, 0, 0, "N", "of the first weights", 0},
        {"seeds", OPTION_INT, &seeds, 1, 1 << 20, "N",
         "train N nets, from seeds 1 to N, and count those that learn it", 0},
    };
    const struct command c = {"scalar xor", "Trains a net of a few neurons on XOR.", "[options]",
                              specs, COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 0);
    if (seeds)
        scalar_run_xor_seeds(&t, seeds, stdout);
    else
        scalar_run_xor(&t, stdout);
    return command_end();
}

static int moons(int argc, char **argv)
{
    struct scalar_moons m = {.task = {.width = 8, .steps = 1000, .lr = 0.3f, .seed = 1},
                             .points = 200,
                             .scatter = 0.15f,
                             .data = 1};
    int map = 0;
    const struct option_spec specs[] = {
        {"width", OPTION_INT, &m.task.width, 1, 1000, "N", "hidden neurons", 0},
        {"steps", OPTION_INT, &m.task.steps, 0, 1 << 24, "N", "steps against the gradient", 0},
        {"lr", OPTION_FLOAT, &m.task.lr, 0, 1000, "X", "how far a step goes: X times the gradient",
         0},
        {"seed", OPTION_SEED, &m.task.seed, 0, 0, "N", "of the first weights", 0},
        {"points", OPTION_INT, &m.points, 2, 10000, "N", "points to learn from", 0},
        {"scatter", OPTION_FLOAT, &m.scatter, 0, 10, "X",
         "how far points are from their half circle", 0},
        {"data-seed", OPTION_SEED, &m.data, 0, 0, "N", "of the points", 0},
        {"map", OPTION_INT, &map, 2, 1000, "N",
         "print the points, and the output on N rows of N points, for a picture", 0},
    };
    const struct command c = {"scalar moons", "Trains a net to tell two half moons apart.",
                              "[options]", specs, COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 0);
    if (map)
        scalar_run_moons_map(&m, map, stdout);
    else
        scalar_run_moons(&m, stdout);
    return command_end();
}

static int chars(int argc, char **argv)
{
    struct scalar_chars o = {.data = "stories",
                             .context = 2,
                             .embed = 8,
                             .hidden = 16,
                             .batch = 16,
                             .steps = 4000,
                             .judge = 20000,
                             .lr = 0.3f,
                             .seed = 1};
    const struct option_spec specs[] = {
        {"data", OPTION_STRING, &o.data, 1, 0, "WHAT",
         "text file, directory, or name of a data set", 0},
        {"context", OPTION_INT, &o.context, 1, 64, "N", "characters that are looked at", 0},
        {"embed", OPTION_INT, &o.embed, 1, 256, "N", "numbers for each of them", 0},
        {"hidden", OPTION_INT, &o.hidden, 1, 256, "N", "neurons that see those", 0},
        {"batch", OPTION_INT, &o.batch, 1, 1024, "N", "characters to guess in a step", 0},
        {"steps", OPTION_INT, &o.steps, 0, 1 << 24, "N", "steps against the gradient", 0},
        {"lr", OPTION_FLOAT, &o.lr, 0, 1000, "X", "how far a step goes: X times the gradient", 0},
        {"judge", OPTION_INT, &o.judge, 0, 1 << 30, "N",
         "characters of the validation part to judge by", 0},
        {"seed", OPTION_SEED, &o.seed, 0, 0, "N", "of the first weights and of the batches", 0},
    };
    const struct command c = {
        "scalar chars", "Trains a model of characters number by number, and says what it costs.",
        "[options]", specs, COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 0);
    struct error e;
    error_must(scalar_chars_run(&o, stdout, &e), &e);
    return command_end();
}

int command_scalar(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
    } WHAT[] = {{"graph", graph}, {"xor", xor_}, {"moons", moons}, {"chars", chars}};
    for (int i = 0; i < COUNT_OF(WHAT); i++) {
        if (argc > 1 && strcmp(argv[1], WHAT[i].name) == 0) return WHAT[i].run(argc - 1, argv + 1);
    }
    // What is left is --help, or a mistake that options_parse knows how to name.
    const struct command c = {
        "scalar",
        "Shows numbers that send slopes back: graph, xor, moons or chars, each with --help.",
        "graph|xor|moons|chars [options]", NULL, 0};
    struct error e;
    commands_arguments(&c, argc, argv, argc - 1);
    error_must(error_set(&e, ERR_VALUE, "scalar: expected graph, xor, moons or chars%s%s",
                         argc > 1 ? ", found " : "", argc > 1 ? argv[1] : ""),
               &e);
    return 2;
}
