// Another way: loops that count down what is left, and sums in double.
#include "reso.h"

#include <stdlib.h>

#include "error.h"

int reso_match(const struct categories *m, int levels, const int32_t *ids, size_t at, int32_t *path)
{
    int32_t row = CATEGORIES_ROOT;
    int found = 0;
    while (row != CATEGORIES_NONE) {
        path[found++] = row;
        if (found > levels || (size_t)found > at) break;
        row = categories_find(m, row, ids[at - (size_t)found]);
    }
    return found;
}

// at_length returns p_l(c), from the longest down to the uniform one.
static double at_length(const struct categories *m, const float *discount, int l,
                        const int32_t *path, int32_t c)
{
    if (l < 0) return 1.0 / categories_vocab(m);
    double shorter = at_length(m, discount, l - 1, path, c);
    int32_t after = categories_after(m, path[l]);
    if (after == 0) return shorter;
    double D = (double)discount[l], kept = categories_times(m, path[l], c) - D;
    return ((kept > 0 ? kept : 0) + D * categories_kinds(m, path[l]) * shorter) / after;
}

void reso_predict(const struct categories *m, const float *discount, int found, const int32_t *path,
                  float *p)
{
    for (int32_t c = 0; c < categories_vocab(m); c++)
        p[c] = (float)at_length(m, discount, found - 1, path, c);
}

int reso_learn(struct categories *m, int levels, const int32_t *ids, size_t at, int32_t c)
{
    int deep = (size_t)levels < at ? levels : (int)at;
    int32_t *path = malloc(((size_t)deep + 1) * sizeof *path);
    if (!path) die("out of memory: a path");
    path[0] = CATEGORIES_ROOT;
    for (int l = 1; l <= deep; l++) path[l] = categories_add(m, path[l - 1], ids[at - (size_t)l]);
    int l = deep, known = 0;
    while (l >= 0 && !known) {
        known = categories_times(m, path[l], c) != 0;
        categories_count(m, path[l], c);
        l--;
    }
    free(path);
    return known ? l + 1 : -1;
}
