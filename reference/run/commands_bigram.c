#include "bigram.h"
#include "commands.h"
#include "commands_parts.h"

int command_bigram(int argc, char **argv)
{
    struct bigram_options o = {.data = "stories", .steps = 100000, .batch = 100, .lr = 50};
    int trace = 0;
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
    };
    const struct command c = {"bigram",
                              "Learns which character follows which, by gradient descent.",
                              "[options]", specs, COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 0);
    struct error e;
    struct bigram b;
    const struct row_loss surprise = {gradient_surprise, NULL};
    error_must(bigram_open(&o, &b, &e), &e);
    if (!bigram_train(&b, &o, &surprise, trace ? stdout : NULL))
        die("the loss is not a finite number: try a smaller --lr");
    if (!trace) bigram_table(&b, stdout);
    bigram_close(&b);
    return command_end();
}
