#include "widen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"

// turned writes w (rows, columns) as y (columns, rows).
static void turned(int rows, int columns, const float *w, float *y)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < columns; c++) y[c * rows + r] = w[r * columns + c];
}

// first: the first matrix is (inputs, outputs), and grow_matrix makes those that are (outputs,
// inputs).
static void first(const struct net *n, struct net *wide, struct random *r)
{
    int I = net_width(n, 0), H = n->shape.hidden, wider = wide->shape.hidden;
    float *old = net_zeros((size_t)(I * H)), *new = net_zeros((size_t)(I * wider));
    turned(I, H, n->w[0], old);
    grow_matrix(H, I, old, wider, I, sqrtf(2 / (float)n->shape.window), r, new);
    turned(wider, I, new, wide->w[0]);
    free(old);
    free(new);
}

struct net *widen(const struct net *n, int hidden, struct random *r)
{
    CHECK(hidden >= n->shape.hidden, "hidden=%d of %d", hidden, n->shape.hidden);
    struct net_shape shape = n->shape;
    shape.hidden = hidden;
    struct net *wide = net_new(&shape, 0);
    wide->epsilon = n->epsilon;
    first(n, wide, r);
    for (int l = 0; l <= shape.layers; l++) {
        int I = net_width(n, l), O = net_width(n, l + 1), I2 = net_width(wide, l),
            O2 = net_width(wide, l + 1);
        if (l > 0) grow_matrix(O, I, n->w[l], O2, I2, sqrtf(2 / (float)I2), r, wide->w[l]);
        grow_matrix(O, 1, n->b[l], O2, 1, 0, r, wide->b[l]);
    }
    return wide;
}
