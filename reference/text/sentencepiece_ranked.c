// The merges of a vocabulary of which only the scores are known.
#include <math.h>
#include <stdlib.h>

#include "sentencepiece_parts.h"

// struct scored: a merge that is not in its place yet.  Lengths are in characters.
struct scored {
    float score;
    size_t left_length, right_length;
    int32_t left, right, made;
};

static int earlier(const void *x, const void *y)
{
    const struct scored *a = x, *b = y;
    if (a->score < b->score || a->score > b->score) return a->score > b->score ? -1 : 1;
    if (a->left_length != b->left_length) return a->left_length > b->left_length ? -1 : 1;
    if (a->right_length != b->right_length) return a->right_length > b->right_length ? -1 : 1;
    if (a->made != b->made) return a->made < b->made ? -1 : 1;
    return (a->left > b->left) - (a->left < b->left);
}

// is_text says whether a piece may be part of a merge that a score asks for.
static int is_text(const struct sentencepiece *s, int32_t id)
{
    return id >= 0 && !s->is_special[id] && sentencepiece_byte(s->piece[id]) < 0;
}

// is_start says whether a character begins at this byte of UTF-8.
static int is_start(char byte)
{
    return ((unsigned char)byte & 0xC0) != 0x80;
}

// splits writes the merges that make piece id, at most one for each of its characters, and returns
// how many there are.
static size_t splits(const struct sentencepiece *s, int32_t id, float score, struct scored *out)
{
    size_t n = 0, size = s->piece_size[id], length = 0, before = 0;
    const char *piece = s->piece[id];
    for (size_t at = 0; at < size; at++) length += (size_t)is_start(piece[at]);
    for (size_t at = 1; at < size; at++) {
        if (!is_start(piece[at])) continue;
        before++;
        int32_t left = names_find(s->names, at, piece);
        int32_t right = names_find(s->names, size - at, piece + at);
        if (is_text(s, left) && is_text(s, right))
            out[n++] = (struct scored){score, before, length - before, left, right, id};
    }
    return n;
}

enum err sentencepiece_ranked(const struct sentencepiece *s, const float *score, int32_t **merge,
                              int32_t *n, struct error *e)
{
    size_t most = 0, found = 0;
    for (int32_t id = 0; id < s->V; id++) {
        if (!isfinite(score[id]))
            return error_set(e, ERR_VALUE, "piece %d: expected a score that is a number", id);
        most += s->piece_size[id];
    }
    struct scored *all = malloc(most * sizeof *all);
    *merge = malloc(most * 2 * sizeof **merge);
    if (!all || !*merge || most > INT32_MAX / 2) die("out of memory: %zu bytes of pieces", most);
    for (int32_t id = 0; id < s->V; id++)
        if (is_text(s, id)) found += splits(s, id, score[id], all + found);
    qsort(all, found, sizeof *all, earlier);
    for (size_t i = 0; i < found; i++)
        (*merge)[2 * i] = all[i].left, (*merge)[2 * i + 1] = all[i].right;
    free(all);
    *n = (int32_t)found;
    return ERR_NONE;
}
