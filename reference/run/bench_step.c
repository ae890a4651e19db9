#include "bench_step.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "error.h"
#include "random.h"
#include "threads.h"
#include "train_batches.h"

const struct bench_setting bench_settings[BENCH_SETTINGS] = {
    {.name = "a",
     .what = "GPT-2 124M",
     .shape = {.vocab = 50257, .context = 1024, .layers = 12, .heads = 12, .channels = 768},
     .batch = 4,
     .tokens = 64},
    {.name = "b",
     .what = "a small GPT on characters",
     .shape = {.vocab = 65, .context = 64, .layers = 4, .heads = 4, .channels = 128},
     .batch = 12,
     .tokens = 64},
    {.name = "c",
     .what = "a middle one",
     .shape = {.vocab = 65, .context = 256, .layers = 6, .heads = 6, .channels = 384},
     .batch = 8,
     .tokens = 256},
};

int bench_setting_split(const struct bench_setting *s, int threads, struct bench_setting *split)
{
    if (threads < 2 || s->accumulate > 1 || s->batch % threads) return 0;
    *split = *s;
    split->batch = s->batch / threads, split->accumulate = threads;
    struct train_options o = train_options_defaults;
    o.batch = split->batch, o.context = s->tokens, o.accumulate = threads;
    struct error e;
    error_must(train_batches_at_once(&o, &s->shape, threads, &split->at_once, &e), &e);
    return split->at_once > 1;
}

struct bench_step {
    struct train_options o;
    struct train at;
    struct arena *arena;
    struct train_batches *batches;  // NULL: one at a time
};

static int32_t *random_ids(struct arena *a, size_t n, int V)
{
    struct random r = random_start(1, RANDOM_SHUFFLE);
    int32_t *ids = arena_alloc(a, n * sizeof *ids);
    for (size_t i = 0; i < n; i++) ids[i] = (int32_t)random_below(&r, (uint32_t)V);
    return ids;
}

struct bench_step *bench_step_new(const struct bench_setting *s)
{
    enum { BATCHES = 8 };  // in the text
    struct bench_step *b = calloc(1, sizeof *b);
    if (!b) die("out of memory: a step");
    b->o = train_options_defaults;
    b->o.batch = s->batch, b->o.context = s->tokens, b->o.steps = 1 << 30;
    if (s->accumulate) b->o.accumulate = s->accumulate;
    b->arena = arena_new();
    b->at = (struct train){.o = &b->o, .model = gpt_new(&s->shape, 1), .tape = tape_new()};
    gpt_set_attention(b->at.model, s->attention);
    tape_lean(b->at.tape);
    size_t window = (size_t)s->batch * (size_t)s->tokens, n = BATCHES * window + 1;
    size_t weights = gpt_weights(b->at.model);
    struct error e;
    error_must(corpus_new(n, random_ids(b->arena, n, s->shape.vocab), s->tokens, 1, train_shuffle,
                          &b->at.corpus, &e),
               &e);
    b->at.tokens = arena_alloc(b->arena, window * sizeof *b->at.tokens);
    b->at.target = arena_alloc(b->arena, window * sizeof *b->at.target);
    b->at.gradient = s->accumulate > 1 ? arena_zeros(b->arena, weights) : gpt_grad(b->at.model);
    b->at.state.m = arena_zeros(b->arena, weights);
    b->at.state.v = arena_zeros(b->arena, weights);
    if (s->at_once > 1) b->batches = train_batches_new(&b->at, s->at_once);
    return b;
}

void bench_step_free(struct bench_step *b)
{
    if (!b) return;
    train_batches_free(b->batches);
    tape_free(b->at.tape);
    gpt_free(b->at.model);
    corpus_free(b->at.corpus);
    arena_free(b->arena);
    free(b);
}

void bench_step_take(void *step)
{
    struct bench_step *b = step;
    if (!(b->batches ? train_batches_step(b->batches) : train_step(&b->at)))
        die("bench: a loss or a gradient is not a finite number");
}

struct train *bench_step_run(struct bench_step *b)
{
    return &b->at;
}

// --- memory ----------------------------------------------------------------------------------

// in_use returns the most bytes that this process has had in memory.
static size_t in_use(void)
{
    struct rusage use;
    if (getrusage(RUSAGE_SELF, &use)) return 0;
#ifdef __APPLE__
    return (size_t)use.ru_maxrss;
#else
    return (size_t)use.ru_maxrss * 1024;
#endif
}

// measure is the work of the process that only takes steps: two, for the second has the memory that
// the first has left.
static void measure(const struct bench_setting *s, int threads, size_t bytes[2])
{
    threads_use(threads);
    size_t before = in_use();
    struct bench_step *b = bench_step_new(s);
    for (int i = 0; i < 2; i++) bench_step_take(b);
    bytes[1] = in_use();
    bytes[0] = bytes[1] - before;
    bench_step_free(b);
}

size_t bench_step_memory(const struct bench_setting *s, int threads, size_t *whole)
{
    int ends[2];
    size_t bytes[2] = {0, 0};
    fflush(stdout);
    if (pipe(ends)) return 0;
    pid_t child = fork();
    if (child == 0) {
        measure(s, threads, bytes);
        _exit(write(ends[1], bytes, sizeof bytes) != sizeof bytes);
    }
    close(ends[1]);
    if (child < 0 || read(ends[0], bytes, sizeof bytes) != sizeof bytes) bytes[0] = bytes[1] = 0;
    close(ends[0]);
    if (child > 0) waitpid(child, NULL, 0);
    *whole = bytes[1];
    return bytes[0];
}
