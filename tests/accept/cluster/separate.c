// The first, the middle and the last process each in a branch of their own; each row of own in one
// go; the sums of the fit in an array.
#include <math.h>

#include "cluster.h"

static void add(size_t size, const float *g, float *sum)
{
    while (size-- > 0) sum[size] += g[size];
}

enum err cluster_fold(struct comm *c, size_t n, size_t piece, int count, const float *own,
                      float *sum, struct error *e)
{
    const int rank = comm_rank(c), size = comm_size(c);
    size_t at = 0;
    do {
        size_t left = n - at, now = left > piece ? piece : left;
        enum err code = ERR_NONE;
        if (rank == 0) {
            for (int i = 0; i < count; i++) add(now, &own[i * n + at], &sum[at]);
            if (size > 1) code = comm_send(c, 1, now, &sum[at], e);
        } else {
            code = comm_receive(c, rank - 1, now, &sum[at], e);
            if (code != ERR_NONE) return code;
            for (int i = 0; i < count; i++) add(now, &own[i * n + at], &sum[at]);
            if (rank != size - 1) code = comm_send(c, rank + 1, now, &sum[at], e);
        }
        if (code != ERR_NONE) return code;
        at += now;
    } while (at < n);
    return ERR_NONE;
}

enum err cluster_spread(struct comm *c, size_t n, size_t piece, float *x, struct error *e)
{
    const int rank = comm_rank(c), last = comm_size(c) - 1;
    enum err code = ERR_NONE;
    for (size_t at = 0; code == ERR_NONE && at < n; at += piece) {
        size_t now = at + piece > n ? n - at : piece;
        if (last == 0) break;
        if (rank == last)
            code = comm_send(c, rank - 1, now, x + at, e);
        else if ((code = comm_receive(c, rank + 1, now, x + at, e)) == ERR_NONE && rank != 0)
            code = comm_send(c, rank - 1, now, x + at, e);
    }
    return code;
}

struct cluster_cost cluster_fit(int count, const double *bytes, const double *seconds)
{
    // Divided by seconds, the line is 1 = latency / t + slope * x / t.
    double s[5] = {0};
    for (int i = 0; i < count; i++) {
        double a = 1 / seconds[i], b = bytes[i] / seconds[i];
        s[0] += a * a, s[1] += a * b, s[2] += b * b, s[3] += a, s[4] += b;
    }
    double determinant = s[0] * s[2] - s[1] * s[1];
    double latency = (s[3] * s[2] - s[1] * s[4]) / determinant;
    double slope = (s[0] * s[4] - s[3] * s[1]) / determinant;
    return (struct cluster_cost){.latency = latency, .bandwidth = 1 / slope};
}

double cluster_seconds(const struct cluster_cost *c, int N, double bytes, double pieces)
{
    double messages = pieces - 1 + N - 1;
    return N > 1 ? 2 * messages * (c->latency + bytes / (pieces * c->bandwidth)) : 0;
}

double cluster_pieces(const struct cluster_cost *c, int N, double bytes)
{
    if (N < 3) return 1;
    double root = sqrt((N - 2) * bytes / c->latency / c->bandwidth), best = 1;
    for (double p = floor(root); p <= floor(root) + 1; p++) {
        double tried = p < 1 ? 1 : p > floor(bytes / 4) ? floor(bytes / 4) : p;
        if (p == floor(root) ||
            cluster_seconds(c, N, bytes, tried) < cluster_seconds(c, N, bytes, best))
            best = tried;
    }
    return best;
}

double cluster_step(int A, int N, double micro, double exchange, double update)
{
    int most = A / N;
    if (A % N != 0) most++;
    return micro * most + exchange + update;
}
