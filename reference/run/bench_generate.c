#include "bench_generate.h"

#include "arena.h"
#include "bench_step.h"
#include "bench_time.h"
#include "cache.h"
#include "clock.h"
#include "generate.h"
#include "random.h"
#include "threads.h"

// struct reading: a model that reads ids up to a place.
struct reading {
    struct arena *arena;
    struct gpt *model;
    struct cache *cache;
    struct tape *tape;
    int32_t *ids;  // (BENCH_PROMPT)
    int count;     // of them, that are in the text
    struct bench_times times[2];
};

static struct reading *reading_new(void)
{
    struct arena *a = arena_new();
    struct reading *d = arena_alloc(a, sizeof *d);
    const struct gpt_config *shape = &bench_settings[0].shape;
    *d = (struct reading){.arena = a,
                          .model = gpt_new(shape, 1),
                          .cache = cache_new(shape, BENCH_PROMPT, generate_attend),
                          .tape = tape_new(),
                          .ids = arena_alloc(a, sizeof(int32_t) * BENCH_PROMPT)};
    struct random r = random_start(1, RANDOM_GENERATE);
    for (int i = 0; i < BENCH_PROMPT; i++)
        d->ids[i] = (int32_t)random_below(&r, (uint32_t)shape->vocab);
    return d;
}

static void reading_free(struct reading *d)
{
    tape_free(d->tape);
    cache_free(d->cache);
    gpt_free(d->model);
    arena_free(d->arena);
}

// read_on brings the cache up to where the text is.
static void read_on(void *context)
{
    struct reading *d = context;
    cache_next(d->cache, d->model, d->tape, d->count, d->ids, NULL);
}

static void decode_round(struct reading *d, struct bench_times *t)
{
    enum { TOKENS = 32 };
    d->count = BENCH_BEHIND;
    read_on(d);
    for (int i = 0; i < TOKENS; i++) {
        d->count++;
        bench_time(t, read_on, d);
    }
}

static void prompt_round(struct reading *d, struct bench_times *t)
{
    cache_cut(d->cache, 0);
    d->count = BENCH_PROMPT;
    bench_time(t, read_on, d);
}

typedef void round_of(struct reading *d, struct bench_times *t);

// measure takes rounds, on one thread and on all in turns.
static void measure(struct reading *d, round_of *one_round, int rounds, int threads)
{
    const double budget = 8;  // seconds
    struct bench_times warm = {0};
    one_round(d, &warm);
    double begin = clock_seconds(), spent = 0;
    for (int done = 0; bench_more(done, rounds, spent, budget); done++) {
        for (int i = 0; i < (threads > 1 ? 2 : 1); i++) {
            bench_say("generating: round %d on %d threads", done + 1, i ? threads : 1);
            threads_use(i ? threads : 1);
            one_round(d, &d->times[i]);
        }
        spent = clock_seconds() - begin;
    }
    bench_say(NULL);
}

// print prints the rates of a row on one thread and on all, and adds them to the report.
static void print(const struct reading *d, struct bench_result row, double tokens,
                  struct bench_report *r, FILE *to)
{
    for (int i = 0; i < (r->all.threads > 1 ? 2 : 1); i++) {
        row.threads = i ? r->all.threads : 1;
        row.best = bench_best(&d->times[i]);
        row.median = bench_median(&d->times[i]);
        bench_report_add(r, row);
        fprintf(to, "%8d %12.1f %12.1f ", row.threads, tokens / row.best, tokens / row.median);
        if (tokens > 1)
            fprintf(to, "%10.1f GFLOP/s", 1e-9 * row.flops / row.best);
        else
            fprintf(to, "%10.1f GB/s   ", 1e-9 * row.bytes / row.best);
        fprintf(to, "%7.0f %%\n", 100 * bench_report_limit(r, &row));
    }
    fflush(to);
}

static void print_heading(FILE *to)
{
    fprintf(to, "%8s %12s %12s %18s %9s\n", "threads", "tokens/s", "median", "", "of limit");
}

void bench_decode(int rounds, struct bench_report *r, FILE *to)
{
    const struct gpt_config *shape = &bench_settings[0].shape;
    struct gpt_counts n = gpt_count(shape);
    struct reading *d = reading_new();
    measure(d, decode_round, rounds, r->all.threads);
    // Every weight is read but the places' and the embeddings', of which one row is; tied, the
    // embeddings are the head too.  And so are the keys and values of the tokens before.
    double bytes = 4.0 * (double)(n.total - n.positions) + (double)cache_bytes(shape, BENCH_BEHIND);
    fprintf(to, "\ndecode: %s, F32, a token more behind %d and more: %.1f MB read\n",
            bench_settings[0].what, BENCH_BEHIND, 1e-6 * bytes);
    print_heading(to);
    struct bench_result row = {.setting = "decode", .what = "token", .bytes = bytes};
    row.flops = 2 * (double)(n.total - n.positions);
    print(d, row, 1, r, to);
    reading_free(d);
}

void bench_prompt(int rounds, struct bench_report *r, FILE *to)
{
    const struct gpt_config *shape = &bench_settings[0].shape;
    struct reading *d = reading_new();
    measure(d, prompt_round, rounds, r->all.threads);
    // A third of a training step is its forward; scores are wanted for the last token only.
    double head = 2.0 * (BENCH_PROMPT - 1) * shape->vocab * shape->channels;
    double flops = gpt_flops(shape, 1, BENCH_PROMPT) / 3 - head;
    fprintf(to, "\nprompt: %s, F32, %d tokens read: %.1f GFLOP\n", bench_settings[0].what,
            BENCH_PROMPT, 1e-9 * flops);
    print_heading(to);
    struct bench_result row = {.setting = "prompt", .what = "prompt", .flops = flops};
    row.bytes = 4 * (double)gpt_count(shape).total;
    print(d, row, BENCH_PROMPT, r, to);
    reading_free(d);
}

// once returns the best of a few rounds behind one that is not counted.
static double once(round_of *one_round)
{
    enum { ROUNDS = 3 };
    struct reading *d = reading_new();
    struct bench_times warm = {0};
    one_round(d, &warm);
    for (int i = 0; i < ROUNDS; i++) one_round(d, &d->times[0]);
    double best = bench_best(&d->times[0]);
    reading_free(d);
    return best;
}

double bench_decode_once(void)
{
    return once(decode_round);
}

double bench_prompt_once(void)
{
    return once(prompt_round);
}
