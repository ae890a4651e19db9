#include "corpus.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "train.h"

// The ids are their own places, so that a window says where it was cut.
static int32_t *places(size_t n)
{
    int32_t *ids = malloc(n * sizeof *ids);
    cr_assert(ids != NULL);
    for (size_t i = 0; i < n; i++) ids[i] = (int32_t)i;
    return ids;
}

static struct corpus *make(size_t n, const int32_t *ids, int T, uint64_t seed)
{
    struct corpus *c = NULL;
    struct error e;
    cr_assert(corpus_new(n, ids, T, seed, train_shuffle, &c, &e) == ERR_NONE, "n=%zu T=%d", n, T);
    return c;
}

// start takes one window, checks that it lies in the text and that its target is the text one
// further, and returns where it begins.
static int32_t start(struct corpus *c, size_t n, int T)
{
    int32_t tokens[64], target[64];
    cr_assert(T <= 64);
    corpus_next(c, 1, tokens, target);
    for (int t = 0; t < T; t++) {
        cr_assert(tokens[t] == tokens[0] + t, "token %d is %d", t, tokens[t]);
        cr_assert(target[t] == tokens[0] + t + 1, "target %d is %d", t, target[t]);
    }
    cr_assert(tokens[0] >= 0 && (size_t)target[T - 1] < n, "a window reaches %d", target[T - 1]);
    return tokens[0];
}

static const struct {
    size_t n;
    int T;
} SIZES[] = {{2, 1},  {3, 1},  {5, 1},  {9, 8},    {10, 8},    {16, 8},  {17, 8},
             {18, 8}, {24, 8}, {25, 8}, {1000, 7}, {1000, 64}, {77, 38}, {4097, 16}};
enum { SIZE_COUNT = sizeof SIZES / sizeof *SIZES };

Test(corpus, an_epoch_has_every_window_once)
{
    for (int i = 0; i < SIZE_COUNT; i++) {
        size_t n = SIZES[i].n;
        int T = SIZES[i].T;
        int32_t *ids = places(n);
        struct corpus *c = make(n, ids, T, 1);
        size_t windows = corpus_windows(c), fit = (n - 1) / (size_t)T;
        cr_assert(windows >= 1 && windows <= fit && windows + 1 >= fit, "n=%zu T=%d: %zu", n, T,
                  windows);
        unsigned char *seen = malloc(n);
        for (int epoch = 0; epoch < 3; epoch++) {
            memset(seen, 0, n);
            int32_t first = INT32_MAX, last = -1;
            for (size_t w = 0; w < windows; w++) {
                int32_t at = start(c, n, T);
                cr_assert(!seen[at]++, "n=%zu T=%d epoch %d: twice from %d", n, T, epoch, at);
                first = at < first ? at : first;
                last = at > last ? at : last;
            }
            // Different windows, as many as there are steps of T from the first to the last.
            cr_assert((size_t)(last - first) == (windows - 1) * (size_t)T, "they tile the text");
            for (int32_t at = first; at <= last; at += T) cr_assert(seen[at], "not from %d", at);
        }
        cr_assert(corpus_position(c) == 3 * windows);
        free(seen);
        corpus_free(c);
        free(ids);
    }
    corpus_free(NULL);
}

Test(corpus, epochs_begin_at_every_offset_there_is_room_for)
{
    for (int i = 0; i < SIZE_COUNT; i++) {
        size_t n = SIZES[i].n;
        int T = SIZES[i].T;
        int32_t *ids = places(n);
        struct corpus *c = make(n, ids, T, 3);
        size_t windows = corpus_windows(c), room = n - 1 - windows * (size_t)T;
        cr_assert(room < 2 * (size_t)T);
        int seen[128] = {0};
        for (int epoch = 0; epoch < 1000; epoch++) {
            corpus_seek(c, (uint64_t)epoch * windows);
            int32_t first = INT32_MAX;
            // Any window tells the offset but for whole windows; when there are two, look at both.
            for (size_t w = 0; w < (windows < 50 ? windows : 1); w++) {
                int32_t at = start(c, n, T);
                first = at < first ? at : first;
            }
            seen[windows < 50 ? first : first % T]++;
        }
        for (size_t o = 0; o <= (windows < 50 ? room : (size_t)T - 1); o++) {
            cr_assert(seen[o] > 0, "n=%zu T=%d: never an offset of %zu", n, T, o);
        }
        corpus_free(c);
        free(ids);
    }
}

// order writes where the windows of one epoch begin, less the first of them.
static void order(struct corpus *c, size_t n, int T, int epoch, int32_t *at)
{
    size_t windows = corpus_windows(c);
    corpus_seek(c, (uint64_t)epoch * windows);
    int32_t first = INT32_MAX;
    for (size_t w = 0; w < windows; w++) {
        at[w] = start(c, n, T);
        first = at[w] < first ? at[w] : first;
    }
    for (size_t w = 0; w < windows; w++) at[w] -= first;
}

