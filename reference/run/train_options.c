#include "train_options.h"

#include <limits.h>
#include <string.h>

#include "checkpoint.h"
#include "comm_local.h"
#include "losses.h"
#include "model_file.h"
#include "optimizer.h"

const struct train_options train_options_defaults = {
    .data = "stories",
    .tokenizer = "bpe",
    .out = "runs/latest",
    .vocab = 1024,
    .layers = 3,
    .heads = 4,
    .channels = 128,
    .context = 128,
    .batch = 8,
    .accumulate = 1,
    .steps = 1200,
    .warmup = 100,
    .loss = "cross-entropy",
    .loss_weight = -1,
    .teacher = "",
    .from = "",
    .shape = "gpt2",
    .position = "",
    .norm = "",
    .network = "",
    .attention = "maps",
    .parallel = "auto",
    .optimizer = "adamw",
    .momentum = 0.95f,
    .lr = 3e-3f,
    .lr_end = 0.1f,
    .beta1 = 0.9f,
    .beta2 = 0.99f,
    .epsilon = 1e-8f,
    .decay = 0.1f,
    .clip = 1,
    .seed = 1,
    .eval_every = 200,
    .save_every = 200,
    .processes = 1,
    .timeout = 600,
};

static const double MANY = 1e9;

static void describe(struct train_options *o)
{
    const struct option_spec specs[] = {
        {"data", OPTION_STRING, &o->data, 1, 0, "WHAT",
         "text file, directory, or name of a data set", OPTION_SAVED},
        {"tokenizer", OPTION_STRING, &o->tokenizer, 1, 0, "KIND",
         "chars, bpe, or a tokenizer to use: a tokenizer.json, or a directory", OPTION_FIXED},
        {"vocab", OPTION_INT, &o->vocab, 257, 1 << 24, "N", "tokens of a bpe", OPTION_FIXED},
        {"from", OPTION_STRING, &o->from, 0, 0, "MODEL",
         "begin with a trained model's weights, shape and tokens", OPTION_FIXED},
        {"layers", OPTION_INT, &o->layers, 1, 1024, "N", "blocks", OPTION_FIXED},
        {"heads", OPTION_INT, &o->heads, 1, 1024, "N", "attention heads of a block", OPTION_FIXED},
        {"channels", OPTION_INT, &o->channels, 1, 1 << 16, "N", "width of the residual stream",
         OPTION_FIXED},
        {"shape", OPTION_STRING, &o->shape, 1, 0, "NAME",
         "gpt2 or llama: biases, head, and the next four", OPTION_FIXED},
        {"position", OPTION_STRING, &o->position, 0, 0, "NAME", POSITION_NAMES, OPTION_FIXED},
        {"norm", OPTION_STRING, &o->norm, 0, 0, "NAME", NORM_NAMES, OPTION_FIXED},
        {"network", OPTION_STRING, &o->network, 0, 0, "NAME", NETWORK_NAMES, OPTION_FIXED},
        {"groups", OPTION_INT, &o->groups, 0, 1024, "N",
         "heads of keys and values; 0 for as many as heads", OPTION_FIXED},
        {"hidden", OPTION_INT, &o->hidden, 0, 1 << 18, "N",
         "width of a block's network; 0: 4 C, swiglu 8 C / 3", OPTION_FIXED},
        {"context", OPTION_INT, &o->context, 1, 1 << 20, "N", "tokens the model sees at once",
         OPTION_FIXED},
        {"attention", OPTION_STRING, &o->attention, 1, 0, "HOW",
         ATTENTION_NAMES ": flash keeps no maps, for a long context", OPTION_SAVED},
        {"batch", OPTION_INT, &o->batch, 1, 1 << 20, "N", "windows of a forward", OPTION_FIXED},
        {"accumulate", OPTION_INT, &o->accumulate, 1, 1 << 20, "N",
         "batches whose gradients are added up for one step", OPTION_FIXED},
        {"steps", OPTION_INT, &o->steps, 1, MANY, "N", "updates of the weights", OPTION_SAVED},
        {"loss", OPTION_STRING, &o->loss, 1, 0, "NAME", LOSSES_NAMES, OPTION_FIXED},
        {"loss-weight", OPTION_FLOAT, &o->loss_weight, -1, 10, "X",
         "the loss's weight; -1 for the one it has", OPTION_FIXED},
        {"teacher", OPTION_STRING, &o->teacher, 0, 0, "DIR", "kl: a model to learn from",
         OPTION_FIXED},
        {"intend", OPTION_FLOAT, &o->intend, 0, 1, "TAU",
         "learn only from tokens that were given less than this; 0: from all", OPTION_FIXED},
        {"trust", OPTION_FLAG, &o->trust, 0, 0, NULL,
         "learn less from what may have been drawn by lot", OPTION_FIXED},
        {"noise", OPTION_FLOAT, &o->noise, 0, 1, "SHARE",
         "of the tokens to be predicted, drawn by lot: to see what that does", OPTION_FIXED},
        {"optimizer", OPTION_STRING, &o->optimizer, 1, 0, "NAME", OPTIMIZER_NAMES, OPTION_FIXED},
        {"lr", OPTION_FLOAT, &o->lr, 0, 10, "X", "learning rate at its highest", OPTION_SAVED},
        {"lr-end", OPTION_FLOAT, &o->lr_end, 0, 1, "X", "its last value, as a share of the highest",
         OPTION_SAVED},
        {"warmup", OPTION_INT, &o->warmup, 0, MANY, "N", "steps in which it rises", OPTION_SAVED},
        {"momentum", OPTION_FLOAT, &o->momentum, 0, 0.99999, "X",
         "momentum, nesterov, muon: how much of the movement stays", OPTION_SAVED},
        {"beta1", OPTION_FLOAT, &o->beta1, 0, 0.99999, "X", "AdamW: memory of the mean",
         OPTION_SAVED},
        {"beta2", OPTION_FLOAT, &o->beta2, 0, 0.99999, "X", "AdamW: memory of the square",
         OPTION_SAVED},
        {"epsilon", OPTION_FLOAT, &o->epsilon, 1e-30, 1, "X", "AdamW: added to the root",
         OPTION_SAVED},
        {"decay", OPTION_FLOAT, &o->decay, 0, 10, "X", "weight decay of matrices", OPTION_SAVED},
        {"clip", OPTION_FLOAT, &o->clip, 0, MANY, "X", "longest gradient; 0 for any", OPTION_SAVED},
        {"seed", OPTION_SEED, &o->seed, 0, 0, "N", "of first weights and order of the data",
         OPTION_FIXED},
        {"eval-every", OPTION_INT, &o->eval_every, 1, MANY, "N", "steps between validations",
         OPTION_SAVED},
        {"save-every", OPTION_INT, &o->save_every, 1, MANY, "N", "steps between checkpoints",
         OPTION_SAVED},
        {"until", OPTION_FLOAT, &o->until, 0, 100, "NATS",
         "validation loss, in nats per token, at which to stop; 0 for none", OPTION_SAVED},
        {"out", OPTION_STRING, &o->out, 1, 0, "DIR", "where the checkpoint goes", OPTION_LOCAL},
        {"threads", OPTION_INT, &o->threads, 0, 4096, "N", "threads; 0 for as many as cores",
         OPTION_LOCAL},
        {"parallel", OPTION_STRING, &o->parallel, 1, 0, "NAME",
         PARALLEL_NAMES ": what threads share out of a step", OPTION_LOCAL},
        {"processes", OPTION_INT, &o->processes, 1, COMM_LOCAL_MOST, "N",
         "processes that share a step's batches; or mpirun -np N", OPTION_LOCAL},
        {"timeout", OPTION_INT, &o->timeout, 1, MANY, "N",
         "seconds one process waits for another before it gives up", OPTION_LOCAL},
        {"resume", OPTION_FLAG, &o->resume, 0, 0, NULL, "go on with the run in --out",
         OPTION_LOCAL},
        {"overwrite", OPTION_FLAG, &o->overwrite, 0, 0, NULL, "replace the run in --out",
         OPTION_LOCAL},
        {"estimate", OPTION_FLAG, &o->estimate, 0, 0, NULL,
         "only take a few steps, save nothing, and say how long all would take", OPTION_LOCAL},
    };
    _Static_assert(sizeof specs == sizeof o->specs, "TRAIN_OPTIONS counts them");
    memcpy(o->specs, specs, sizeof specs);
    o->count = TRAIN_OPTIONS;
}

