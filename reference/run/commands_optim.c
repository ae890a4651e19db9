#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "commands_parts.h"
#include "optim_run.h"

static enum err find_polynomial(const char *name, struct quintic *p, struct error *e)
{
    if (strcmp(name, "muon") == 0)
        *p = QUINTIC_MUON;
    else if (strcmp(name, "classical") == 0)
        *p = QUINTIC_CLASSICAL;
    else
        return error_set(e, ERR_VALUE, "--polynomial %s: expected muon or classical", name);
    return ERR_NONE;
}

int command_optim(int argc, char **argv)
{
    const char *name = "sgd", *matrix = NULL, *polynomial = "muon";
    struct optim o = {.lr = 0.045f,
                      .scale = 1,
                      .momentum = 0.9f,
                      .beta1 = 0.9f,
                      .beta2 = 0.99f,
                      .epsilon = 1e-8f};
    struct valley valley = {.curvature = 40, .x = -10, .y = 1};
    int steps = 20;
    const struct option_spec specs[] = {
        {"optimizer", OPTION_STRING, &name, 1, 0, "NAME", OPTIMIZER_NAMES, 0},
        {"lr", OPTION_FLOAT, &o.lr, 0, 1000, "X", "learning rate", 0},
        {"momentum", OPTION_FLOAT, &o.momentum, 0, 0.99999, "X",
         "momentum, nesterov: how much of the movement stays", 0},
        {"steps", OPTION_INT, &steps, 0, 100000, "N", "steps to take", 0},
        {"curvature", OPTION_FLOAT, &valley.curvature, 0, 1e6, "X",
         "how much steeper the valley is across than along", 0},
        {"matrix", OPTION_STRING, &matrix, 1, 0, "'A B C D'",
         "no valley: what newton_schulz makes of this 2 x 2 matrix", 0},
        {"polynomial", OPTION_STRING, &polynomial, 1, 0, "NAME", "of it: muon or classical", 0},
    };
    const struct command c = {"optim", "Walks down a valley of two weights, step by step.",
                              "[options]", specs, COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 0);
    struct error e;
    struct quintic p;
    enum optimizer which;
    float x[4];
    error_must(optimizer_find(name, &which, &e), &e);
    error_must(find_polynomial(polynomial, &p, &e), &e);
    if (!matrix) {
        optim_run_valley(valley, which, &o, steps, stdout);
    } else {
        if (read_numbers(matrix, 4, x) != 4)
            error_must(error_set(&e, ERR_VALUE, "--matrix '%s': expected four numbers", matrix),
                       &e);
        optim_run_matrix(x, p, steps, stdout);
    }
    return command_end();
}
