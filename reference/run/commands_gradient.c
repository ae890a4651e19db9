#include "bigram.h"
#include "bigram_loss.h"
#include "commands.h"
#include "commands_parts.h"
#include "slope.h"

int command_bigram(int argc, char **argv)
{
    struct bigram_options o = {.data = "stories", .steps = 100000, .batch = 100, .lr = 50};
    const char *loss = "cross-entropy";
    float weight = -1;
    int trace = 0, report = 0, bins = 0;
    const struct option_spec specs[] = {
        {"data", OPTION_STRING, &o.data, 1, 0, "WHAT",
         "text file, directory, or name of a data set", 0},
        {"steps", OPTION_INT, &o.steps, 0, 1 << 24, "N", "steps of gradient descent", 0},
        {"batch", OPTION_INT, &o.batch, 1, 1 << 24, "N", "pairs of characters drawn for a step", 0},
        {"lr", OPTION_FLOAT, &o.lr, 0, 1e6, "X", "learning rate", 0},
        {"lr-end", OPTION_FLOAT, &o.lr_end, 0, 1e6, "X",
         "what it has come down to at the last step", 0},
        {"seed", OPTION_SEED, &o.seed, 0, 0, "N", "of the draw", 0},
        {"trace", OPTION_FLAG, &trace, 0, 0, NULL,
         "print rows of step, train and val bits/byte on the way instead of the table", 0},
        {"loss", OPTION_STRING, &loss, 1, 0, "NAME", LOSSES_NAMES, 0},
        {"loss-weight", OPTION_FLOAT, &weight, -1, 10, "X", "its weight; -1 for the one it has", 0},
        {"calibration", OPTION_FLAG, &report, 0, 0, NULL,
         "print how sure the model is, and how right, instead of the table", 0},
        {"bins", OPTION_FLAG, &bins, 0, 0, NULL,
         "print rows of confidence, right guesses and share of all (%) instead", 0},
    };
    const struct command c = {"bigram",
                              "Learns which character follows which, by gradient descent.",
                              "[options]", specs, COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 0);
    struct error e;
    struct bigram b;
    struct bigram_loss l;
    error_must(bigram_open(&o, &b, &e), &e);
    error_must(bigram_loss_open(loss, weight, &b, &l, &e), &e);
    const struct row_loss row = bigram_loss_row(&l);
    if (!bigram_train(&b, &o, &row, trace ? stdout : NULL))
        die("the loss is not a finite number: try a smaller --lr");
    if (report || bins)
        bigram_loss_report(&b, &l, bins, stdout);
    else if (!trace)
        bigram_table(&b, stdout);
    bigram_loss_close(&l);
    bigram_close(&b);
    return command_end();
}

int command_slope(int argc, char **argv)
{
    const char *of = "cube";
    float at = 2, walk = 0;
    int steps = 5, per_ten = 1;
    const struct option_spec specs[] = {
        {"of", OPTION_STRING, &of, 1, 0, "NAME", "a curve: square or cube", 0},
        {"at", OPTION_FLOAT, &at, -1e6, 1e6, "X", "where", 0},
        {"per-ten", OPTION_INT, &per_ten, 1, 100, "N",
         "values of h from one power of ten to the next", 0},
        {"walk", OPTION_FLOAT, &walk, 0, 1e6, "LR",
         "walk downhill from there instead, with this learning rate; 0 for not", 0},
        {"steps", OPTION_INT, &steps, 0, 1 << 24, "N", "of the walk", 0},
    };
    const struct command c = {"slope",
                              "Shows how exact slopes by differences are, and walks by them.",
                              "[options]", specs, COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 0);
    struct error e;
    const struct curve *f = slope_curve(of);
    if (!f) error_must(error_set(&e, ERR_VALUE, "--of %s: expected square or cube", of), &e);
    if (walk > 0)
        slope_walk(f, (double)at, (double)walk, steps, stdout);
    else
        slope_errors(f, (double)at, per_ten, stdout);
    return command_end();
}
