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
