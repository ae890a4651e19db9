#include "parallel_run.h"

#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "bench_time.h"
#include "clock.h"
#include "error.h"
#include "parallel.h"
#include "random.h"
#include "threads.h"
#include "vec.h"

// Without OpenMP a pragma's num_threads(threads) is not there, and nobody else uses it.
#define USED(x) ((void)(x))

// print_fewer says so where there are not as many threads as asked for, and returns how many.
static int print_fewer(int threads, FILE *out)
{
    USED(threads);
    int there = 0;
#pragma omp parallel num_threads(threads)
#pragma omp atomic
    there++;
    if (there < threads)
        fprintf(out, "asked for %d threads, and got %d: what follows shows less\n", threads, there);
    return there;
}

// --- a race ----------------------------------------------------------------------------------

enum { ADDITIONS = 1000000 };

// hurried adds in three steps, with nothing to keep others out.  Now and then another thread is let
// on between the reading and the writing, so that it shows on one processor too.
static int hurried(int threads)
{
    USED(threads);
    enum { SOMETIMES = 100000 };
    volatile int counter = 0;
#pragma omp parallel num_threads(threads)
    for (int i = 0; i < ADDITIONS; i++) {
        int seen = counter;
        if (i % SOMETIMES == 0) sched_yield();
        counter = seen + 1;
    }
    return counter;
}

static int atomic(int threads)
{
    USED(threads);
    int counter = 0;
#pragma omp parallel num_threads(threads)
    for (int i = 0; i < ADDITIONS; i++) {
#pragma omp atomic
        counter++;
    }
    return counter;
}

static int one_at_a_time(int threads)
{
    USED(threads);
    volatile int counter = 0;
#pragma omp parallel num_threads(threads)
    for (int i = 0; i < ADDITIONS; i++) {
#pragma omp critical
        counter = counter + 1;
    }
    return counter;
}

static int own_counters(int threads)
{
    USED(threads);
    int counter = 0;
#pragma omp parallel num_threads(threads)
    {
        volatile int own = 0;
        for (int i = 0; i < ADDITIONS; i++) own = own + 1;
#pragma omp atomic
        counter += own;
    }
    return counter;
}

void parallel_run_race(int threads, FILE *out)
{
    static const struct {
        const char *name;
        int (*count)(int threads);
    } WAYS[] = {{"read, add, write", hurried},
                {"atomic", atomic},
                {"critical", one_at_a_time},
                {"a counter each, added up at the end", own_counters}};
    threads = print_fewer(threads, out);
    fprintf(out, "%d thread%s, each adds 1 to the counter %d times\n", threads,
            threads > 1 ? "s" : "", ADDITIONS);
    fprintf(out, "%-36s %10s  %-12s %s\n", "", "counter", "lost", "ns an addition");
    for (size_t i = 0; i < sizeof WAYS / sizeof *WAYS; i++) {
        double begin = clock_seconds();
        int count = WAYS[i].count(threads);
        double each = (clock_seconds() - begin) / ((double)threads * ADDITIONS);
        fprintf(out, "%-36s %10d  %-12s %.1f\n", WAYS[i].name, count,
                count < threads * ADDITIONS ? "more than 0" : "none", 1e9 * each);
    }
}

// --- sums ------------------------------------------------------------------------------------

enum { TERMS = 1000000, PIECES = 64 };

// piece is the sum of one of PIECES equal pieces.
static double piece(const void *terms, int i)
{
    struct share s = parallel_share(TERMS, PIECES, i);
    return (double)vec_sum((int)(s.end - s.begin), (const float *)terms + s.begin);
}

static float reduced(int threads, const float *x)
{
    USED(threads);
    float sum = 0;
#pragma omp parallel for reduction(+ : sum) num_threads(threads)
    for (int i = 0; i < TERMS; i++) sum += x[i];
    return sum;
}

