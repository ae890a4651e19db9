#include <limits.h>
#include <stdint.h>
#include <stdio.h>

#include "bench_step.h"
#include "commands.h"
#include "commands_parts.h"
#include "memory_run.h"
#include "tape_run.h"
#include "threads.h"
#include "train_options.h"

// check_tokens ends the program if there are more tokens in a step than can be counted.
static void check_tokens(int batch, int context)
{
    struct error e;
    if ((long long)batch * context > INT_MAX)
        error_must(error_set(&e, ERR_VALUE,
                             "--batch %d times --context %d: expected at most %d tokens", batch,
                             context, INT_MAX),
                   &e);
}

// show_gpt and show_mlp print what a step takes; with predict = 1 they take none.
static void show_gpt(const struct gpt_config *c, enum gpt_attention how, int batch, int predict)
{
    struct memory kind[MEMORY_KINDS], measured;
    memory_gpt(c, how, batch, c->context, kind);
    if (!predict) measured = memory_run_gpt(c, how, batch, c->context);
    printf("%d layers, %d heads, %d channels, vocabulary %d; %d sequences of %d\n", c->layers,
           c->heads, c->channels, c->vocab, batch, c->context);
    memory_run_table(kind, predict ? NULL : &measured, stdout);
    // In a forward each multiplication is followed by an addition: two operations, two nodes.
    printf("one node for each number, as in lesson 06: %.0f nodes\n",
           gpt_flops(c, batch, c->context) / 3);
}

// show_step prints what a whole training step takes, the weights and all that belongs to them
// included.  Where it is measured, nothing may have had threads before.
static void show_step(const struct gpt_config *c, enum gpt_attention how, int batch, int predict)
{
    struct bench_setting setting = {
        .shape = *c, .batch = batch, .tokens = c->context, .attention = how};
    size_t predicted = memory_step(c, how, batch, c->context), whole, measured = 0;
    if (!predict) measured = bench_step_memory(&setting, threads_max(), &whole);
    printf("a training step on %d x %d tokens: %.1f MB predicted", batch, c->context,
           1e-6 * (double)predicted);
    if (measured)
        printf(", %.1f MB measured (%+.1f %%)", 1e-6 * (double)measured,
               100 * ((double)predicted / (double)measured - 1));
    putchar('\n');
}

static void show_mlp(const struct mlp_config *c, int batch, int predict)
{
    struct error e;
    struct memory kind[MEMORY_KINDS], measured;
    error_must(mlp_config_check(c, &e), &e);
    memory_mlp(c, batch, kind);
    if (!predict) measured = memory_run_mlp(c, batch);
    printf("%d layers of %d units, vocabulary %d; %d windows of %d, embeddings of %d\n", c->layers,
           c->hidden, c->vocab, batch, c->context, c->embed);
    memory_run_table(kind, predict ? NULL : &measured, stdout);
}

int command_memory(int argc, char **argv)
{
    struct gpt_config gpt = {
        .vocab = 1024, .context = 128, .layers = 3, .heads = 4, .channels = 128};
    struct mlp_config mlp = {.embed = 16};
    const char *attention = "maps";
    int batch = 8, predict = 0, step = 0, threads = 0;
    const double most = 1 << 24;
    const struct option_spec specs[] = {
        {"layers", OPTION_INT, &gpt.layers, 1, most, "N", "blocks", 0},
        {"heads", OPTION_INT, &gpt.heads, 1, most, "N", "of attention, in each", 0},
        {"channels", OPTION_INT, &gpt.channels, 1, most, "N", "width of the model", 0},
        {"context", OPTION_INT, &gpt.context, 1, most, "N", "tokens in a sequence", 0},
        {"vocab", OPTION_INT, &gpt.vocab, 1, most, "N", "tokens there are", 0},
        {"batch", OPTION_INT, &batch, 1, most, "N", "sequences in a step", 0},
        {"attention", OPTION_STRING, &attention, 1, 0, "HOW",
         ATTENTION_NAMES ": flash keeps no maps", 0},
        {"step", OPTION_FLAG, &step, 0, 0, NULL,
         "instead, what `gpt train` takes at most, weights and optimizer included", 0},
        {"hidden", OPTION_INT, &mlp.hidden, 1, most, "N",
         "not a GPT but the network of lesson 09, with N units in a layer", 0},
        {"embed", OPTION_INT, &mlp.embed, 1, most, "N", "numbers of an embedding, in that", 0},
        {"predict", OPTION_FLAG, &predict, 0, 0, NULL, "only predict: take no step", 0},
        {"threads", OPTION_INT, &threads, 0, 4096, "N", "threads; 0 for as many as cores", 0},
    };
    const struct command c = {"memory",
                              "Tells how many bytes a training step takes on its tape: as "
                              "predicted, and as measured.",
                              "[options]", specs, COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 0);
    check_tokens(batch, gpt.context);
    if (threads) threads_use(threads);
    struct error e;
    enum gpt_attention how;
    error_must(train_options_attention(attention, &how, &e), &e);
    if (mlp.hidden && (step || how != GPT_MAPS))
        error_must(error_set(&e, ERR_VALUE, "--hidden: expected neither --step nor --attention"),
                   &e);
    if (!mlp.hidden) error_must(gpt_config_check(&gpt, &e), &e);
    mlp.vocab = gpt.vocab, mlp.context = gpt.context, mlp.layers = gpt.layers;
    if (mlp.hidden)
        show_mlp(&mlp, batch, predict);
    else if (step)
        show_step(&gpt, how, batch, predict);
    else
        show_gpt(&gpt, how, batch, predict);
    return command_end();
}

int command_tape(int argc, char **argv)
{
    int detach = 0, rows = 0, inputs = 16, units = 16;
    uint64_t seed = 1;
    const struct option_spec specs[] = {
        {"detach", OPTION_FLAG, &detach, 0, 0, NULL, "with one factor detached", 0},
        {"compare", OPTION_INT, &rows, 1, 4096, "N",
         "instead, a layer with N rows of input beside lesson 06", 0},
        {"inputs", OPTION_INT, &inputs, 1, 256, "N", "of the layer", 0},
        {"units", OPTION_INT, &units, 1, 256, "N", "of the layer", 0},
        {"seed", OPTION_SEED, &seed, 0, 0, "N", "of the layer's numbers", 0},
    };
    const struct command c = {"tape", "Shows a small tape, node by node.", "[options]", specs,
                              COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 0);
    if (rows)
        tape_run_compare(rows, inputs, units, seed, stdout);
    else
        tape_run_example(detach, stdout);
    return command_end();
}
