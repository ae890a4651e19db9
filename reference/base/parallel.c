#include "parallel.h"

#include <string.h>

#include "error.h"
#include "threads.h"

struct share parallel_share(size_t n, int parts, int part)
{
    CHECK(part >= 0 && part < parts, "part=%d parts=%d", part, parts);
    // SOLUTION BEGIN
    size_t least = n / (size_t)parts, longer = n % (size_t)parts, p = (size_t)part;
    size_t begin = p * least + (p < longer ? p : longer);
    return (struct share){begin, begin + least + (p < longer)};
    // SOLUTION END
}

void parallel_jobs(int threads, int n, parallel_job *job, void *context)
{
    CHECK(threads >= 1 && n >= 0, "threads=%d n=%d", threads, n);
    // SOLUTION BEGIN
#pragma omp parallel for schedule(monotonic : dynamic) num_threads(threads)
    for (int j = 0; j < n; j++) {
        threads_use(1);  // of the thread that does the job: others, and the caller, keep theirs
        job(context, j);
    }
    // SOLUTION END
}

double parallel_sum(int threads, int n, parallel_part *part, const void *context, double *slot)
{
    CHECK(threads >= 1 && n >= 0, "threads=%d n=%d", threads, n);
    // SOLUTION BEGIN
#pragma omp parallel for num_threads(threads)
    for (int i = 0; i < n; i++) slot[i] = part(context, i);
    double sum = 0;
    for (int i = 0; i < n; i++) sum += slot[i];
    return sum;
    // SOLUTION END
}

void parallel_fold(int slots, size_t n, float *const *slot, float *sum)
{
    CHECK(slots >= 0, "slots=%d", slots);
    // SOLUTION BEGIN
    // A thread owns pieces of the sum, and adds the slots' pieces while it is in the nearest cache.
    enum { PIECE = 2048 };
#pragma omp parallel for
    for (size_t begin = 0; begin < n; begin += PIECE) {
        size_t size = n - begin < PIECE ? n - begin : PIECE;
        float *restrict to = sum + begin;
        for (int s = 0; s < slots; s++) {
            float *restrict from = slot[s] + begin;
            for (size_t i = 0; i < size; i++) {
                to[i] += from[i];
                from[i] = 0;
            }
        }
    }
    // SOLUTION END
}

size_t parallel_stride(int V)
{
    // SOLUTION BEGIN
    size_t line = PARALLEL_LINE / sizeof(int32_t);
    return ((size_t)V + line - 1) / line * line;
    // SOLUTION END
}

void parallel_count(int threads, size_t n, const int32_t *ids, int V, int32_t *row, int32_t *count)
{
    CHECK(threads >= 1 && V >= 0 && n <= INT32_MAX, "threads=%d V=%d n=%zu", threads, V, n);
    // SOLUTION BEGIN
    size_t stride = parallel_stride(V);
    // Over the shares, not over the threads that there are: OpenMP may give fewer.
#pragma omp parallel for num_threads(threads)
    for (int t = 0; t < threads; t++) {
        struct share mine = parallel_share(n, threads, t);
        int32_t *counter = row + (size_t)t * stride;
        memset(counter, 0, sizeof *counter * (size_t)V);
        for (size_t i = mine.begin; i < mine.end; i++) counter[ids[i]]++;
    }
#pragma omp parallel for num_threads(threads)
    for (int v = 0; v < V; v++) {
        count[v] = 0;
        for (int t = 0; t < threads; t++) count[v] += row[(size_t)t * stride + (size_t)v];
    }
    // SOLUTION END
}
