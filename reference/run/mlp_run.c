#include "mlp_run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "evaluate.h"
#include "file.h"
#include "near.h"
#include "progress.h"
#include "random.h"
#include "ride.h"
#include "safetensors.h"
#include "sample.h"
#include "tokenize.h"
#include "train_tokenizer.h"

// --- opening ---------------------------------------------------------------------------------

// encode is part_ids_read of a part from which something can be learnt.
static enum err encode(const struct tokenizer *t, const struct part *p, struct part_ids *out,
                       struct error *e)
{
    enum err code = part_ids_read(t, p, out, e);
    if (code || out->count) return code;
    code = error_set(e, ERR_VALUE, "%zu tokens: expected 1 to %d", out->count, INT32_MAX);
    return dataset_in(e, code, p);
}

static float *zeros(size_t n)
{
    float *x = calloc(n, sizeof *x);
    if (!x) die("out of memory: %zu numbers", n);
    return x;
}

enum err mlp_run_open(const struct mlp_options *o, struct mlp_run *r, struct error *e)
{
    struct mlp_run new = {.options = o};
    enum err code = dataset_read(o->text.data, &new.data, e);
    if (!code) code = train_tokenizer(&o->text, &new.data, &new.tokenizer, e);
    if (!code) code = encode(new.tokenizer, &new.data.train, &new.train, e);
    if (!code) code = encode(new.tokenizer, &new.data.val, &new.val, e);
    struct mlp_config shape = o->shape;
    if (!code) {
        shape.vocab = tokenizer_vocab(new.tokenizer);
        code = mlp_config_check(&shape, e);
    }
    if (code) {
        mlp_run_close(&new);
        return code;
    }
    new.model = mlp_new(&shape);
    new.tape = tape_new();
    new.m = zeros(mlp_weights(new.model));
    new.v = zeros(mlp_weights(new.model));
    mlp_init(new.model, o->seed, o->gain);
    *r = new;
    return ERR_NONE;
}

void mlp_run_close(struct mlp_run *r)
{
    tape_free(r->tape);
    mlp_free(r->model);
    free(r->m);
    free(r->v);
    free(r->train.ids);
    free(r->val.ids);
    tokenizer_free(r->tokenizer);
    dataset_free(&r->data);
    *r = (struct mlp_run){0};
}

// --- training --------------------------------------------------------------------------------

// windows_of writes the windows of N places into memory of the tape.
static int32_t *windows_of(struct mlp_run *r, const int32_t *ids, int N, const size_t *at)
{
    const struct mlp_config *c = mlp_config(r->model);
    int32_t *windows = tape_alloc(r->tape, sizeof *windows * (size_t)N * (size_t)c->context);
    mlp_windows(c, ids, N, at, windows);
    return windows;
}

// batch_loss draws the places of one batch and returns the node of their loss, summed.
static int batch_loss(struct mlp_run *r, struct random *random, int *hidden)
{
    int N = r->options->batch;
    const int32_t *ids = r->train.ids;
    size_t *at = tape_alloc(r->tape, sizeof *at * (size_t)N);
    int32_t *target = tape_alloc(r->tape, sizeof *target * (size_t)N);
    for (int n = 0; n < N; n++) {
        at[n] = random_below(random, (uint32_t)r->train.count);
        target[n] = ids[at[n]];
    }
    return mlp_loss(r->model, r->tape, 1, N, windows_of(r, ids, N, at), target, hidden);
}

// update takes one step of the optimizer.  Biases do not decay.  Returns 0 if the gradients are not
// finite.
static int update(struct mlp_run *r, int step)
{
    const struct mlp_options *o = r->options;
    size_t weights = mlp_weights(r->model), at = 0;
    float *grad = mlp_grad(r->model), norm = gradient_norm(weights, grad);
    if (!isfinite(norm)) return 0;
    struct optim settings = {.lr = learning_rate(step, o->steps / 20, o->steps, o->lr, o->lr / 10),
                             .scale = clip_scale(norm, 1),
                             .decay = o->decay,
                             .momentum = 0.95f,
                             .beta1 = 0.9f,
                             .beta2 = 0.99f,
                             .epsilon = 1e-8f,
                             .step = step + 1};
    for (int i = 0; i < mlp_params(r->model); i++) {
        struct param p = mlp_param(r->model, i);
        optimizer_step(o->optimizer, &settings, &p, p.grad, r->m + at, r->v + at);
        at += p.size;
    }
    memset(grad, 0, weights * sizeof *grad);
    return 1;
}