void parallel_run_sum(int threads, FILE *out)
{
    float *x = malloc(TERMS * sizeof *x);
    if (!x) die("out of memory: a million floats");
    double exact = 0, slot[PIECES];
    for (int i = 0; i < TERMS; i++) x[i] = 1 / (float)(i + 1), exact += (double)x[i];
    float first[2] = {0, 0};
    int differs[2] = {0, 0};
    print_fewer(threads, out);
    fprintf(out, "1 + 1/2 + 1/3 + … + 1/%d, in floats; in doubles %.6f\n", TERMS, exact);
    fprintf(out, "%7s   %-30s %s\n", "threads", "reduction(+ : sum)", "slots, added in order");
    for (int n = 1; n <= threads; n++) {
        float sum[2] = {reduced(n, x), (float)parallel_sum(n, PIECES, piece, x, slot)};
        fprintf(out, "%7d   %.6f  %-19a %.6f  %a\n", n, (double)sum[0], (double)sum[0],
                (double)sum[1], (double)sum[1]);
        for (int k = 0; k < 2; k++) {
            if (n == 1) first[k] = sum[k];
            differs[k] |= sum[k] != first[k];
        }
    }
    fprintf(out, "different sums: reduction %s, slots %s\n", differs[0] ? "yes" : "no",
            differs[1] ? "yes" : "no");
    free(x);
}

// --- lines -----------------------------------------------------------------------------------

enum { IDS = 4000000, KINDS = 4, ROUNDS = 5 };

// struct counting: each thread counts all ids, in counters that begin `apart` ints from those of
// the thread before.
struct counting {
    int threads;
    size_t apart;
    const int32_t *ids;  // (IDS)  each in [0, KINDS)
    int32_t *counters;
};

static void count(void *counting)
{
    const struct counting *c = counting;
#pragma omp parallel for num_threads(c->threads) schedule(static, 1)
    for (int t = 0; t < c->threads; t++) {
        int32_t *mine = c->counters + (size_t)t * c->apart;
        for (int i = 0; i < IDS; i++) mine[c->ids[i]]++;
    }
}

static void count_together(void *counting)
{
    const struct counting *c = counting;
#pragma omp parallel for num_threads(c->threads) schedule(static, 1)
    for (int t = 0; t < c->threads; t++) {
        for (int i = 0; i < IDS; i++) {
#pragma omp atomic
            c->counters[c->ids[i]]++;
        }
    }
}

void parallel_run_lines(int threads, FILE *out)
{
    struct arena *a = arena_new();
    int32_t *ids = arena_alloc(a, IDS * sizeof *ids);
    struct random r = random_start(1, RANDOM_SHUFFLE);
    for (int i = 0; i < IDS; i++) ids[i] = (int32_t)random_below(&r, KINDS);
    size_t line = parallel_stride(KINDS), size = (size_t)threads * line * sizeof(int32_t);
    int32_t *counters = memset(arena_alloc(a, size), 0, size);
    struct {
        const char *name;
        void (*work)(void *);
        struct counting c;
        struct bench_times times;
    } ways[] = {{"counters of its own, a line each", count, {threads, line, ids, counters}, {0}},
                {"counters of its own, in one line", count, {threads, KINDS, ids, counters}, {0}},
                {"the same counters, atomic", count_together, {threads, 0, ids, counters}, {0}}};
    enum { COUNT = sizeof ways / sizeof *ways };
    for (int i = 0; i < ROUNDS; i++) {
        for (int k = 0; k < COUNT; k++) bench_time(&ways[k].times, ways[k].work, &ways[k].c);
    }
    print_fewer(threads, out);
    fprintf(out, "%d threads, each counts %d ids of %d kinds\n", threads, IDS, KINDS);
    fprintf(out, "%-36s %10s %10s\n", "", "ns an id", "times");
    for (int k = 0; k < COUNT; k++) {
        double best = bench_best(&ways[k].times);
        fprintf(out, "%-36s %10.2f %10.1f\n", ways[k].name, 1e9 * best / IDS,
                best / bench_best(&ways[0].times));
    }
    arena_free(a);
}

