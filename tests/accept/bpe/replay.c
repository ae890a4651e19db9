// All pieces in one row with a wall between two, every occurrence of its own; pairs are counted by
// sorting them; encoding replays every merge of the vocabulary, one after the other.
#include "bpe.h"

#include <stdlib.h>
#include <string.h>

enum { WALL = -1 };

size_t bpe_join(size_t n, int32_t *ids, int32_t left, int32_t right, int32_t made)
{
    size_t gone = 0;  // ids[i - gone] is where ids[i] goes
    for (size_t i = 0; i < n; i++) {
        ids[i - gone] = ids[i];
        if (i + 1 == n || ids[i] != left || ids[i + 1] != right) continue;
        ids[i - gone] = made;
        gone++, i++;
    }
    return n - gone;
}

static void *need(void *memory)
{
    if (!memory) die("out of memory: byte pairs");
    return memory;
}

static int by_value(const void *x, const void *y)
{
    uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
    return a < b ? -1 : a > b;
}

// most_frequent returns how many places the pair to join has.
static size_t most_frequent(size_t n, const int32_t *row, uint64_t *sorted, int32_t *left,
                            int32_t *right)
{
    size_t pairs = 0, best = 0;
    for (size_t i = 0; i + 1 < n; i++)
        if (row[i] != WALL && row[i + 1] != WALL)
            sorted[pairs++] = (uint64_t)row[i] << 32 | (uint64_t)row[i + 1];
    qsort(sorted, pairs, sizeof *sorted, by_value);
    for (size_t i = 0, end; i < pairs; i = end) {
        for (end = i; end < pairs && sorted[end] == sorted[i];) end++;
        if (end - i <= best) continue;
        best = end - i;
        *left = (int32_t)(sorted[i] >> 32), *right = (int32_t)(sorted[i] & 0xFFFFFFFF);
    }
    return best;
}

enum err bpe_train(size_t size, const char *text, int tokens, int specials,
                   const char *const *special, struct vocab **v, struct error *e)
{
    if (tokens < VOCAB_BYTES || tokens - VOCAB_BYTES < specials)
        return error_set(e, ERR_VALUE, "%d tokens: expected at least %d bytes and %d specials",
                         tokens, VOCAB_BYTES, specials);
    struct vocab *bare;
    enum err code = vocab_new(0, NULL, specials, special, &bare, e);
    if (code) return code;
    int32_t *row = need(malloc((2 * size + 1) * sizeof *row));
    uint64_t *sorted = need(malloc((2 * size + 1) * sizeof *sorted));
    int32_t *merge = need(malloc((2 * size + 2) * sizeof *merge));
    size_t n = 0;
    struct piece p;
    struct pieces *walk = pieces_start(vocab_pattern(bare), size, text);
    while (pieces_next(walk, &p)) {
        for (size_t i = 0; i < p.size && p.special < 0; i++)
            row[n++] = vocab_byte_id((unsigned char)p.text[i]);
        row[n++] = WALL;
    }
    pieces_end(walk);
    vocab_free(bare);
    int merges = 0;
    int32_t left, right;
    while (VOCAB_BYTES + merges + specials < tokens &&
           most_frequent(n, row, sorted, &left, &right) > 1) {
        n = bpe_join(n, row, left, right, VOCAB_BYTES + merges);
        merge[2 * merges] = left, merge[2 * merges + 1] = right;
        merges++;
    }
    code = vocab_new(merges, merge, specials, special, v, e);
    free(row);
    free(sorted);
    free(merge);
    return code;
}

int32_t *bpe_encode(const struct vocab *v, size_t size, const char *text, size_t *count)
{
    int32_t *ids = need(malloc((size + 1) * sizeof *ids));
    size_t n = 0;
    struct piece p;
    struct pieces *walk = pieces_start(vocab_pattern(v), size, text);
    while (pieces_next(walk, &p)) {
        if (p.special >= 0) {
            ids[n++] = VOCAB_BYTES + vocab_merges(v) + p.special;
            continue;
        }
        size_t m = 0;
        while (m < p.size) ids[n + m] = vocab_byte_id((unsigned char)p.text[m]), m++;
        for (int i = 0; i < vocab_merges(v); i++) {
            int32_t left, right;
            vocab_merge(v, i, &left, &right);
            m = bpe_join(m, ids + n, left, right, VOCAB_BYTES + i);
        }
        n += m;
    }
    pieces_end(walk);
    *count = n;
    return ids;
}

char *bpe_decode(const struct vocab *v, size_t count, const int32_t *ids, size_t *size)
{
    // From the end to the beginning, once it is known where the end is.
    size_t one, at = 0;
    for (size_t i = count; i-- > 0; at += one) vocab_bytes(v, ids[i], &one);
    char *text = need(malloc(at + 1));
    *size = at;
    text[at] = 0;
    for (size_t i = count; i-- > 0;) {
        const char *bytes = vocab_bytes(v, ids[i], &one);
        at -= one;
        memcpy(text + at, bytes, one);
    }
    return text;
}
