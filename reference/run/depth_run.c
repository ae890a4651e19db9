#include "depth_run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ops.h"
#include "optimizer.h"
#include "random.h"
#include "train.h"
#include "train_tokenizer.h"

// A layer's tensors in the order of struct block, which is that of gpt_param.
enum { NORM1_W, NORM1_B, QKV_W, QKV_B, OUT_W, OUT_B, NORM2_W, NORM2_B, UP_W, UP_B, DOWN_W, DOWN_B };
enum { PER_LAYER = DOWN_B + 1, OUTSIDE = 2 };  // before them the tables of tokens and positions

// there says whether the model has that tensor in each layer.
static int there(const struct gpt_config *c, int i)
{
    return c->norm == NORM_LAYER || (i != NORM1_B && i != NORM2_B);
}

static int per_layer(const struct gpt_config *c)
{
    int count = 0;
    for (int i = 0; i < PER_LAYER; i++) count += there(c, i);
    return count;
}

// --- opening ---------------------------------------------------------------------------------

// draw sets the first weights anew: every matrix as lesson 09 does, so that only the norms, or
// the lack of them, decide what becomes of deep stacks.
static void draw(const struct depth_run *r)
{
    const struct depth_options *o = r->options;
    const struct gpt_config *c = gpt_config(r->model);
    struct random random = random_start(o->seed, RANDOM_INIT);
    for (int i = 0; i < gpt_params(r->model); i++) {
        struct param p = gpt_param(r->model, i);
        if (p.rank == 1) continue;  // gains are 1, shifts and biases 0
        float deviation = i < OUTSIDE ? 1 : o->gain / sqrtf((float)p.shape[1]);
        // The square matrix out and the wide one down write to the residual stream.
        if (o->scaled && p.hidden && p.shape[0] == c->channels)
            deviation /= sqrtf(2 * (float)c->layers);
        for (size_t j = 0; j < p.size; j++) p.data[j] = deviation * random_normal(&random);
    }
}

static float *zeros(size_t n)
{
    float *x = calloc(n, sizeof *x);
    if (!x) die("out of memory: %zu numbers", n);
    return x;
}

enum err depth_run_open(const struct depth_options *o, struct depth_run *r, struct error *e)
{
    struct depth_run new = {.options = o};
    const struct train_options text = {.data = o->data, .tokenizer = "chars"};
    struct gpt_config c = o->shape;
    enum err code = dataset_read(o->data, &new.data, e);
    if (!code) code = train_tokenizer(&text, &new.data, &new.tokenizer, e);
    if (!code) code = part_ids_read(new.tokenizer, &new.data.train, &new.train, e);
    if (!code) {
        code = corpus_new(new.train.count, new.train.ids, c.context, o->seed, train_shuffle,
                          &new.corpus, e);
        if (code) code = dataset_in(e, code, &new.data.train);
    }
    if (!code) {
        c.vocab = tokenizer_vocab(new.tokenizer);
        c.untied = 1;  // so that the head is drawn like the other matrices
        code = gpt_config_check(&c, e);
    }
    if (code) {
        depth_run_close(&new);
        return code;
    }
    size_t rows = (size_t)o->batch * (size_t)c.context;
    new.model = gpt_new(&c, o->seed);
    new.tape = tape_new();
    new.tokens = calloc(rows, sizeof *new.tokens);
    new.target = calloc(rows, sizeof *new.target);
    new.stream = calloc((size_t)c.layers + 1, sizeof *new.stream);
    if (!new.tokens || !new.target || !new.stream) die("out of memory: %zu tokens", rows);
    new.m = zeros(gpt_weights(new.model));
    new.v = zeros(gpt_weights(new.model));
    draw(&new);
    *r = new;
    return ERR_NONE;
}

void depth_run_close(struct depth_run *r)
{
    tape_free(r->tape);
    gpt_free(r->model);
    corpus_free(r->corpus);
    free(r->tokens);
    free(r->target);
    free(r->stream);
    free(r->m);
    free(r->v);
    free(r->train.ids);
    tokenizer_free(r->tokenizer);
    dataset_free(&r->data);
    *r = (struct depth_run){0};
}

// --- the stack -------------------------------------------------------------------------------

static int leaf(const struct depth_run *r, int i)
{
    struct param p = gpt_param(r->model, i);
    return tape_leaf(r->tape, p.rank, p.shape, p.data, p.grad);
}

// layer puts the tensors of layer l on the tape; without norms those of the norms stay away.
static struct block layer(const struct depth_run *r, int l)
{
    const struct gpt_config *c = gpt_config(r->model);
    int at = OUTSIDE + l * per_layer(c), id[PER_LAYER];
    for (int i = 0; i < PER_LAYER; i++) {
        int norm = i == NORM1_W || i == NORM1_B || i == NORM2_W || i == NORM2_B;
        id[i] = OP_NONE;
        if (!there(c, i)) continue;
        if (!norm || r->options->place != DEPTH_NONE) id[i] = leaf(r, at);
        at++;
    }
    return (struct block){id[NORM1_W], id[NORM1_B], id[QKV_W], id[QKV_B], id[OUT_W],  id[OUT_B],
                          id[NORM2_W], id[NORM2_B], id[UP_W],  id[UP_B],  id[DOWN_W], id[DOWN_B]};
}

