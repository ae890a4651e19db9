#include "renamed.h"

#include <stdlib.h>

#include "limits.h"
#include "random.h"

static int32_t *room(size_t n)
{
    int32_t *ids = malloc((n + 1) * sizeof *ids);
    if (!ids) die("out of memory: %zu characters", n);
    return ids;
}

int32_t *renamed_names(int V, uint64_t seed)
{
    struct random random = random_start(seed, LAB_RENAME);
    int32_t *name = room((size_t)V);
    limits_rename(V, &random, name);
    return name;
}

struct lab_text renamed_text(const struct lab_text *text, const int32_t *name)
{
    struct lab_text out = {text->count, room(text->count)};
    for (size_t i = 0; i < text->count; i++) out.ids[i] = name[text->ids[i]];
    return out;
}

// by_frequency writes the ids of a text, the most frequent first.
static void by_frequency(int V, const struct lab_text *text, int32_t *order)
{
    size_t *times = calloc((size_t)V, sizeof *times);
    if (!times) die("out of memory: %d counts", V);
    for (size_t i = 0; i < text->count; i++) times[text->ids[i]]++;
    for (int c = 0; c < V; c++) {
        int k = c;
        for (; k > 0 && times[order[k - 1]] < times[c]; k--) order[k] = order[k - 1];
        order[k] = c;
    }
    free(times);
}

int32_t *renamed_guess(int V, const struct lab_text *known, const struct lab_text *strange)
{
    int32_t *there = room((size_t)V), *here = room((size_t)V), *back = room((size_t)V);
    by_frequency(V, known, here);
    by_frequency(V, strange, there);
    for (int k = 0; k < V; k++) back[there[k]] = here[k];
    free(here);
    free(there);
    return back;
}
