// With atomic operations and one region for everything, where the reference has loops.
#include "parallel.h"

#include <string.h>

#include "error.h"
#include "threads.h"

struct share parallel_share(size_t n, int parts, int part)
{
    // The longer shares first: what is left is divided, rounded up, among those that are left.
    size_t begin = 0, end = 0;
    for (int p = 0; p <= part; p++) {
        begin = end;
        end += (n - begin + (size_t)(parts - p) - 1) / (size_t)(parts - p);
    }
    return (struct share){.begin = begin, .end = end};
}

void parallel_jobs(int threads, int n, parallel_job *job, void *context)
{
    int next = 0;
#pragma omp parallel num_threads(threads) shared(next)
    {
        threads_use(1);
        for (;;) {
            int mine;
#pragma omp atomic capture
            mine = next++;
            if (mine >= n) break;
            job(context, mine);
        }
    }
}

double parallel_sum(int threads, int n, parallel_part *part, const void *context, double *slot)
{
    double sum = 0;
#pragma omp parallel num_threads(threads)
    {
#pragma omp for schedule(static, 1)
        for (int i = 0; i < n; i++) slot[i] = part(context, i);
#pragma omp single
        for (int i = 0; i < n; i++) sum += slot[i];
    }
    return sum;
}

void parallel_fold(int slots, size_t n, float *const *slot, float *sum)
{
    int parts = threads_max();
#pragma omp parallel for
    for (int p = 0; p < parts; p++) {
        struct share mine = parallel_share(n, parts, p);
        for (int s = 0; s < slots; s++) {
            for (size_t i = mine.begin; i < mine.end; i++) sum[i] += slot[s][i];
            if (mine.end > mine.begin)
                memset(slot[s] + mine.begin, 0, (mine.end - mine.begin) * sizeof **slot);
        }
    }
}

size_t parallel_stride(int V)
{
    return ((size_t)V + 15) & ~(size_t)15;
}

void parallel_count(int threads, size_t n, const int32_t *ids, int V, int32_t *row, int32_t *count)
{
    size_t stride = parallel_stride(V);
    memset(count, 0, (size_t)V * sizeof *count);
    memset(row, 0, (size_t)threads * stride * sizeof *row);
#pragma omp parallel for schedule(monotonic : dynamic) num_threads(threads)
    for (int t = 0; t < threads; t++) {
        struct share s = parallel_share(n, threads, t);
        for (size_t i = s.begin; i < s.end; i++) row[(size_t)t * stride + (size_t)ids[i]]++;
        for (int v = 0; v < V; v++) {
#pragma omp atomic
            count[v] += row[(size_t)t * stride + (size_t)v];
        }
    }
}
