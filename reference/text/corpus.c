#include "corpus.h"

#include <stdlib.h>
#include <string.h>

struct corpus {
    const int32_t *ids, *answers;  // what is read, and what follows: as a rule the same
    int T;
    uint64_t seed, position;
    uint64_t epoch;   // the epoch that order and offset belong to
    size_t windows;   // in every epoch
    size_t slack;     // ids left over: the offset is at most this
    size_t offset;    // where the first window begins
    uint32_t *order;  // (windows)  the permutation
    corpus_shuffle *shuffle;
};

// begin_epoch draws where the windows of one epoch begin, and then their order.
static void begin_epoch(struct corpus *c, uint64_t epoch)
{
    // An epoch's numbers start at a place of its own, far from the others'.
    struct random r = random_start(c->seed, RANDOM_SHUFFLE);
    r.position = epoch << 34;
    c->epoch = epoch;
    c->offset = random_below(&r, (uint32_t)c->slack + 1);
    c->shuffle(&r, (uint32_t)c->windows, c->order);
}

enum err corpus_new(size_t n, const int32_t *ids, int T, uint64_t seed, corpus_shuffle *shuffle,
                    struct corpus **out, struct error *e)
{
    CHECK(T > 0, "T=%d", T);
    size_t length = (size_t)T;
    if (n < length + 1)
        return error_set(e, ERR_VALUE,
                         "the text has %zu tokens: expected at least context + 1, %zu", n,
                         length + 1);
    // One window less than fits leaves the offset a whole window to vary in.
    size_t fits = (n - 1) / length, windows = fits > 1 ? fits - 1 : 1;
    if (windows > UINT32_MAX / 2)
        return error_set(e, ERR_VALUE, "the text has %zu windows: expected at most %u", windows,
                         UINT32_MAX / 2);
    struct corpus *c = calloc(1, sizeof *c);
    uint32_t *order = malloc(windows * sizeof *order);
    if (!c || !order) die("out of memory: %zu windows", windows);
    *c = (struct corpus){.ids = ids,
                         .answers = ids,
                         .T = T,
                         .seed = seed,
                         .windows = windows,
                         .slack = n - 1 - windows * length,
                         .order = order,
                         .shuffle = shuffle};
    begin_epoch(c, 0);
    *out = c;
    return ERR_NONE;
}

void corpus_free(struct corpus *c)
{
    if (!c) return;
    free(c->order);
    free(c);
}

void corpus_next(struct corpus *c, int B, int32_t *tokens, int32_t *target)
{
    size_t T = (size_t)c->T;
    for (int b = 0; b < B; b++, tokens += T, target += T) {
        uint64_t epoch = c->position / c->windows;
        if (epoch != c->epoch) begin_epoch(c, epoch);
        size_t window = c->order[c->position++ % c->windows];
        size_t from = c->offset + window * T;
        memcpy(tokens, c->ids + from, T * sizeof *tokens);
        memcpy(target, c->answers + from + 1, T * sizeof *target);
    }
}

void corpus_answers(struct corpus *c, const int32_t *answers)
{
    c->answers = answers;
}

uint64_t corpus_position(const struct corpus *c)
{
    return c->position;
}

void corpus_seek(struct corpus *c, uint64_t position)
{
    c->position = position;
}

size_t corpus_windows(const struct corpus *c)
{
    return c->windows;
}
