// As the hints write it: loops over numbers, and one pragma each.
#include "parallel.h"

#include "error.h"
#include "threads.h"

struct share parallel_share(size_t n, int parts, int part)
{
    struct share s = {0, 0};
    size_t longer = n % (size_t)parts;
    for (int p = 0; p <= part; p++) {
        s.begin = s.end;
        s.end += n / (size_t)parts;
        if ((size_t)p < longer) s.end++;
    }
    return s;
}

void parallel_jobs(int threads, int n, parallel_job *job, void *context)
{
#pragma omp parallel num_threads(threads)
    {
        threads_use(1);
#pragma omp for schedule(dynamic, 1)
        for (int j = 0; j < n; j++) job(context, j);
    }
}

double parallel_sum(int threads, int n, parallel_part *part, const void *context, double *slot)
{
#pragma omp parallel for schedule(monotonic : dynamic) num_threads(threads)
    for (int i = 0; i < n; i++) slot[i] = part(context, i);
    double sum = 0;
    for (int i = 0; i < n; i++) sum = sum + slot[i];
    return sum;
}

void parallel_fold(int slots, size_t n, float *const *slot, float *sum)
{
#pragma omp parallel for
    for (size_t i = 0; i < n; i++) {
        float x = sum[i];
        for (int s = 0; s < slots; s++) x += slot[s][i];
        sum[i] = x;
        for (int s = 0; s < slots; s++) slot[s][i] = 0;
    }
}

size_t parallel_stride(int V)
{
    size_t stride = (size_t)V;
    while (stride % 16) stride++;
    return stride;
}

void parallel_count(int threads, size_t n, const int32_t *ids, int V, int32_t *row, int32_t *count)
{
    size_t stride = parallel_stride(V);
#pragma omp parallel for num_threads(threads)
    for (int t = 0; t < threads; t++) {
        struct share s = parallel_share(n, threads, t);
        int32_t *mine = row + (size_t)t * stride;
        for (int v = 0; v < V; v++) mine[v] = 0;
        for (size_t i = s.begin; i < s.end; i++) mine[ids[i]]++;
    }
    for (int v = 0; v < V; v++) {
        count[v] = 0;
        for (int t = 0; t < threads; t++) count[v] += row[(size_t)t * stride + (size_t)v];
    }
}
