// Another way: learning goes down by calling itself, and counts on the way back up.
#include "reso.h"

int reso_match(const struct categories *m, int levels, const int32_t *ids, size_t at, int32_t *path)
{
    path[0] = CATEGORIES_ROOT;
    for (int l = 1; l <= levels; l++) {
        if (at < (size_t)l) return l;
        int32_t next = categories_find(m, path[l - 1], ids[at - (size_t)l]);
        if (next == CATEGORIES_NONE) return l;
        path[l] = next;
    }
    return levels + 1;
}

void reso_predict(const struct categories *m, const float *discount, int found, const int32_t *path,
                  float *p)
{
    int V = categories_vocab(m);
    for (int c = 0; c < V; c++) p[c] = 1.0f / (float)V;
    for (int l = 0; l < found; l++) {
        int32_t row = path[l], after = categories_after(m, row);
        float D = discount[l];
        for (int c = 0; c < V && after > 0; c++) {
            float times = (float)categories_times(m, row, c);
            float mine = times > D ? times - D : 0;
            p[c] = (mine + D * (float)categories_kinds(m, row) * p[c]) / (float)after;
        }
    }
}

// learn_from learns in the longest category first: returns the length that knew, -1 for none.
static int learn_from(struct categories *m, int32_t row, int l, int levels, const int32_t *ids,
                      size_t at, int32_t c)
{
    if (l < levels && at > (size_t)l) {
        int32_t longer = categories_add(m, row, ids[at - 1 - (size_t)l]);
        int knew = learn_from(m, longer, l + 1, levels, ids, at, c);
        if (knew >= 0) return knew;
    }
    int known = categories_times(m, row, c) > 0;
    categories_count(m, row, c);
    return known ? l : -1;
}

int reso_learn(struct categories *m, int levels, const int32_t *ids, size_t at, int32_t c)
{
    return learn_from(m, CATEGORIES_ROOT, 0, levels, ids, at, c);
}