// forward draws a batch and returns the node of its loss, summed.
static int forward(struct depth_run *r)
{
    const struct depth_options *o = r->options;
    const struct gpt_config *c = gpt_config(r->model);
    const struct block_shape s = {.heads = c->heads,
                                  .groups = c->groups,
                                  .norm = c->norm,
                                  .network = c->network,
                                  .post = o->place == DEPTH_POST,
                                  .epsilon = c->epsilon};
    struct tape *t = r->tape;
    tape_reset(t);
    corpus_next(r->corpus, o->batch, r->tokens, r->target);
    int x = op_embedding(t, o->batch, c->context, r->tokens, leaf(r, 0));
    x = op_position(t, x, leaf(r, 1), 0);
    r->stream[0] = x;
    for (int l = 0; l < c->layers; l++) {
        struct block w = layer(r, l);
        r->stream[l + 1] = x = block_forward(t, &s, &w, x);
    }
    int end = OUTSIDE + c->layers * per_layer(c);
    if (o->place == DEPTH_PRE) {  // with post the last block has ended with a norm
        int shift = c->norm == NORM_LAYER ? leaf(r, end + 1) : OP_NONE;
        x = block_norm(t, &s, x, leaf(r, end), shift);
    }
    x = op_linear(t, x, leaf(r, gpt_params(r->model) - 1), OP_NONE);
    return op_cross_entropy(t, x, r->target, NULL);
}

// --- looking ---------------------------------------------------------------------------------

static double deviation(size_t n, const float *x)
{
    double sum = 0, square = 0;
    for (size_t i = 0; i < n; i++) sum += (double)x[i];
    double mean = sum / (double)n;
    for (size_t i = 0; i < n; i++) square += ((double)x[i] - mean) * ((double)x[i] - mean);
    return sqrt(square / (double)n);
}

// matrices_of returns the norm of the gradients of a layer's matrices.
static double matrices_of(const struct depth_run *r, int l)
{
    const struct gpt_config *c = gpt_config(r->model);
    double square = 0;
    for (int i = 0; i < per_layer(c); i++) {
        struct param p = gpt_param(r->model, OUTSIDE + l * per_layer(c) + i);
        if (p.rank != 2) continue;
        double norm = (double)gradient_norm(p.size, p.grad);
        square += norm * norm;
    }
    return sqrt(square);
}

static void forget_gradients(const struct depth_run *r)
{
    memset(gpt_grad(r->model), 0, gpt_weights(r->model) * sizeof(float));
}

void depth_run_stats(struct depth_run *r, FILE *out)
{
    int L = gpt_config(r->model)->layers;
    double rows = (double)r->options->batch * gpt_config(r->model)->context;
    int loss = forward(r);
    tape_backward(r->tape, loss, 1 / (float)rows);
    fprintf(out, "loss %.4f\n", (double)*tape_data(r->tape, loss) / rows);
    fprintf(out, "layer     stream         dx         dW\n");
    for (int l = 0; l <= L; l++) {
        int x = r->stream[l];
        size_t n = tape_size(r->tape, x);
        fprintf(out, "%5d %10.4g %10.4g", l, deviation(n, tape_data(r->tape, x)),
                deviation(n, tape_grad(r->tape, x)) * rows);
        if (l) fprintf(out, " %10.4g", matrices_of(r, l - 1));
        fputc('\n', out);
    }
    fprintf(out, "first / last %20.4g\n", matrices_of(r, 0) / matrices_of(r, L - 1));
    forget_gradients(r);
}

// --- training --------------------------------------------------------------------------------

// update takes one step.  Returns 0 if the gradients are not finite.
static int update(struct depth_run *r, int step)
{
    const struct depth_options *o = r->options;
    float norm = gradient_norm(gpt_weights(r->model), gpt_grad(r->model));
    if (!isfinite(norm)) return 0;
    const struct optim settings = {.lr = learning_rate(step, o->warmup, o->steps, o->lr, o->lr),
                                   .scale = 1,  // not clipped: that would hide what is measured
                                   .beta1 = 0.9f,
                                   .beta2 = 0.99f,
                                   .epsilon = 1e-8f,
                                   .step = step + 1};
    size_t at = 0;
    for (int i = 0; i < gpt_params(r->model); i++) {
        struct param p = gpt_param(r->model, i);
        optimizer_step(OPTIMIZER_ADAMW, &settings, &p, p.grad, r->m + at, r->v + at);
        at += p.size;
    }
    forget_gradients(r);
    return 1;
}

double depth_run_train(struct depth_run *r)
{
    const struct depth_options *o = r->options;
    double rows = (double)o->batch * gpt_config(r->model)->context, sum = 0;
    int last = o->steps / 10 > 0 ? o->steps / 10 : 1;
    for (int step = 0; step < o->steps; step++) {
        int loss = forward(r);
        double nats = (double)*tape_data(r->tape, loss) / rows;
        tape_backward(r->tape, loss, 1 / (float)rows);
        if (!isfinite(nats) || !update(r, step)) return (double)NAN;
        if (step >= o->steps - last) sum += nats;
    }
    return sum / last;
}
