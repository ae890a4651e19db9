#include "column.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "mathf.h"
#include "net.h"

enum { WINDOW = 16 };

// What is kept of w_h(t, c) is n = N_h w_h(t, c), how much h won where c stood t places back: then
// Hebb's rule is n += y for the characters that are there, and nothing for all others.  Its
// logarithm stands beside it, and is taken anew only when it moves.
struct column {
    struct column_shape shape;
    float weight[WINDOW];  // a^t
    float all;             // of N_h's logarithm: sum_t a^t + k
    float *n, *log_n;      // (window, V + 1, units)  log_n: times a^t
    float *won, *log_won;  // (units)                 log_won: times all
    float *y;              // (units)  work
};

struct column *column_new(const struct column_shape *shape, float first, struct random *random)
{
    CHECK(shape->V >= 1 && shape->units >= 1 && shape->window >= 1 && shape->window <= WINDOW,
          "V=%d units=%d window=%d", shape->V, shape->units, shape->window);
    struct column *c = calloc(1, sizeof *c);
    if (!c) die("out of memory: a column");
    size_t H = (size_t)shape->units, kinds = (size_t)shape->V + 1;
    size_t size = (size_t)shape->window * kinds * H;
    *c = (struct column){.shape = *shape, .all = shape->shy, .n = net_zeros(size)};
    c->log_n = net_zeros(size);
    c->won = net_zeros(H), c->log_won = net_zeros(H), c->y = net_zeros(H);
    float share = 1;
    for (int t = 0; t < shape->window; t++, share *= shape->near)
        c->weight[t] = share, c->all += share;
    // On average `first` / kinds: each of them up to twice as much.
    for (size_t i = 0; i < size; i++) {
        c->n[i] = 2 * first / (float)kinds * (random_float(random) + 0x1p-10f);
        c->log_n[i] = c->weight[i / (kinds * H)] * mathf_log(c->n[i]);
    }
    for (size_t h = 0; h < H; h++) c->won[h] = first, c->log_won[h] = c->all * mathf_log(first);
    return c;
}

void column_free(struct column *c)
{
    if (!c) return;
    free(c->n), free(c->log_n);
    free(c->won), free(c->log_won), free(c->y);
    free(c);
}

// row returns where the units' numbers begin for the character t + 1 places before a place.
static size_t row(const struct column *c, const int32_t *ids, size_t at, int t)
{
    size_t V = (size_t)c->shape.V, back = (size_t)t;
    size_t character = at > back ? (size_t)ids[at - 1 - back] : V;
    return (back * (V + 1) + character) * (size_t)c->shape.units;
}

// scores writes y, every unit's score; returns the largest.
static float scores(struct column *c, const int32_t *ids, size_t at)
{
    int H = c->shape.units;
    float *y = c->y;
    for (int h = 0; h < H; h++) y[h] = -c->log_won[h];
    for (int t = 0; t < c->shape.window; t++) {
        const float *log_n = c->log_n + row(c, ids, at, t);
        for (int h = 0; h < H; h++) y[h] += log_n[h];
    }
    float best = y[0];
    for (int h = 1; h < H; h++) best = y[h] > best ? y[h] : best;
    return best;
}

int column_active(struct column *c, const int32_t *ids, size_t at, int32_t *unit, float *y)
{
    float best = scores(c, ids, at), sum = 0;
    int H = c->shape.units, count = 0;
    for (int h = 0; h < H; h++) c->y[h] = mathf_exp(c->shape.sharp * (c->y[h] - best));
    for (int h = 0; h < H; h++) {
        if (c->y[h] < c->shape.least) continue;
        sum += c->y[h];
        y[count] = c->y[h], unit[count++] = h;
    }
    for (int i = 0; i < count; i++) y[i] /= sum;
    return count;
}

void column_learn(struct column *c, const int32_t *ids, size_t at, int count, const int32_t *unit,
                  const float *y)
{
    for (int t = 0; t < c->shape.window; t++) {
        size_t begin = row(c, ids, at, t);
        for (int i = 0; i < count; i++) {
            float *n = c->n + begin + unit[i];
            *n += y[i];
            c->log_n[begin + (size_t)unit[i]] = c->weight[t] * mathf_log(*n);
        }
    }
    for (int i = 0; i < count; i++) {
        float *won = c->won + unit[i];
        *won += y[i];
        c->log_won[unit[i]] = c->all * mathf_log(*won);
    }
}

float column_share(const struct column *c, int unit, int t, int32_t character)
{
    size_t at = (size_t)t * ((size_t)c->shape.V + 1) + (size_t)character;
    return c->n[at * (size_t)c->shape.units + (size_t)unit] / c->won[unit];
}

float column_won(const struct column *c, int unit)
{
    return c->won[unit];
}

size_t column_numbers(const struct column *c)
{
    size_t V = (size_t)c->shape.V;
    return (size_t)c->shape.units * ((size_t)c->shape.window * (V + 1) + 1);
}