// --- rows ------------------------------------------------------------------------------------

enum { ROWS = 768, DEEP = 64, BANDS = 32 };

// struct triangle: row t has t + 1 products of DEEP numbers, as a query has with the keys up to it.
struct triangle {
    int threads;
    float *x;  // (ROWS, DEEP)
    float *y;  // (ROWS)
};

static void row(const struct triangle *r, int t)
{
    float sum = 0;
    for (int s = 0; s <= t; s++) sum += vec_dot(DEEP, r->x + t * DEEP, r->x + s * DEEP);
    r->y[t] = sum;
}

static void in_blocks(void *triangle)
{
    struct triangle *r = triangle;
#pragma omp parallel for num_threads(r->threads) schedule(static)
    for (int t = 0; t < ROWS; t++) row(r, t);
}

static void in_turns(void *triangle)
{
    struct triangle *r = triangle;
#pragma omp parallel for num_threads(r->threads) schedule(static, 1)
    for (int t = 0; t < ROWS; t++) row(r, t);
}

// band_rows is a job: a band of rows, the longest first.
static void band_rows(void *triangle, int j)
{
    struct triangle *r = triangle;
    struct share s = parallel_share(ROWS, BANDS, BANDS - 1 - j);
    for (size_t t = s.begin; t < s.end; t++) row(r, (int)t);
}

static void by_jobs(void *triangle)
{
    struct triangle *r = triangle;
    parallel_jobs(r->threads, BANDS, band_rows, r);
}

static void alone(void *triangle)
{
    struct triangle one = *(struct triangle *)triangle;
    one.threads = 1;
    in_blocks(&one);
}

// busiest returns the largest share of the work that a thread has: in blocks of neighbours, or in
// turns.
static double busiest(int threads, int turns)
{
    double most = 0, all = 0.5 * ROWS * (ROWS + 1);
    for (int p = 0; p < threads; p++) {
        struct share s = parallel_share(ROWS, threads, p);
        double mine = 0;
        for (int t = 0; t < ROWS; t++)
            mine +=
                (turns ? t % threads == p : (size_t)t >= s.begin && (size_t)t < s.end) * (t + 1);
        most = mine > most ? mine : most;
    }
    return most / all;
}

void parallel_run_rows(int threads, FILE *out)
{
    static const struct {
        const char *name;
        void (*work)(void *);
    } WAYS[] = {{"on one thread", alone},
                {"schedule(static): blocks of rows", in_blocks},
                {"schedule(static, 1): by turns", in_turns},
                {"jobs of 24 rows, the longest first", by_jobs}};
    enum { COUNT = sizeof WAYS / sizeof *WAYS };
    struct arena *a = arena_new();
    struct triangle r = {
        .threads = threads, .x = arena_zeros(a, ROWS * DEEP), .y = arena_floats(a, ROWS)};
    struct bench_times times[COUNT] = {{0}};
    for (int i = 0; i < 4 * ROUNDS; i++) {
        for (int k = 0; k < COUNT; k++) bench_time(&times[k], WAYS[k].work, &r);
    }
    print_fewer(threads, out);
    fprintf(out, "%d rows, row t has t + 1 products; %d threads\n", ROWS, threads);
    fprintf(out, "%-36s %14s %12s %14s\n", "", "busiest has", "at best", "times as fast");
    for (int k = 0; k < COUNT; k++) {
        double share = k == 0 ? 1 : k < 3 ? busiest(threads, k == 2) : 0;
        char has[16] = "", best[16] = "";
        if (share > 0) snprintf(has, sizeof has, "%.1f %%", 100 * share);
        if (share > 0) snprintf(best, sizeof best, "%.2f", 1 / share);
        fprintf(out, "%-36s %14s %12s %14.2f\n", WAYS[k].name, has, best,
                bench_best(&times[0]) / bench_best(&times[k]));
    }
    arena_free(a);
}
