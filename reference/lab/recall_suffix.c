#include "recall_suffix.h"

#include "reso.h"

// A longer row has fewer counts, and more of them are chance.
static const float DISCOUNT[RECALL_SUFFIX_LEVELS + 1] = {0.5f, 0.5f,  0.75f, 0.85f,
                                                         0.9f, 0.92f, 0.95f, 0.95f};

static void *read_text(int V, size_t n, const int32_t *ids)
{
    struct categories *m = categories_new(V);
    for (size_t at = 0; at < n; at++) reso_learn(m, RECALL_SUFFIX_LEVELS, ids, at, ids[at]);
    return m;
}

static int predict(const void *self, size_t n, const int32_t *ids, float *p)
{
    int32_t path[RECALL_SUFFIX_LEVELS + 1];
    int found = reso_match(self, RECALL_SUFFIX_LEVELS, ids, n, path);
    reso_predict(self, DISCOUNT, found, path, p);
    return found - 1;
}

static void forget(void *self)
{
    categories_free(self);
}

const struct recall_kind RECALL_SUFFIX = {read_text, predict, forget, RECALL_SUFFIX_LEVELS};