enum err train_options_out(const struct train_options *o, struct error *e)
{
    int exists = checkpoint_exists(o->out);
    if (exists && !o->resume && !o->overwrite)
        return error_set(e, ERR_MATCH,
                         "%s: holds a run already; --resume goes on with it, --overwrite replaces "
                         "it, another --out leaves it alone",
                         o->out);
    if (o->resume && !exists) return error_set(e, ERR_MATCH, "%s: holds no run to resume", o->out);
    return ERR_NONE;
}

static enum err check_loss(const struct train_options *o, struct error *e)
{
    const struct loss_kind *kind;
    float weight = o->loss_weight;
    enum err code = losses_find(o->loss, &kind, e);
    if (!code) code = losses_weight(kind, &weight, e);
    if (code) return code;
    if (kind->taught && !*o->teacher)
        return error_set(e, ERR_VALUE, "--loss %s: expected --teacher, a model's directory",
                         o->loss);
    if ((o->intend > 0 || o->trust) && strcmp(kind->name, "cross-entropy") != 0)
        return error_set(e, ERR_VALUE, "%s: expected the loss cross-entropy, not %s",
                         o->trust ? "--trust" : "--intend", o->loss);
    if (!kind->taught && *o->teacher)
        return error_set(e, ERR_VALUE, "--teacher: the loss %s has none; is --loss kl meant?",
                         o->loss);
    return ERR_NONE;
}