int mlp_run_train(struct mlp_run *r)
{
    const struct mlp_options *o = r->options;
    double bits = bits_per_byte(1, r->train.count, r->train.bytes);
    struct progress *p = progress_new(0, o->steps, o->batch, bits, r->data.train.floor);
    struct random random = random_start(o->seed, RANDOM_SHUFFLE);
    int fine = 1;
    for (int step = 0; step < o->steps && fine; step++) {
        tape_reset(r->tape);
        int loss = batch_loss(r, &random, NULL);
        float sum = *tape_data(r->tape, loss);
        tape_backward(r->tape, loss, 1 / (float)o->batch);
        fine = isfinite(sum) && update(r, step);
        progress_step(p, step + 1, (double)sum / o->batch);
    }
    progress_free(p);
    return fine;
}

// --- looking ---------------------------------------------------------------------------------

double mlp_run_bits(struct mlp_run *r, const struct part_ids *text, size_t most)
{
    enum { ROWS = 4096 };
    size_t count = most && most < text->count ? most : text->count, bytes = 0;
    double nats = 0;
    for (size_t begin = 0; begin < count; begin += ROWS) {
        int N = (int)(count - begin < ROWS ? count - begin : ROWS);
        tape_reset(r->tape);
        size_t *at = tape_alloc(r->tape, sizeof *at * (size_t)N);
        for (int n = 0; n < N; n++) at[n] = begin + (size_t)n;
        int loss = mlp_loss(r->model, r->tape, 0, N, windows_of(r, text->ids, N, at),
                            text->ids + begin, NULL);
        nats += (double)*tape_data(r->tape, loss);
    }
    if (count == text->count) return bits_per_byte(nats / (double)count, count, text->bytes);
    for (size_t i = 0; i < count; i++) {
        size_t size;
        tokenizer_bytes(r->tokenizer, text->ids[i], &size);
        bytes += size;
    }
    return bits_per_byte(nats / (double)count, count, bytes);
}

double mlp_run_start(struct mlp_run *r)
{
    struct random random = random_start(r->options->seed, RANDOM_SHUFFLE);
    tape_reset(r->tape);
    int loss = batch_loss(r, &random, NULL);
    return (double)*tape_data(r->tape, loss) / r->options->batch;
}

// struct spread: what a row of the table says about many numbers.
struct spread {
    double mean, deviation, saturated;
};

static struct spread spread_of(size_t n, const float *x)
{
    double sum = 0, square = 0, beyond = 0;
    for (size_t i = 0; i < n; i++) {
        double v = (double)x[i];
        sum += v;
        square += v * v;
        beyond += fabs(v) > 0.97;
    }
    double count = (double)n, mean = sum / count;
    return (struct spread){mean, sqrt(fmax(square / count - mean * mean, 0)), beyond / count};
}

static double gradient_of(const struct mlp_run *r, int tensor)
{
    struct param p = mlp_param(r->model, tensor);
    return (double)gradient_norm(p.size, p.grad);
}

void mlp_run_stats(struct mlp_run *r, FILE *out)
{
    const struct mlp_config *c = mlp_config(r->model);
    int L = c->layers, N = r->options->batch, *hidden = malloc(sizeof *hidden * (size_t)(L + 1));
    if (!hidden) die("out of memory: %d layers", L);
    struct random random = random_start(r->options->seed, RANDOM_SHUFFLE);
    tape_reset(r->tape);
    int loss = batch_loss(r, &random, hidden);
    tape_backward(r->tape, loss, 1 / (float)N);
    fprintf(out, "layer       mean  deviation  saturated         dh         dW\n");
    fprintf(out, "table%48.6f\n", gradient_of(r, 0));
    for (int l = 0; l < L; l++) {
        size_t size = tape_size(r->tape, hidden[l]);
        struct spread h = spread_of(size, tape_data(r->tape, hidden[l]));
        struct spread dh = spread_of(size, tape_grad(r->tape, hidden[l]));
        fprintf(out, "%5d%11.4f%11.4f%11.4f%11.6f%11.6f\n", l + 1, h.mean, h.deviation, h.saturated,
                dh.deviation * N, gradient_of(r, 1 + 2 * l));
    }
    fprintf(out, "head %48.6f\n", gradient_of(r, 1 + 2 * L));
    memset(mlp_grad(r->model), 0, mlp_weights(r->model) * sizeof(float));
    free(hidden);
}

