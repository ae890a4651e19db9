#include "roofline.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "clock.h"
#include "error.h"
#include "threads.h"

// A fused multiply-add takes about four cycles, and a core begins two (Arm: four) in each: fewer
// chains than that would wait for themselves.  They and two operands must fit in the registers.
#if defined(__AVX512F__)
enum { LANES = 16, CHAINS = 24 };
#elif defined(__AVX__)
enum { LANES = 8, CHAINS = 12 };
#elif defined(__aarch64__)
enum { LANES = 4, CHAINS = 24 };
#else
enum { LANES = 4, CHAINS = 12 };
#endif

typedef float vector __attribute__((vector_size(LANES * sizeof(float))));

enum { LINE = 64 };

// again says whether another try is due: for a while, and three times at least.
static int again(int tries, double begun)
{
    enum { LEAST = 3 };
    const double moment = 0.3;
    return tries < LEAST || clock_seconds() - begun < moment;
}

// add_up returns the sum of everything in the vectors, which are then needed.
static float add_up(const vector *acc)
{
    float lane[CHAINS * LANES], sum = 0;
    memcpy(lane, acc, sizeof lane);
    for (int i = 0; i < CHAINS * LANES; i++) sum += lane[i];
    return sum;
}

// --- operations ------------------------------------------------------------------------------

// chains takes `count` steps of CHAINS chains acc = acc * x + y.
static float chains(long count, float x, float y)
{
    // Written lane by lane, gcc would keep them in memory, and the loads would be the limit.
    vector acc[CHAINS], u = (vector){0} + x, v = (vector){0} + y;
    for (int i = 0; i < CHAINS; i++) acc[i] = v;
    for (long n = 0; n < count; n++) {
#pragma GCC unroll 32
        for (int i = 0; i < CHAINS; i++) acc[i] = acc[i] * u + v;
    }
    return add_up(acc);
}

double roofline_flops(void)
{
    enum { COUNT = 1 << 20 };
    // What a compiler does not know it cannot compute beforehand.
    volatile float x = 0.5f, y = 1;
    float half = x, one = y;
    int threads = threads_max();
    double best = 0, begun = clock_seconds();
    for (int i = 0; again(i, begun); i++) {
        float sum = 0;
        double begin = clock_seconds();
#pragma omp parallel for reduction(+ : sum)
        for (int t = 0; t < threads; t++) sum += chains(COUNT, half, one);
        double rate = 2.0 * COUNT * CHAINS * LANES * threads / (clock_seconds() - begin);
        CHECK(sum > 0, "sum=%g", (double)sum);
        if (rate > best) best = rate;
    }
    return best;
}

// --- bytes -----------------------------------------------------------------------------------

// sum_of reads n vectors, `times` times: several streams side by side, because a core asks for more
// of memory at once then.
static float sum_of(size_t n, const float *x, long times)
{
    enum { STREAMS = 4, RUN = CHAINS / STREAMS };
    vector acc[CHAINS] = {{0}};
    const size_t part = n / STREAMS;
    for (long k = 0; k < times; k++) {
        for (size_t i = 0; i + RUN <= part; i += RUN) {
#pragma GCC unroll 32
            for (int j = 0; j < CHAINS; j++) {
                vector v;
                memcpy(&v, x + ((size_t)(j / RUN) * part + i + (size_t)(j % RUN)) * LANES,
                       sizeof v);
                acc[j] += v;
            }
        }
    }
    return add_up(acc);
}

double roofline_read(size_t bytes)
{
    enum { LEAST = 64 << 20 };  // bytes of a try
    const size_t step = CHAINS * LANES * sizeof(float);
    int threads = threads_max();
    size_t share = bytes / (size_t)threads / step * step;
    CHECK(share > 0, "%zu bytes for %d threads", bytes, threads);
    // An arena asks for large pages: looking up small ones takes part of the time.
    struct arena *arena = arena_new();
    char *p = arena_alloc(arena, share * (size_t)threads);
    long times = (long)(LEAST / (share * (size_t)threads)) + 1;
    double best = 0;
    // First each thread writes its own share, where whoever touches first decides who is near.
#pragma omp parallel for
    for (int t = 0; t < threads; t++) memset(p + (size_t)t * share, 0, share);
    double begun = clock_seconds();
    for (int i = 0; again(i, begun); i++) {
        float sum = 0;
        double begin = clock_seconds();
#pragma omp parallel for reduction(+ : sum)
        for (int t = 0; t < threads; t++)
            sum += sum_of(share / sizeof(vector), (const float *)(p + (size_t)t * share), times);
        double seconds = clock_seconds() - begin;
        CHECK(sum == 0, "sum=%g", (double)sum);
        double rate = (double)share * threads * (double)times / seconds;
        if (rate > best) best = rate;
    }
    arena_free(arena);
    return best;
}

size_t roofline_far(void)
{
    size_t far = (size_t)256 << 20, most = (size_t)1 << 30;
#ifdef _SC_LEVEL3_CACHE_SIZE
    long cache = sysconf(_SC_LEVEL3_CACHE_SIZE);
    if (cache > 0 && 2 * (size_t)cache > far) far = 2 * (size_t)cache;
#endif
#ifdef _SC_PHYS_PAGES
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    if (pages > 0 && page > 0 && (size_t)pages / 8 * (size_t)page < most)
        most = (size_t)pages / 8 * (size_t)page;
#endif
    return far < most ? far : most;
}

// --- regions ---------------------------------------------------------------------------------

double roofline_region(void)
{
    enum { COUNT = 500 };
    int threads = threads_max();
    char *marks = calloc((size_t)threads, LINE);
    if (!marks) die("out of memory: %d lines", threads);
    double best = 0, begun = clock_seconds();
    for (int i = 0; again(i, begun); i++) {
        double begin = clock_seconds();
        for (int n = 0; n < COUNT; n++) {
#pragma omp parallel for
            for (int t = 0; t < threads; t++) marks[t * LINE]++;
        }
        double seconds = (clock_seconds() - begin) / COUNT;
        if (i == 0 || seconds < best) best = seconds;
    }
    free(marks);
    return best;
}

struct roofline roofline_measure(void)
{
    struct roofline l = {.threads = threads_max(),
                         .far_bytes = roofline_far(),
                         .near_bytes = ROOFLINE_NEAR,
                         .flops = roofline_flops(),
                         .region = roofline_region()};
    l.near = roofline_read(l.near_bytes);
    l.far = roofline_read(l.far_bytes);
    return l;
}