Test(corpus, seeds_and_epochs_differ_in_order_and_equal_ones_do_not)
{
    enum { n = 1000, T = 7 };
    int32_t *ids = places(n), a[n], b[n];
    struct corpus *one = make(n, ids, T, 1), *two = make(n, ids, T, 2), *again = make(n, ids, T, 1);
    size_t bytes = corpus_windows(one) * sizeof *a;
    order(one, n, T, 0, a);
    order(again, n, T, 0, b);
    cr_assert(memcmp(a, b, bytes) == 0, "the same seed gives the same order");
    order(two, n, T, 0, b);
    cr_assert(memcmp(a, b, bytes) != 0, "another seed gives another");
    order(one, n, T, 1, b);
    cr_assert(memcmp(a, b, bytes) != 0, "and so does another epoch");
    corpus_free(one), corpus_free(two), corpus_free(again);
    free(ids);
}

Test(corpus, every_window_comes_at_every_place_of_the_order)
{
    // 5 windows, 5000 epochs: 1000 expected in each of 25 cells, deviation 28; 6 of them allowed.
    enum { T = 4, WINDOWS = 5, n = 1 + (WINDOWS + 1) * T, EPOCHS = 5000 };
    int32_t *ids = places(n), at[WINDOWS];
    struct corpus *c = make(n, ids, T, 9);
    cr_assert(corpus_windows(c) == WINDOWS);
    int count[WINDOWS][WINDOWS] = {0};
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
        order(c, n, T, epoch, at);
        for (int i = 0; i < WINDOWS; i++) count[i][at[i] / T]++;
    }
    for (int i = 0; i < WINDOWS * WINDOWS; i++) {
        int times = count[i / WINDOWS][i % WINDOWS];
        cr_assert(abs(times - 1000) < 170, "place %d, window %d: %d times", i / 5, i % 5, times);
    }
    corpus_free(c);
    free(ids);
}

Test(corpus, seeking_is_the_same_as_going_there)
{
    enum { n = 100, T = 6, STEPS = 200 };
    int32_t *ids = places(n), walked[STEPS];
    struct corpus *c = make(n, ids, T, 5);
    for (int i = 0; i < STEPS; i++) {
        cr_assert(corpus_position(c) == (uint64_t)i);
        walked[i] = start(c, n, T);
    }
    for (int i = 0; i < STEPS; i++) {
        int to = i * 73 % STEPS;  // forward and back, across epochs
        corpus_seek(c, (uint64_t)to);
        cr_assert(corpus_position(c) == (uint64_t)to);
        cr_assert(start(c, n, T) == walked[to], "after a seek to %d", to);
        struct corpus *fresh = make(n, ids, T, 5);
        corpus_seek(fresh, (uint64_t)to);
        cr_assert(start(fresh, n, T) == walked[to], "after a seek to %d from the start", to);
        corpus_free(fresh);
    }
    corpus_free(c);
    free(ids);
}

Test(corpus, a_batch_is_windows_in_a_row)
{
    enum { n = 100, T = 6, B = 40 };  // more than two epochs at once
    int32_t *ids = places(n);
    struct corpus *c = make(n, ids, T, 5), *single = make(n, ids, T, 5);
    cr_assert(corpus_windows(c) < B / 2);
    int32_t tokens[B * T], target[B * T];
    corpus_next(c, B, tokens, target);
    cr_assert(corpus_position(c) == B);
    for (int b = 0; b < B; b++) {
        int32_t at = start(single, n, T);
        for (int t = 0; t < T; t++) {
            cr_assert(tokens[b * T + t] == at + t && target[b * T + t] == at + t + 1, "b=%d", b);
        }
    }
    corpus_free(c), corpus_free(single);
    free(ids);
}

Test(corpus, targets_may_come_from_other_ids)
{
    enum { n = 23, T = 4 };
    int32_t *ids = places(n), answers[n], tokens[3 * T], target[3 * T];
    for (int i = 0; i < n; i++) answers[i] = 100 + i;
    struct corpus *c = make(n, ids, T, 1);
    corpus_answers(c, answers);
    for (int batch = 0; batch < 6; batch++) {  // over the end of an epoch
        corpus_next(c, 3, tokens, target);
        for (int i = 0; i < 3 * T; i++) cr_assert_eq(target[i], 100 + tokens[i] + 1);
    }
    corpus_free(c);
    free(ids);
}

Test(corpus, a_text_without_one_window_is_refused)
{
    int32_t ids[9] = {0};
    for (size_t n = 0; n <= 8; n++) {
        struct corpus *c = (struct corpus *)ids;
        struct error e = {0};
        cr_assert(corpus_new(n, ids, 8, 1, train_shuffle, &c, &e) == ERR_VALUE, "n=%zu", n);
        cr_assert(e.code == ERR_VALUE && strstr(e.text, "9") != NULL, "%s", e.text);
        cr_assert(c == (struct corpus *)ids, "the output was touched");
        cr_assert(corpus_new(n, ids, 8, 1, train_shuffle, &c, NULL) == ERR_VALUE);
    }
}
