#include "artmap.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "mathf.h"

static const float ALPHA = 1e-3f;
enum { BLOCK = 256 };

struct artmap {
    struct artmap_shape shape;
    int count, whole;
    uint8_t *price;   // (window, V + 1, room)  what a character there costs a category: 0, a or 2 a
    int32_t *size;    // (room)
    int32_t *stands;  // (room)
    uint8_t *cost;    // (room)  work
    int32_t *choice;  // (room)  in the order of T, and at least 0
};

static void *zeros(size_t n, size_t size)
{
    void *x = calloc(n, size);
    if (!x) die("out of memory: %zu categories", n);
    return x;
}

struct artmap *artmap_new(const struct artmap_shape *shape)
{
    int sum = 0;
    CHECK(shape->V >= 1 && shape->room >= 1 && shape->window >= 1 && shape->window <= ARTMAP_WINDOW,
          "V=%d room=%d window=%d", shape->V, shape->room, shape->window);
    for (int t = 0; t < shape->window; t++) {
        CHECK(shape->near[t] <= shape->near[0], "near[%d]=%d", t, shape->near[t]);
        sum += 2 * shape->near[t];
    }
    CHECK(sum <= UINT8_MAX, "near: %d together", sum / 2);
    size_t room = (size_t)shape->room, kinds = (size_t)shape->V + 1;
    struct artmap *m = zeros(1, sizeof *m);
    *m = (struct artmap){.shape = *shape,
                         .whole = shape->window * (int)kinds * shape->near[0],
                         .price = zeros((size_t)shape->window * kinds * room, 1),
                         .size = zeros(room, sizeof *m->size),
                         .stands = zeros(room, sizeof *m->stands),
                         .cost = zeros(room, 1),
                         .choice = zeros(room, sizeof *m->choice)};
    return m;
}

void artmap_free(struct artmap *m)
{
    if (!m) return;
    free(m->price), free(m->size), free(m->stands), free(m->cost), free(m->choice);
    free(m);
}

int artmap_whole(const struct artmap *m)
{
    return m->whole;
}

// prices returns what the character c costs each category if it stands t + 1 places back.
static uint8_t *prices(const struct artmap *m, int t, int c)
{
    return m->price + (size_t)(t * (m->shape.V + 1) + c) * (size_t)m->shape.room;
}

// before returns the character t + 1 places before a place, V where the text begins.
static int before(const struct artmap *m, const int32_t *ids, size_t at, int t)
{
    return at > (size_t)t ? ids[at - 1 - (size_t)t] : m->shape.V;
}

const uint8_t *artmap_costs(struct artmap *m, const int32_t *ids, size_t at)
{
    // Bytes may alias anything, the compiler thinks: it is told that they do not.
    uint8_t *restrict cost = m->cost;
    int count = m->count;
    memset(cost, 0, (size_t)count);
    for (int t = 0; t < m->shape.window; t++) {
        const uint8_t *restrict price = prices(m, t, before(m, ids, at, t));
        for (int k = 0; k < count; k++) cost[k] = (uint8_t)(cost[k] + price[k]);
    }
    return cost;
}

// choose writes the order of T.  Near 1, where T is, floats are too coarse to tell which of those
// that cost nothing has lost least; near 0, where 1 - T = (alpha + cost) / (alpha + |w|) is, they
// are not.  As that is above 0 its bits are ordered as it is: integers, whose largest compilers
// find in vectors.
static void choose(struct artmap *m, const int32_t *ids, size_t at)
{
    const uint8_t *cost = artmap_costs(m, ids, at);
    const int32_t *size = m->size;
    int32_t *restrict choice = m->choice;
    int count = m->count, whole = m->whole;
    float alpha = ALPHA * (float)m->shape.near[0];
    for (int k = 0; k < count; k++) {
        float rest = (alpha + (float)cost[k]) / (alpha + (float)(whole - size[k]));
        choice[k] = INT32_MAX - (int32_t)mathf_bits(rest);
    }
}

// LARGEST returns from a function: the first category k with the largest choice of those that are
// `allowed`.  The largest of each block is found in vectors; which one it is, in one block only.
#define LARGEST(allowed)                                         \
    int32_t best = -1;                                           \
    int block = 0;                                               \
    for (int begin = 0; begin < count; begin += BLOCK) {         \
        int end = count < begin + BLOCK ? count : begin + BLOCK; \
        int32_t top = -1;                                        \
        for (int k = begin; k < end; k++) {                      \
            int32_t asked = (allowed) ? choice[k] : -1;          \
            top = asked > top ? asked : top;                     \
        }                                                        \
        if (top > best) best = top, block = begin;               \
    }                                                            \
    if (best < 0) return ARTMAP_NONE;                            \
    for (int k = block;; k++)                                    \
        if (choice[k] == best && (allowed)) return k;

// first returns the category with the largest T among those that would have lost at most `most`.
static int first(const struct artmap *m, int most)
{
    const int32_t *choice = m->choice, *size = m->size;
    const uint8_t *cost = m->cost;
    int count = m->count;
    LARGEST(size[k] + cost[k] <= most)
}

// nearest returns the category with the largest T among those that stand for c.
static int nearest(const struct artmap *m, int32_t c)
{
    const int32_t *choice = m->choice, *stands = m->stands;
    int count = m->count;
    LARGEST(stands[k] == c)
}

// begin makes a category of what stands before a place; there is room.
static int begin(struct artmap *m, const int32_t *ids, size_t at, int32_t c)
{
    int k = m->count++;
    m->stands[k] = c;
    for (int t = 0; t < m->shape.window; t++) {
        for (int v = 0; v <= m->shape.V; v++) prices(m, t, v)[k] = (uint8_t)(2 * m->shape.near[t]);
        prices(m, t, before(m, ids, at, t))[k] = 0;
    }
    return k;
}

// take_in lets a category learn what stands before a place.
static void take_in(struct artmap *m, const int32_t *ids, size_t at, int k)
{
    m->size[k] += m->cost[k];
    for (int t = 0; t < m->shape.window; t++) {
        uint8_t *price = prices(m, t, before(m, ids, at, t)) + k;
        if (*price == 0) continue;
        *price = 0;
        // A second character: what the first had of w is lost, and is not paid for again.
        for (int v = 0; v <= m->shape.V; v++)
            if (prices(m, t, v)[k]) prices(m, t, v)[k] = m->shape.near[t];
    }
}

int artmap_learn(struct artmap *m, const int32_t *ids, size_t at, int32_t c)
{
    CHECK(c >= 0 && c < m->shape.V, "c=%d V=%d", c, m->shape.V);
    choose(m, ids, at);
    // A match of rho or more is a loss of (1 - rho) M or less.
    int most = (int)((1 - m->shape.vigilance) * (float)m->whole);
    for (int k = first(m, most); k != ARTMAP_NONE; k = first(m, most)) {
        if (m->stands[k] == c) {
            take_in(m, ids, at, k);
            return k;
        }
        most = m->size[k] + m->cost[k] - 1;
    }
    return m->count < m->shape.room ? begin(m, ids, at, c) : nearest(m, c);
}

int artmap_count(const struct artmap *m)
{
    return m->count;
}

int artmap_size(const struct artmap *m, int category)
{
    return m->size[category];
}

const int32_t *artmap_stands(const struct artmap *m)
{
    return m->stands;
}
