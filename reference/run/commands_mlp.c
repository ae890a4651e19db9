#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "commands_parts.h"
#include "mlp_run.h"
#include "threads.h"

// struct mlp_ask: what a run of `gpt mlp` is to print and keep.
struct mlp_ask {
    const char *prompt, *near, *out;
    int tokens, stats;
};

// mlp_train trains the model and prints its scores before and after.
static void mlp_train(struct mlp_run *r, int stats)
{
    const struct mlp_options *o = r->options;
    const struct mlp_config *c = mlp_config(r->model);
    printf("%s: %zu bytes, %zu tokens, %d in the vocabulary", o->text.data, r->train.bytes,
           r->train.count, c->vocab);
    if (!isnan(r->data.val.floor)) printf(", floor %.4f", r->data.val.floor);
    printf("\nwindows of %d tokens, embeddings of %d numbers, hidden layers %d x %d: %zu weights\n",
           c->context, c->embed, c->layers, c->hidden, mlp_count(c));
    printf("loss before the first step: %.4f nats a token; ln V is %.4f\n", mlp_run_start(r),
           log(c->vocab));
    if (stats) mlp_run_stats(r, stdout);
    fflush(stdout);
    if (!o->steps) return;
    if (!mlp_run_train(r))
        die("a loss or gradient is not a finite number: the run has diverged; try a smaller --lr");
    if (stats) mlp_run_stats(r, stdout);
    double train = mlp_run_bits(r, &r->train, r->val.count);
    printf("after %d steps: %.4f bits/byte; on the beginning of what it was trained on %.4f\n",
           o->steps, mlp_run_bits(r, &r->val, 0), train);
}

// must_encode ends the program if a text has no tokens here: better before the training than after.
static void must_encode(const struct mlp_run *r, const char *text, const char *what)
{
    struct error e;
    int32_t *ids;
    size_t n;
    error_must(error_in(&e, tokenizer_encode(r->tokenizer, strlen(text), text, &ids, &n, &e), what),
               &e);
    free(ids);
}

int command_mlp(int argc, char **argv)
{
    const char *optimizer = "adamw";
    struct mlp_options o = {
        .text = {.data = "stories", .tokenizer = "chars", .vocab = 1024},
        .shape = {.context = 8, .embed = 16, .hidden = 128, .layers = 1},
        .batch = 128,
        .steps = 2000,
        .optimizer = OPTIMIZER_ADAMW,
        .lr = 5e-3f,
        .decay = 0.01f,
        .gain = 5.0f / 3,
        .seed = 1,
    };
    struct mlp_ask ask = {.prompt = "\\n"};
    int threads = 0;
    const struct option_spec specs[] = {
        {"data", OPTION_STRING, &o.text.data, 1, 0, "WHAT",
         "text file, directory, or name of a data set", 0},
        {"tokenizer", OPTION_STRING, &o.text.tokenizer, 1, 0, "KIND",
         "chars, bpe, or a tokenizer.json to use", 0},
        {"vocab", OPTION_INT, &o.text.vocab, 257, 1 << 20, "N", "tokens of a bpe", 0},
        {"context", OPTION_INT, &o.shape.context, 1, 1 << 10, "N", "tokens of a window", 0},
        {"embed", OPTION_INT, &o.shape.embed, 1, 1 << 12, "N", "numbers of an embedding", 0},
        {"hidden", OPTION_INT, &o.shape.hidden, 1, 1 << 14, "N", "units of a hidden layer", 0},
        {"layers", OPTION_INT, &o.shape.layers, 0, 1 << 8, "N", "hidden layers", 0},
        {"batch", OPTION_INT, &o.batch, 1, 1 << 20, "N", "windows of a step", 0},
        {"steps", OPTION_INT, &o.steps, 0, 1e9, "N", "updates of the weights", 0},
        {"optimizer", OPTION_STRING, &optimizer, 1, 0, "NAME", OPTIMIZER_NAMES, 0},
        {"lr", OPTION_FLOAT, &o.lr, 0, 10, "X", "learning rate at its highest", 0},
        {"decay", OPTION_FLOAT, &o.decay, 0, 10, "X", "weight decay of matrices", 0},
        {"init", OPTION_FLOAT, &o.gain, 0, 1000, "GAIN",
         "hidden layers begin with a deviation of GAIN / sqrt(inputs)", 0},
        {"seed", OPTION_SEED, &o.seed, 0, 0, "N", "of first weights, places and dice", 0},
        {"stats", OPTION_FLAG, &ask.stats, 0, 0, NULL,
         "print what goes through the layers, before and after", 0},
        {"near", OPTION_STRING, &ask.near, 1, 0, "TEXT",
         "print the nearest embeddings to those of TEXT's tokens", 0},
        {"generate", OPTION_INT, &ask.tokens, 0, 1 << 24, "N", "write N tokens", 0},
        {"prompt", OPTION_STRING, &ask.prompt, 0, 0, "TEXT",
         "what to go on from; \\n is a new line", 0},
        {"out", OPTION_STRING, &ask.out, 1, 0, "DIR", "leave the weights in DIR/mlp.safetensors",
         0},
        {"threads", OPTION_INT, &threads, 0, 4096, "N", "threads; 0 for as many as cores", 0},
    };
    const struct command c = {"mlp", "Trains a small network that looks at the last few tokens.",
                              "[options]", specs, COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 0);
    if (threads) threads_use(threads);
    struct error e;
    struct mlp_run r;
    error_must(optimizer_find(optimizer, &o.optimizer, &e), &e);
    error_must(mlp_run_open(&o, &r, &e), &e);
    char *from = unescaped(ask.prompt);
    if (ask.near) must_encode(&r, ask.near, "--near");
    if (ask.tokens) must_encode(&r, from, "the prompt");
    mlp_train(&r, ask.stats);
    if (ask.near) error_must(mlp_run_near(&r, ask.near, stdout, &e), &e);
    if (ask.tokens) {
        error_must(mlp_run_write(&r, from, ask.tokens, stdout, &e), &e);
        putchar('\n');
    }
    free(from);
    if (ask.out) error_must(mlp_run_save(&r, ask.out, &e), &e);
    mlp_run_close(&r);
    return command_end();
}
