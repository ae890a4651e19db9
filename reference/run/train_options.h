// train_options: what `gpt train` may be told, and what a run is told when nobody says anything.
#ifndef GPT_TRAIN_OPTIONS_H
#define GPT_TRAIN_OPTIONS_H

#include <stdint.h>

#include "arena.h"
#include "error.h"
#include "gpt.h"
#include "options.h"

enum { TRAIN_OPTIONS = 46 };

#define POSITION_NAMES "learned, waves, rotary or none"
#define NORM_NAMES "layer or rms"
#define NETWORK_NAMES "gelu or swiglu"
#define ATTENTION_NAMES "maps or flash"
#define PARALLEL_NAMES "auto, batches or kernels"

// struct train_options: the settings of a run.  specs describe the fields above them, and point
// into this very struct: it must not be copied.
struct train_options {
    const char *data, *tokenizer, *from, *out, *optimizer, *loss, *teacher;
    const char *shape, *position, *norm, *network, *attention, *parallel;
    int vocab, layers, heads, channels, context, groups, hidden;
    int batch, accumulate, steps, warmup;
    float loss_weight, intend, noise, lr, lr_end, momentum, beta1, beta2, epsilon, decay, clip,
        until;
    uint64_t seed;
    int trust, eval_every, save_every, threads, processes, timeout, resume, overwrite, estimate;
    struct option_spec specs[TRAIN_OPTIONS];
    int count;
};

// train_options_defaults are the settings of a run when nobody says anything; without specs.
extern const struct train_options train_options_defaults;

// train_options_read sets o from the command line; with --resume, from the checkpoint in --out
// first.  Texts that come from there live in a.  *help is set if --help was asked and printed.
//   ERR_VALUE  an option is unknown, impossible or missing, or two do not go together
//   ERR_MATCH  --out already holds a run, or --resume contradicts it
//   other errors as for checkpoint_options
enum err train_options_read(struct train_options *o, int argc, char **argv, struct arena *a,
                            int *help, struct error *e);

// train_options_out says whether --out holds what o asks for: a run to resume, or none to lose.
// train_options_read has asked; who has locked the directory asks again.
//   ERR_MATCH  it does not
enum err train_options_out(const struct train_options *o, struct error *e);

// train_options_position finds a kind of position by the name that --option was given; "" leaves
// *which as it is.
//   ERR_VALUE  there is none of that name
enum err train_options_position(const char *option, const char *name, enum position *which,
                                struct error *e);

// train_options_attention finds a way to compute attention by the name that --attention was given.
//   ERR_VALUE  there is none of that name
enum err train_options_attention(const char *name, enum gpt_attention *how, struct error *e);

// train_options_shape returns the shape of the model that o asks for, with a vocabulary of `vocab`.
//   ERR_VALUE  there is no model of that shape; says why
enum err train_options_shape(const struct train_options *o, int vocab, struct gpt_config *c,
                             struct error *e);

#endif
