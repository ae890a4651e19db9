#include "reso.h"

#include "error.h"

int reso_match(const struct categories *m, int levels, const int32_t *ids, size_t at, int32_t *path)
{
    CHECK(levels >= 0 && levels <= RESO_LEVELS, "levels=%d", levels);
    // SOLUTION BEGIN
    int found = 1;
    path[0] = CATEGORIES_ROOT;
    for (; found <= levels && (size_t)found <= at; found++) {
        path[found] = categories_find(m, path[found - 1], ids[at - (size_t)found]);
        if (path[found] == CATEGORIES_NONE) break;
    }
    return found;
    // SOLUTION END
}

void reso_predict(const struct categories *m, const float *discount, int found, const int32_t *path,
                  float *p)
{
    // SOLUTION BEGIN
    int V = categories_vocab(m);
    for (int c = 0; c < V; c++) p[c] = 1 / (float)V;
    for (int l = 0; l < found; l++) {
        float after = (float)categories_after(m, path[l]);
        if (after == 0) continue;
        float passed = discount[l] * (float)categories_kinds(m, path[l]) / after;
        for (int c = 0; c < V; c++) p[c] *= passed;
        for (int32_t f = categories_first(m, path[l]); f != CATEGORIES_NONE;) {
            int32_t c, times;
            f = categories_next(m, f, &c, &times);
            p[c] += ((float)times - discount[l]) / after;
        }
    }
    // SOLUTION END
}

int reso_learn(struct categories *m, int levels, const int32_t *ids, size_t at, int32_t c)
{
    CHECK(levels >= 0 && levels <= RESO_LEVELS, "levels=%d", levels);
    // SOLUTION BEGIN
    int32_t path[RESO_LEVELS + 1] = {CATEGORIES_ROOT};
    int l = 0;
    for (; l < levels && (size_t)l < at; l++)
        path[l + 1] = categories_add(m, path[l], ids[at - 1 - (size_t)l]);
    for (; l >= 0; l--) {
        int known = categories_times(m, path[l], c) > 0;
        categories_count(m, path[l], c);
        if (known) break;
    }
    return l;
    // SOLUTION END
}
