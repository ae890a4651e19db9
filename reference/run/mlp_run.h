// mlp_run: the model of a few tokens at work on a data set: trained, scored, looked into; and text.
#ifndef GPT_MLP_RUN_H
#define GPT_MLP_RUN_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "dataset.h"
#include "error.h"
#include "mlp.h"
#include "optimizer.h"
#include "part_ids.h"
#include "tape.h"
#include "tokenizer.h"
#include "train_options.h"

// struct mlp_options: what a run may be told.
struct mlp_options {
    struct train_options text;  // data, tokenizer and vocab are looked at
    struct mlp_config shape;    // without vocab
    int batch, steps;
    enum optimizer optimizer;
    float lr, decay, gain;
    uint64_t seed;
};

struct mlp_run {
    const struct mlp_options *options;
    struct dataset data;
    struct tokenizer *tokenizer;
    struct part_ids train, val;
    struct mlp *model;
    struct tape *tape;
    float *m, *v;  // (weights)  the optimizer's memory
};

// mlp_run_open reads the data set, makes the vocabulary as `gpt train` does, and a model whose
// weights are drawn by mlp_init.  o must outlive r.
//   ERR_VALUE  a part has no tokens, or too many; a shape that mlp_config_check refuses
//   errors of dataset_read, train_tokenizer, tokenizer_encode
enum err mlp_run_open(const struct mlp_options *o, struct mlp_run *r, struct error *e);
void mlp_run_close(struct mlp_run *r);

// mlp_run_train takes all the steps: windows before places drawn from anywhere in the text, the
// optimizer with clipping and momentum 0.95, a rate that rises for a twentieth of the steps and
// falls along a cosine to a tenth. It says on stderr how far it is.  Returns 1; 0 if a loss or a
// gradient is not finite: then the steps end there.
int mlp_run_train(struct mlp_run *r);

// mlp_run_bits returns the mean surprise over the first `most` tokens of a text, the very first
// included, in bits per byte of those tokens; 0 means all.
double mlp_run_bits(struct mlp_run *r, const struct part_ids *text, size_t most);

// mlp_run_start returns the loss on the first batch, in nats per token.
double mlp_run_start(struct mlp_run *r);

// mlp_run_stats prints a row for each hidden layer, for the windows of one batch:
//   mean, deviation  of the layer's results h
//   saturated        the share of them beyond 0.97 or -0.97, where the slope of tanh is below 0.06
//   dh               the deviation of the gradient of a window's own loss by h
//   dW               the norm of the gradient of the mean loss by the layer's weight
// and dW for the table and the head.
void mlp_run_stats(struct mlp_run *r, FILE *out);

// mlp_run_near prints for each token of the text, once, the tokens whose embeddings point nearest
// to where its own does, with the cosine of the angle between the two.
//   ERR_UTF8, ERR_SYMBOL  the text cannot be encoded
enum err mlp_run_near(const struct mlp_run *r, const char *text, FILE *out, struct error *e);

// mlp_run_write writes the prompt to out, and behind it `tokens` tokens drawn from the model.  It
// stops early if out cannot be written.
//   ERR_UTF8, ERR_SYMBOL  the prompt cannot be encoded
enum err mlp_run_write(struct mlp_run *r, const char *prompt, int tokens, FILE *out,
                       struct error *e);

// mlp_run_save writes the weights to DIR/mlp.safetensors.
//   ERR_IO  the disk is full, or the system refused
enum err mlp_run_save(const struct mlp_run *r, const char *dir, struct error *e);

#endif
