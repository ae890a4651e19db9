#include "names.h"

#include <stdlib.h>
#include <string.h>

struct name {
    const char *bytes;
    size_t size;
    int32_t number;
};

struct names {
    struct name *sorted;
    int32_t count;
};

static int compare(const struct name *a, const struct name *b)
{
    int order = memcmp(a->bytes, b->bytes, a->size < b->size ? a->size : b->size);
    if (order) return order;
    return (a->size > b->size) - (a->size < b->size);
}

static int by_bytes(const void *x, const void *y)
{
    const struct name *a = x, *b = y;
    int order = compare(a, b);
    return order ? order : (a->number > b->number) - (a->number < b->number);
}

struct names *names_new(struct arena *memory, int32_t n, const char *const *bytes,
                        const size_t *size)
{
    struct names *m = arena_alloc(memory, sizeof *m);
    *m = (struct names){arena_alloc(memory, (size_t)n * sizeof *m->sorted), n};
    for (int32_t i = 0; i < n; i++) m->sorted[i] = (struct name){bytes[i], size[i], i};
    qsort(m->sorted, (size_t)n, sizeof *m->sorted, by_bytes);
    return m;
}

int32_t names_find(const struct names *m, size_t size, const char *bytes)
{
    struct name key = {bytes, size, 0};
    int32_t from = 0, to = m->count;
    while (from < to) {
        int32_t at = from + (to - from) / 2;
        int order = compare(&key, m->sorted + at);
        if (order == 0) return m->sorted[at].number;
        if (order < 0)
            to = at;
        else
            from = at + 1;
    }
    return -1;
}

int names_twice(const struct names *m, int32_t *first, int32_t *second)
{
    for (int32_t i = 1; i < m->count; i++) {
        if (compare(m->sorted + i - 1, m->sorted + i) != 0) continue;
        *first = m->sorted[i - 1].number, *second = m->sorted[i].number;
        return 1;
    }
    return 0;
}
