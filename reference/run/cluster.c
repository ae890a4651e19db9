#include "cluster.h"

#include <math.h>

enum err cluster_fold(struct comm *c, size_t n, size_t piece, int count, const float *own,
                      float *sum, struct error *e)
{
    CHECK(n >= 1 && piece >= 1 && count >= 0, "n=%zu piece=%zu count=%d", n, piece, count);
    int rank = comm_rank(c), last = comm_size(c) - 1;
    // SOLUTION BEGIN
    enum err code = ERR_NONE;
    for (size_t at = 0; at < n && !code; at += piece) {
        size_t size = n - at < piece ? n - at : piece;
        if (rank > 0) code = comm_receive(c, rank - 1, size, sum + at, e);
        for (int i = 0; i < count && !code; i++) {
            const float *g = own + (size_t)i * n + at;
            for (size_t k = 0; k < size; k++) sum[at + k] += g[k];
        }
        if (rank < last && !code) code = comm_send(c, rank + 1, size, sum + at, e);
    }
    return code;
    // SOLUTION END
}

enum err cluster_spread(struct comm *c, size_t n, size_t piece, float *x, struct error *e)
{
    CHECK(n >= 1 && piece >= 1, "n=%zu piece=%zu", n, piece);
    int rank = comm_rank(c), last = comm_size(c) - 1;
    // SOLUTION BEGIN
    enum err code = ERR_NONE;
    for (size_t at = 0; at < n && !code; at += piece) {
        size_t size = n - at < piece ? n - at : piece;
        if (rank < last) code = comm_receive(c, rank + 1, size, x + at, e);
        if (rank > 0 && !code) code = comm_send(c, rank - 1, size, x + at, e);
    }
    return code;
    // SOLUTION END
}

struct cluster_cost cluster_fit(int count, const double *bytes, const double *seconds)
{
    CHECK(count >= 2, "count=%d", count);
    // SOLUTION BEGIN
    double w = 0, wx = 0, wxx = 0, wt = 0, wxt = 0;
    for (int i = 0; i < count; i++) {
        double x = bytes[i], t = seconds[i], weight = 1 / (t * t);
        w += weight;
        wx += weight * x;
        wxx += weight * x * x;
        wt += weight * t;
        wxt += weight * x * t;
    }
    double slope = (w * wxt - wx * wt) / (w * wxx - wx * wx);
    return (struct cluster_cost){(wt - slope * wx) / w, 1 / slope};
    // SOLUTION END
}

double cluster_seconds(const struct cluster_cost *c, int N, double bytes, double pieces)
{
    CHECK(N >= 1 && bytes > 0 && pieces >= 1, "N=%d bytes=%g pieces=%g", N, bytes, pieces);
    // SOLUTION BEGIN
    if (N == 1) return 0;
    double message = c->latency + bytes / pieces / c->bandwidth;
    return 2 * (pieces + N - 2) * message;
    // SOLUTION END
}

double cluster_pieces(const struct cluster_cost *c, int N, double bytes)
{
    CHECK(N >= 1 && bytes >= 4, "N=%d bytes=%g", N, bytes);
    // SOLUTION BEGIN
    if (N <= 2) return 1;
    double most = floor(bytes / 4);
    double lower = floor(sqrt((N - 2) * bytes / (c->latency * c->bandwidth)));
    lower = fmin(fmax(lower, 1), most);
    double upper = fmin(lower + 1, most);
    double a = cluster_seconds(c, N, bytes, lower), b = cluster_seconds(c, N, bytes, upper);
    return b < a ? upper : lower;
    // SOLUTION END
}

double cluster_step(int A, int N, double micro, double exchange, double update)
{
    CHECK(A >= 1 && N >= 1, "A=%d N=%d", A, N);
    // SOLUTION BEGIN
    int most = (A + N - 1) / N;
    return most * micro + exchange + update;
    // SOLUTION END
}
