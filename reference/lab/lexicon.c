#include "lexicon.h"

#include <stdlib.h>

#include "categories.h"

// struct lexicon: a word is the category that its letters lead to, one by one from the root; of
// those that are whole words, and not only the beginning of one, 0 was counted behind.
struct lexicon {
    struct categories *tree;
    char *letter;  // (V)
};

static int is_letter(const struct lab_data *d, int32_t c)
{
    size_t size;
    char first = *chars_bytes(d->chars, c, &size);
    return size > 1 || (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z');
}

static void keep(struct lexicon *w, const int32_t *word, size_t count)
{
    int32_t at = CATEGORIES_ROOT;
    for (size_t i = 0; i < count; i++) at = categories_add(w->tree, at, word[i]);
    if (!categories_after(w->tree, at)) categories_count(w->tree, at, 0);
}

struct lexicon *lexicon_new(const struct lab_data *d)
{
    struct lexicon *w = malloc(sizeof *w);
    if (!w || !(w->letter = malloc((size_t)d->V))) die("out of memory: %d letters", d->V);
    for (int32_t c = 0; c < d->V; c++) w->letter[c] = (char)is_letter(d, c);
    w->tree = categories_new(d->V);
    size_t begin, size, at = 0;
    while ((size = lexicon_next(w, d->train.ids + at, d->train.count - at, &begin)) > 0) {
        keep(w, d->train.ids + at + begin, size);
        at += begin + size;
    }
    return w;
}

void lexicon_free(struct lexicon *w)
{
    if (!w) return;
    categories_free(w->tree);
    free(w->letter);
    free(w);
}

int lexicon_letter(const struct lexicon *w, int32_t c)
{
    return w->letter[c];
}

size_t lexicon_next(const struct lexicon *w, const int32_t *ids, size_t count, size_t *begin)
{
    size_t i = 0;
    while (i < count && !w->letter[ids[i]]) i++;
    *begin = i;
    while (i < count && w->letter[ids[i]]) i++;
    return i - *begin;
}

int lexicon_known(const struct lexicon *w, const int32_t *word, size_t count)
{
    int32_t at = CATEGORIES_ROOT;
    for (size_t i = 0; i < count && at != CATEGORIES_NONE; i++)
        at = categories_find(w->tree, at, word[i]);
    return at != CATEGORIES_NONE && categories_after(w->tree, at) > 0;
}
