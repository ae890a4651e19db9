// checkpoint: everything a run needs to go on as if it had never stopped.
//
// Beside the model's files (model_file.h) a run keeps state.safetensors: the optimizer's two
// moments for each weight, and as metadata the step, the position in the data, checksums of the
// weights and of the data they belong to, and the run's options.
//
// Two files cannot be replaced in one instant.  So both are first written whole under temporary
// names; then the state is renamed, and that is the moment the checkpoint counts; then the model.
// Whoever dies between the two renames left a finished model behind, and reading does the second
// rename.
#ifndef GPT_CHECKPOINT_H
#define GPT_CHECKPOINT_H

#include <stdint.h>

#include "arena.h"
#include "error.h"
#include "gpt.h"
#include "options.h"
#include "tokenizer.h"

// struct state: a run between two steps.
struct state {
    int step;           // steps done
    uint64_t position;  // windows taken from the corpus
    uint64_t data;      // checksum of the training text's ids
    double loss;        // of the last step's batch, in nats per token
    double epsilon;     // of --trust: the share of targets taken for drawn by lot; else 0
    float *m, *v;       // the optimizer's memory, as many as weights, in the order of gpt_data
};

// checkpoint_exists says whether dir holds a run's state.
int checkpoint_exists(const char *dir);

// checkpoint_begin writes the first checkpoint of a run, with config.json and tokenizer.json, and
// replaces whatever run dir held.  That one stays whole until all of the new one is on the disk;
// who dies after that leaves the new one or none.
// checkpoint_save replaces the run's own checkpoint; on failure the old one is still there.
//   options  (count)  those with saved set are written too
//   ERR_IO     the disk is full, or the system refused
//   ERR_UTF8   an option's text is not UTF-8
//   ERR_VALUE  tokenizer.json cannot hold the vocabulary
enum err checkpoint_begin(const char *dir, const struct gpt *m, const struct tokenizer *tok,
                          const struct state *s, int count, const struct option_spec *options,
                          struct error *e);
enum err checkpoint_save(const char *dir, const struct gpt *m, const struct tokenizer *tok,
                         const struct state *s, int count, const struct option_spec *options,
                         struct error *e);

// checkpoint_options reads the options the run was begun with into their variables.  Those with
// given[i] set were named on the command line: they stay, and if they are fixed they must be the
// same.  Texts come from arena a.
//   ERR_IO, ERR_SHORT, ERR_FORMAT  the state cannot be read
//   ERR_MATCH                      a fixed option differs
enum err checkpoint_options(const char *dir, int count, const struct option_spec *options,
                            const int *given, struct arena *a, struct error *e);

// checkpoint_data returns the --data of the run in dir, a text in arena a; NULL if dir holds no
// state that can be read.
const char *checkpoint_data(const char *dir, struct arena *a);

// checkpoint_load reads the state into s, whose m and v have room, and the weights into m.
// s->data must be set to the checksum of the data at hand.
//   ERR_MATCH  the weights, config.json or the data are not those the state belongs to
//   other errors as for checkpoint_options
// After an error m, s->m and s->v may hold a part of the files; the rest of s is as before.
enum err checkpoint_load(const char *dir, struct gpt *m, struct state *s, struct error *e);

#endif