// print_near prints the tokens nearest to one.
//   alike  (V)  room for their similarities
static void print_near(const struct mlp_run *r, struct tensor directions, int32_t id, float *alike,
                       FILE *out)
{
    enum { SHOWN = 5 };
    int V = directions.shape[0];
    near_row(directions, id, alike);
    alike[id] = -INFINITY;
    tokenize_show(r->tokenizer, id, out);
    for (int k = 0; k < SHOWN && k + 1 < V; k++) {
        int32_t best = ride_argmax(V, alike);
        fputs("   ", out);
        tokenize_show(r->tokenizer, best, out);
        fprintf(out, " %.2f", (double)alike[best]);
        alike[best] = -INFINITY;
    }
    fputc('\n', out);
}

enum err mlp_run_near(const struct mlp_run *r, const char *text, FILE *out, struct error *e)
{
    int32_t *ids;
    size_t n;
    enum err code = tokenizer_encode(r->tokenizer, strlen(text), text, &ids, &n, e);
    if (code) return error_in(e, code, "--near");
    const struct mlp_config *c = mlp_config(r->model);
    // Without the last row, which stands for nothing.
    int shape[] = {c->vocab, c->embed};
    float *data = near_directions(tensor_of(2, shape, mlp_param(r->model, 0).data));
    float *alike = zeros((size_t)c->vocab);
    for (size_t i = 0; i < n; i++) {
        size_t before = 0;
        while (ids[before] != ids[i]) before++;
        if (before == i) print_near(r, tensor_of(2, shape, data), ids[i], alike, out);
    }
    free(data);
    free(alike);
    free(ids);
    return ERR_NONE;
}

// --- writing ---------------------------------------------------------------------------------

enum err mlp_run_write(struct mlp_run *r, const char *prompt, int tokens, FILE *out,
                       struct error *e)
{
    int32_t *ids;
    size_t n;
    enum err code = tokenizer_encode(r->tokenizer, strlen(prompt), prompt, &ids, &n, e);
    if (code) return error_in(e, code, "the prompt");
    int V = mlp_config(r->model)->vocab;
    int32_t *all = realloc(ids, (n + (size_t)tokens + 1) * sizeof *all);
    struct candidate *work = malloc((size_t)V * sizeof *work);
    if (!all || !work) die("out of memory: %zu ids", n + (size_t)tokens);
    const struct sampling as_learned = {.temperature = 1, .top_p = 1};
    struct random random = random_start(r->options->seed, RANDOM_GENERATE);
    fputs(prompt, out);
    for (int i = 0; i < tokens && !ferror(out); i++) {
        tape_reset(r->tape);
        int logits = mlp_forward(r->model, r->tape, 0, 1, windows_of(r, all, 1, &n), NULL);
        all[n] = sample(&as_learned, V, tape_data(r->tape, logits), &random, work);
        size_t size;
        const char *bytes = tokenizer_bytes(r->tokenizer, all[n++], &size);
        fwrite(bytes, 1, size, out);
    }
    free(work);
    free(all);
    return ERR_NONE;
}

enum err mlp_run_save(const struct mlp_run *r, const char *dir, struct error *e)
{
    int count = mlp_params(r->model);
    struct safetensors_tensor *tensors = calloc((size_t)count, sizeof *tensors);
    if (!tensors) die("out of memory: %d tensors", count);
    for (int i = 0; i < count; i++) {
        struct param p = mlp_param(r->model, i);
        tensors[i] = (struct safetensors_tensor){.name = p.name,
                                                 .dtype = SAFETENSORS_F32,
                                                 .rank = p.rank,
                                                 .shape = {p.shape[0], p.shape[1]},
                                                 .data = p.data};
    }
    char *path = file_path(dir, "mlp.safetensors");
    enum err code = file_make_directory(dir, e);
    if (!code) code = safetensors_stage(path, count, tensors, 0, NULL, e);
    if (!code) code = output_publish(path, e);
    free(path);
    free(tensors);
    return code;
}
