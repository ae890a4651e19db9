#include <math.h>
#include <stdio.h>

#include "commands.h"
#include "commands_parts.h"
#include "depth_run.h"
#include "threads.h"
#include "train_options.h"

// choose is option_choice; a mistake ends the program.
static int choose(const char *option, const char *name, int count, const char *const *names,
                  const char *expected)
{
    struct error e;
    int which = 0;
    error_must(option_choice(option, name, count, names, expected, &which, &e), &e);
    return which;
}

int command_depth(int argc, char **argv)
{
    static const char *const places[] = {"pre", "post", "none"}, *const norms[] = {"layer", "rms"},
                             *const networks[] = {"gelu", "swiglu"};
    const char *place = places[0], *norm = norms[0], *network = networks[0];
    struct depth_options o = {
        .data = "stories",
        .shape = {.context = 32, .layers = 8, .heads = 4, .channels = 32},
        .gain = 1,
        .batch = 4,
        .lr = 1e-3f,
        .seed = 1,
    };
    int threads = 0;
    const struct option_spec specs[] = {
        {"data", OPTION_STRING, &o.data, 1, 0, "WHAT",
         "text file, directory, or name of a data set", 0},
        {"layers", OPTION_INT, &o.shape.layers, 1, 1024, "N", "blocks", 0},
        {"place", OPTION_STRING, &place, 1, 0, "NAME", "of the norms: pre, post or none", 0},
        {"norm", OPTION_STRING, &norm, 1, 0, "NAME", NORM_NAMES, 0},
        {"network", OPTION_STRING, &network, 1, 0, "NAME", NETWORK_NAMES, 0},
        {"init", OPTION_FLOAT, &o.gain, 0, 1000, "GAIN",
         "matrices begin with a deviation of GAIN / sqrt(inputs)", 0},
        {"scaled", OPTION_FLAG, &o.scaled, 0, 0, NULL,
         "those that write to the stream divided by sqrt(2 layers)", 0},
        {"channels", OPTION_INT, &o.shape.channels, 1, 1 << 16, "N", "width of the stream", 0},
        {"heads", OPTION_INT, &o.shape.heads, 1, 1024, "N", "attention heads of a block", 0},
        {"hidden", OPTION_INT, &o.shape.hidden, 0, 1 << 18, "N",
         "width of a block's network; 0 for 4 channels, with swiglu 8/3", 0},
        {"context", OPTION_INT, &o.shape.context, 1, 1 << 20, "N", "tokens of a window", 0},
        {"batch", OPTION_INT, &o.batch, 1, 1 << 20, "N", "windows of a step", 0},
        {"steps", OPTION_INT, &o.steps, 0, 1e9, "N", "train before looking; 0: the first weights",
         0},
        {"lr", OPTION_FLOAT, &o.lr, 0, 10, "X", "learning rate", 0},
        {"warmup", OPTION_INT, &o.warmup, 0, 1e9, "N", "steps in which it rises", 0},
        {"seed", OPTION_SEED, &o.seed, 0, 0, "N", "of first weights and order of the data", 0},
        {"threads", OPTION_INT, &threads, 0, 4096, "N", "threads; 0 for as many as cores", 0},
    };
    const struct command c = {"depth", "Shows what goes through a stack of blocks, and back.",
                              "[options]", specs, COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 0);
    o.place = (enum depth_place)choose("place", place, 3, places, "pre, post or none");
    o.shape.norm = (enum norm)choose("norm", norm, 2, norms, NORM_NAMES);
    o.shape.network = (enum network)choose("network", network, 2, networks, NETWORK_NAMES);
    if (threads) threads_use(threads);
    struct error e;
    struct depth_run r;
    error_must(depth_run_open(&o, &r, &e), &e);
    double nats = o.steps ? depth_run_train(&r) : 0;
    if (isnan(nats)) {
        printf("diverged: a loss or a gradient is not a finite number\n");
    } else {
        if (o.steps) printf("after %d steps: loss %.4f\n", o.steps, nats);
        depth_run_stats(&r, stdout);
    }
    depth_run_close(&r);
    return command_end();
}
