#include "cluster.h"

#include "todo.h"

#include <math.h>

enum err cluster_fold(struct comm *c, size_t n, size_t piece, int count, const float *own,
                      float *sum, struct error *e)
{
    CHECK(n >= 1 && piece >= 1 && count >= 0, "n=%zu piece=%zu count=%d", n, piece, count);
    int rank = comm_rank(c), last = comm_size(c) - 1;
    TODO();
}

enum err cluster_spread(struct comm *c, size_t n, size_t piece, float *x, struct error *e)
{
    CHECK(n >= 1 && piece >= 1, "n=%zu piece=%zu", n, piece);
    int rank = comm_rank(c), last = comm_size(c) - 1;
    TODO();
}

struct cluster_cost cluster_fit(int count, const double *bytes, const double *seconds)
{
    CHECK(count >= 2, "count=%d", count);
    TODO();
}

double cluster_seconds(const struct cluster_cost *c, int N, double bytes, double pieces)
{
    CHECK(N >= 1 && bytes > 0 && pieces >= 1, "N=%d bytes=%g pieces=%g", N, bytes, pieces);
    TODO();
}

double cluster_pieces(const struct cluster_cost *c, int N, double bytes)
{
    CHECK(N >= 1 && bytes >= 4, "N=%d bytes=%g", N, bytes);
    TODO();
}

double cluster_step(int A, int N, double micro, double exchange, double update)
{
    CHECK(A >= 1 && N >= 1, "A=%d N=%d", A, N);
    TODO();
}