enum err train_options_position(const char *option, const char *name, enum position *which,
                                struct error *e)
{
    static const char *const positions[] = {"learned", "waves", "rotary", "none"};
    int found = (int)*which;
    enum err code = option_choice(option, name, 4, positions, POSITION_NAMES, &found, e);
    if (!code) *which = (enum position)found;
    return code;
}

enum err train_options_attention(const char *name, enum gpt_attention *how, struct error *e)
{
    static const char *const names[] = {[GPT_MAPS] = "maps", [GPT_FLASH] = "flash"};
    int found = GPT_MAPS;
    enum err code = option_choice("attention", name, 2, names, ATTENTION_NAMES, &found, e);
    if (!code) *how = (enum gpt_attention)found;
    return code;
}

enum err train_options_shape(const struct train_options *o, int vocab, struct gpt_config *c,
                             struct error *e)
{
    static const char *const shapes[] = {"gpt2", "llama"}, *const norms[] = {"layer", "rms"},
                             *const networks[] = {"gelu", "swiglu"};
    struct gpt_config shape = {.vocab = vocab,
                               .context = o->context,
                               .layers = o->layers,
                               .heads = o->heads,
                               .channels = o->channels,
                               .groups = o->groups,
                               .hidden = o->hidden};
    int llama = 0;
    enum err code = option_choice("shape", o->shape, 2, shapes, "gpt2 or llama", &llama, e);
    if (code) return code;
    if (llama) gpt_llama(&shape);
    int norm = (int)shape.norm, network = (int)shape.network;
    code = train_options_position("position", o->position, &shape.position, e);
    if (!code) code = option_choice("norm", o->norm, 2, norms, NORM_NAMES, &norm, e);
    if (!code) code = option_choice("network", o->network, 2, networks, NETWORK_NAMES, &network, e);
    if (code) return code;
    shape.norm = (enum norm)norm;
    shape.network = (enum network)network;
    code = gpt_config_check(&shape, e);
    if (!code) *c = gpt_filled(&shape);
    return code;
}

// check_together looks at what no option's own range can tell.
static enum err check_together(const struct train_options *o, struct error *e)
{
    if ((long long)o->batch * o->context > INT_MAX)
        return error_set(e, ERR_VALUE, "--batch %d times --context %d: expected at most %d tokens",
                         o->batch, o->context, INT_MAX);
    enum optimizer which;
    enum err code = optimizer_find(o->optimizer, &which, e);
    enum gpt_attention how;
    if (!code) code = check_loss(o, e);
    if (!code) code = train_options_attention(o->attention, &how, e);
    if (code) return code;
    // The vocabulary is not known yet; its limits are looked at when it is.
    struct gpt_config shape;
    return train_options_shape(o, 1, &shape, e);
}

// take_shape sets the sizes of a run that begins with a trained model to that model's.
static enum err take_shape(struct train_options *o, const int *given, struct error *e)
{
    static const char *const ITS_OWN[] = {"tokenizer", "vocab",  "layers",   "heads",
                                          "channels",  "shape",  "position", "norm",
                                          "network",   "groups", "hidden",   "context"};
    for (int i = 0; i < o->count; i++) {
        for (size_t k = 0; given[i] && k < sizeof ITS_OWN / sizeof *ITS_OWN; k++) {
            if (strcmp(o->specs[i].name, ITS_OWN[k]) == 0)
                return error_set(
                    e, ERR_VALUE,
                    "--from and --%s: the model has its own; `gpt grow` makes one larger",
                    ITS_OWN[k]);
        }
    }
    struct gpt_config c;
    enum err code = error_in(e, model_shape(o->from, &c, e), "--from");
    if (code) return code;
    o->tokenizer = o->from;
    o->layers = c.layers, o->heads = c.heads, o->channels = c.channels;
    o->groups = c.groups, o->hidden = c.hidden, o->context = c.context;
    return ERR_NONE;
}

enum err train_options_read(struct train_options *o, int argc, char **argv, struct arena *a,
                            int *help, struct error *e)
{
    *o = train_options_defaults;
    describe(o);
    const struct command command = {"train", "Trains a GPT on text and leaves it in --out.",
                                    "[options]", o->specs, o->count};
    int given[TRAIN_OPTIONS], words;
    enum err code = options_parse(&command, argc, argv, given, help, &words, e);
    if (code || *help) return code;
    if (words)
        return error_set(e, ERR_VALUE, "%s: expected options only; is --data %s meant?", argv[1],
                         argv[1]);
    if (o->resume && o->overwrite)
        return error_set(e, ERR_VALUE, "--resume and --overwrite: expected one of them");
    if (o->resume && o->estimate)
        return error_set(e, ERR_VALUE, "--resume and --estimate: expected one of them");
    if (*o->from && !o->resume) code = take_shape(o, given, e);
    if (!code && !o->resume) code = check_together(o, e);
    if (!code && !o->estimate) code = train_options_out(o, e);
    if (!code && o->resume) {
        code = checkpoint_options(o->out, o->count, o->specs, given, a, e);
        if (!code) code = check_together(o, e);
    }
    return code;
}
