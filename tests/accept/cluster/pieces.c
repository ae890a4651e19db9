// Pieces counted first; a pointer that walks; lines through means; the best number searched for.
#include "cluster.h"

#include <math.h>

enum err cluster_fold(struct comm *c, size_t n, size_t piece, int count, const float *own,
                      float *sum, struct error *e)
{
    CHECK(n >= 1 && piece >= 1 && count >= 0, "n=%zu piece=%zu count=%d", n, piece, count);
    size_t pieces = (n + piece - 1) / piece;
    for (size_t p = 0; p < pieces; p++) {
        float *s = sum + p * piece;
        size_t size = p + 1 < pieces ? piece : n - p * piece;
        if (comm_rank(c) != 0) {
            enum err came = comm_receive(c, comm_rank(c) - 1, size, s, e);
            if (came != ERR_NONE) return came;
        }
        for (size_t k = 0; k < size; k++) {
            float so_far = s[k];
            for (int i = 0; i < count; i++) so_far = so_far + own[i * n + p * piece + k];
            s[k] = so_far;
        }
        if (comm_rank(c) + 1 != comm_size(c)) {
            enum err went = comm_send(c, comm_rank(c) + 1, size, s, e);
            if (went != ERR_NONE) return went;
        }
    }
    return ERR_NONE;
}

enum err cluster_spread(struct comm *c, size_t n, size_t piece, float *x, struct error *e)
{
    int me = comm_rank(c), is_last = me + 1 == comm_size(c);
    while (n > 0) {
        size_t size = piece;
        if (size > n) size = n;
        enum err code = is_last ? ERR_NONE : comm_receive(c, me + 1, size, x, e);
        if (code) return code;
        if (me) code = comm_send(c, me - 1, size, x, e);
        if (code) return code;
        x += size;
        n -= size;
    }
    return ERR_NONE;
}

struct cluster_cost cluster_fit(int count, const double *bytes, const double *seconds)
{
    double w = 0, x = 0, t = 0, up = 0, down = 0;
    for (int i = 0; i < count; i++) {
        double weight = pow(seconds[i], -2);
        w += weight, x += weight * bytes[i], t += weight * seconds[i];
    }
    x /= w, t /= w;
    for (int i = 0; i < count; i++) {
        double weight = pow(seconds[i], -2);
        up += weight * (bytes[i] - x) * (seconds[i] - t);
        down += weight * (bytes[i] - x) * (bytes[i] - x);
    }
    struct cluster_cost cost;
    cost.bandwidth = down / up;
    cost.latency = t - x / cost.bandwidth;
    return cost;
}

double cluster_seconds(const struct cluster_cost *c, int N, double bytes, double pieces)
{
    if (N < 2) return 0;
    double each = bytes / pieces / c->bandwidth + c->latency;
    double fold = (N - 1) * each + (pieces - 1) * each;
    return fold + fold;
}

double cluster_pieces(const struct cluster_cost *c, int N, double bytes)
{
    double pieces = 1;
    while (pieces + 1 <= bytes / 4 &&
           cluster_seconds(c, N, bytes, pieces + 1) < cluster_seconds(c, N, bytes, pieces))
        pieces++;
    return pieces;
}

double cluster_step(int A, int N, double micro, double exchange, double update)
{
    return ceil((double)A / N) * micro + exchange + update;
}
