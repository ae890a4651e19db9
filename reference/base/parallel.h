// parallel: work for several threads at once, with the same result for any number of them.
//
// How many threads there shall be is the caller's to say.  Where OpenMP is missing, or gives fewer,
// those that there are do the same work, to the same bits.
#ifndef GPT_PARALLEL_H
#define GPT_PARALLEL_H

#include <stddef.h>
#include <stdint.h>

enum { PARALLEL_LINE = 64 };  // bytes of a cache line

// struct share: the numbers from begin up to end, without end itself.
struct share {
    size_t begin, end;
};

// parallel_share returns which of the numbers 0 … n-1 the part-th of `parts` owns.  The shares lie
// one behind the other in the order of the parts; two of them differ by at most 1 in length, and
// the longer ones come first.
//   part  0 <= part < parts
//   n     may be smaller than parts: then the last shares are empty
struct share parallel_share(size_t n, int parts, int part);

// parallel_job does job j.
typedef void parallel_job(void *context, int j);

// parallel_jobs does the jobs 0 … n-1, each once, on at most `threads` threads; all are done when
// it returns.  They are begun in this order: a thread that is free takes the next one that nobody
// has begun, so that no thread waits while there is one left. Inside a job threads_max() is 1: what
// the job calls keeps its work on one thread.  When parallel_jobs returns, threads_max() is what it
// was before.
//   threads  >= 1
void parallel_jobs(int threads, int n, parallel_job *job, void *context);

// parallel_part returns the i-th part of a sum.
typedef double parallel_part(const void *context, int i);

// parallel_sum returns part(context, 0) + part(context, 1) + … + part(context, n - 1), added up in
// doubles from 0 in this order, whichever threads have computed them: the same bits for any number
// of threads.  Each part is asked for once.
//   slot  (n)  afterwards slot[i] is part i
// Cost: n parts, shared by `threads` threads, and n additions.
double parallel_sum(int threads, int n, parallel_part *part, const void *context, double *slot);

// parallel_fold adds the slots to sum, one after the other:
//   sum[i] = (sum[i] + slot[0][i]) + slot[1][i] + …, from left to right
// and leaves zeros in them.  These are the additions, in their order, of folding one slot at a
// time.
//   slot  (slots) arrays (n), which do not overlap sum or each other
//   sum   (n)
// Cost: one pass over sum and each slot, shared by threads_max() threads.
void parallel_fold(int slots, size_t n, float *const *slot, float *sum);

// parallel_stride returns how far apart V counters of one thread and those of the next begin, so
// that no line of PARALLEL_LINE bytes holds counters of both: V, rounded up to whole lines of
// int32_t.
size_t parallel_stride(int V);

// parallel_count counts: count[v] is how many of ids[0 … n-1] are v.  Each thread counts in
// counters of its own, which are then added up.
//   ids    (n)  each in [0, V); n <= INT32_MAX
//   row    (threads, parallel_stride(V))  begins at a whole line; holds anything before.
//          Afterwards row[t,v], v < V, is how many of the ids in the t-th share are v
//   count  (V)  holds anything before
// Cost: n + threads * V additions, shared by `threads` threads.
void parallel_count(int threads, size_t n, const int32_t *ids, int V, int32_t *row, int32_t *count);

#endif
