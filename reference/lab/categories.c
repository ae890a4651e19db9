#include "categories.h"

#include <stdlib.h>

#include "counts.h"
#include "error.h"

// struct follower: a character behind a category, in a list of them.
struct follower {
    int32_t c, times, next;
};

struct category {
    int32_t after, kinds, first;
};

// A category's number is that of its row in the table: its characters, the nearest first.
struct categories {
    int V;
    struct counts *rows;
    struct category *categories;
    struct follower *followers;
    size_t categories_room, followers_count, followers_room;
    size_t categories_count;
};

static void *grown(void *old, size_t count, size_t *room, size_t size)
{
    if (count < *room) return old;
    *room = *room ? 2 * *room : 1024;
    void *new = realloc(old, *room * size);
    if (!new) die("out of memory: %zu categories", *room);
    return new;
}

// begin makes the record of a category that is new.
static void begin(struct categories *m, int32_t category)
{
    m->categories =
        grown(m->categories, (size_t)category, &m->categories_room, sizeof *m->categories);
    m->categories[category] = (struct category){.first = CATEGORIES_NONE};
    m->categories_count = (size_t)category + 1;
}

struct categories *categories_new(int V)
{
    CHECK(V >= 1, "V=%d", V);
    struct categories *m = calloc(1, sizeof *m);
    if (!m) die("out of memory: a memory");
    m->V = V;
    m->rows = counts_new();
    begin(m, CATEGORIES_ROOT);
    return m;
}

void categories_free(struct categories *m)
{
    if (!m) return;
    counts_free(m->rows);
    free(m->categories);
    free(m->followers);
    free(m);
}

int categories_vocab(const struct categories *m)
{
    return m->V;
}

int32_t categories_find(const struct categories *m, int32_t category, int32_t c)
{
    return counts_find(m->rows, category, c);
}

int32_t categories_add(struct categories *m, int32_t category, int32_t c)
{
    CHECK(c >= 0 && c < m->V, "c=%d V=%d", c, m->V);
    int32_t child = counts_add(m->rows, category, c);
    if ((size_t)child == m->categories_count) begin(m, child);
    return child;
}

static const struct category *at(const struct categories *m, int32_t category)
{
    CHECK(category >= 0 && (size_t)category < m->categories_count, "category=%d of %zu", category,
          m->categories_count);
    return m->categories + category;
}

// find returns the place of c in a category's list, or CATEGORIES_NONE.
static int32_t find(const struct categories *m, int32_t category, int32_t c)
{
    int32_t f = at(m, category)->first;
    while (f != CATEGORIES_NONE && m->followers[f].c != c) f = m->followers[f].next;
    return f;
}

int32_t categories_times(const struct categories *m, int32_t category, int32_t c)
{
    int32_t f = find(m, category, c);
    return f == CATEGORIES_NONE ? 0 : m->followers[f].times;
}

int32_t categories_after(const struct categories *m, int32_t category)
{
    return at(m, category)->after;
}

int32_t categories_kinds(const struct categories *m, int32_t category)
{
    return at(m, category)->kinds;
}

void categories_count(struct categories *m, int32_t category, int32_t c)
{
    CHECK(c >= 0 && c < m->V, "c=%d V=%d", c, m->V);
    int32_t f = find(m, category, c);
    struct category *k = m->categories + category;
    if (f == CATEGORIES_NONE) {
        m->followers =
            grown(m->followers, m->followers_count, &m->followers_room, sizeof *m->followers);
        f = (int32_t)m->followers_count++;
        m->followers[f] = (struct follower){.c = c, .next = k->first};
        k->first = f;
        k->kinds++;
    }
    m->followers[f].times++;
    k->after++;
}

int32_t categories_first(const struct categories *m, int32_t category)
{
    return at(m, category)->first;
}

int32_t categories_next(const struct categories *m, int32_t follower, int32_t *c, int32_t *times)
{
    const struct follower *f = m->followers + follower;
    *c = f->c;
    *times = f->times;
    return f->next;
}

size_t categories_numbers(const struct categories *m)
{
    return m->followers_count;
}
