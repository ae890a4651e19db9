#include <limits.h>
#include <stdio.h>

#include "commands.h"
#include "commands_parts.h"
#include "memory_run.h"
#include "threads.h"

int command_memory(int argc, char **argv)
{
    struct gpt_config shape = {
        .vocab = 1024, .context = 128, .layers = 3, .heads = 4, .channels = 128};
    int batch = 8, predict = 0, threads = 0;
    const double most = 1 << 24;
    const struct option_spec specs[] = {
        {"layers", OPTION_INT, &shape.layers, 1, most, "N", "blocks", 0},
        {"heads", OPTION_INT, &shape.heads, 1, most, "N", "of attention, in each", 0},
        {"channels", OPTION_INT, &shape.channels, 1, most, "N", "width of the model", 0},
        {"context", OPTION_INT, &shape.context, 1, most, "N", "tokens in a sequence", 0},
        {"vocab", OPTION_INT, &shape.vocab, 1, most, "N", "tokens there are", 0},
        {"batch", OPTION_INT, &batch, 1, most, "N", "sequences in a step", 0},
        {"predict", OPTION_FLAG, &predict, 0, 0, NULL, "only predict: take no step", 0},
        {"threads", OPTION_INT, &threads, 0, 4096, "N", "threads; 0 for as many as cores", 0},
    };
    const struct command c = {"memory",
                              "Tells how many bytes a training step takes on its tape: as "
                              "predicted, and as measured.",
                              "[options]", specs, COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 0);
    struct error e;
    error_must(gpt_config_check(&shape, &e), &e);
    if ((long long)batch * shape.context > INT_MAX)
        error_must(error_set(&e, ERR_VALUE,
                             "--batch %d times --context %d: expected at most %d tokens", batch,
                             shape.context, INT_MAX),
                   &e);
    if (threads) threads_use(threads);
    memory_run_table(&shape, batch, shape.context, !predict, stdout);
    return command_end();
}
