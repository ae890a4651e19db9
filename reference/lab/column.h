// column: units that compete for what stands before a place, and learn by Hebb's rule: a unit that
// wins moves towards what it won, and nobody tells it what that is good for.
//
// A unit h of a column has a share w_h(t, c) for each character c, t places back, of the `window`
// characters before a place (c = V where the text begins), and N_h, how much it has won:
//
//   score_h = sum_t a^t log w_h(t, x_t) - k log N_h       y = softmax(sharp score)
//   N_h <- N_h + y_h        w_h(t, c) <- w_h(t, c) + y_h / N_h ([c = x_t] - w_h(t, c))
//
// The second line is Hebb's: what is there when a unit is active becomes more likely to make it
// active, and what is not less.  The rate y_h / N_h makes w_h the mean of all that the unit won.
// So does k log N_h, for whoever wins much, make it harder to win more: else a few take all.
// Units below `least` of the strongest are silent.
// Sources: Journé et al. 2023, "Hebbian deep learning without feedback" (arXiv 2209.11883),
// section 3 (soft competition, a rate for each unit); Nowlan 1990, "Maximum likelihood competitive
// learning"; DeSieno 1988, "Adding a conscience to competitive learning" (k).
#ifndef GPT_COLUMN_H
#define GPT_COLUMN_H

#include <stddef.h>
#include <stdint.h>

#include "random.h"

struct column;

// struct column_shape: a column's size, and the numbers above.
struct column_shape {
    int V, units, window;
    float near;   // a: what a character counts that is one further back
    float sharp;  // 1: as likelihood has it; more: fewer units are active
    float shy;    // k
    float least;  // below 1
};

// column_new draws how the units begin: w_h(t, c) even, but for chance, and worth `first` examples.
struct column *column_new(const struct column_shape *shape, float first, struct random *random);
void column_free(struct column *c);  // c may be NULL

// column_active tells which units are active before a place, and how much: returns how many.
//   ids   ids[0 … at) is what stands before the place
//   unit  (units)  their numbers, rising
//   y     (units)  y[i] > 0 is unit[i]'s; they add up to 1
// Cost: window units additions, and as many exponentials as units.
int column_active(struct column *c, const int32_t *ids, size_t at, int32_t *unit, float *y);

// column_learn lets `count` units learn from what stands before a place.
void column_learn(struct column *c, const int32_t *ids, size_t at, int count, const int32_t *unit,
                  const float *y);

// column_share returns w_h(t, c), column_won N_h; 0 <= c <= V.
float column_share(const struct column *c, int unit, int t, int32_t character);
float column_won(const struct column *c, int unit);

// column_numbers returns how many numbers it learns.
size_t column_numbers(const struct column *c);

#endif
