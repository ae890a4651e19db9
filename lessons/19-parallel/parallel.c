#include "parallel.h"

#include "todo.h"

#include <string.h>

#include "error.h"
#include "threads.h"

struct share parallel_share(size_t n, int parts, int part)
{
    CHECK(part >= 0 && part < parts, "part=%d parts=%d", part, parts);
    TODO();
}

void parallel_jobs(int threads, int n, parallel_job *job, void *context)
{
    CHECK(threads >= 1 && n >= 0, "threads=%d n=%d", threads, n);
    TODO();
}

double parallel_sum(int threads, int n, parallel_part *part, const void *context, double *slot)
{
    CHECK(threads >= 1 && n >= 0, "threads=%d n=%d", threads, n);
    TODO();
}

void parallel_fold(int slots, size_t n, float *const *slot, float *sum)
{
    CHECK(slots >= 0, "slots=%d", slots);
    TODO();
}

size_t parallel_stride(int V)
{
    TODO();
}

void parallel_count(int threads, size_t n, const int32_t *ids, int V, int32_t *row, int32_t *count)
{
    CHECK(threads >= 1 && V >= 0 && n <= INT32_MAX, "threads=%d V=%d n=%zu", threads, V, n);
    TODO();
}
