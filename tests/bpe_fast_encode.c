// bpe_fast_encode: known ids, and the same as the plain encoder with any vocabulary.
#include "bpe_fast_encode.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "bpe.h"
#include "bpe_fast_train.h"
#include "file.h"
#include "random.h"

static const char *const END[] = {VOCAB_END_OF_TEXT};

static struct vocab *train(size_t size, const char *text, int tokens)
{
    struct vocab *v;
    struct error e;
    cr_assert_eq(bpe_fast_train(size, text, tokens, 1, END, &v, &e), ERR_NONE, "%s", e.text);
    return v;
}

static void expect_ids(const struct vocab *v, size_t size, const char *text, size_t expected,
                       const int32_t *id)
{
    size_t count;
    int32_t *ids = bpe_fast_encode(v, size, text, &count);
    for (size_t i = 0; i < count && i < expected; i++)
        cr_assert_eq(ids[i], id[i], "id %zu is %d, expected %d", i, ids[i], id[i]);
    cr_assert_eq(count, expected, "%zu ids, expected %zu", count, expected);
    free(ids);
}

static void expect_the_same(const struct vocab *v, size_t size, const char *text)
{
    size_t count;
    int32_t *ids = bpe_encode(v, size, text, &count);
    expect_ids(v, size, text, count, ids);
    free(ids);
}

// Any merges at all, most of which no training would find in this order: for each, two ids below
// its own.
static struct vocab *random_vocab(struct random *r, int merges)
{
    static const int32_t letter[] = {64, 64, 65, 220, 140, 114};
    int32_t merge[2 * 40];
    struct vocab *v = NULL;
    int made = 0;
    for (int i = 0; i < 1000 && made < merges; i++) {
        for (int side = 0; side < 2; side++) {
            uint32_t k = random_below(r, 6 + (uint32_t)made);
            merge[2 * made + side] = k < 6 ? letter[k] : VOCAB_BYTES + (int32_t)k - 6;
        }
        struct vocab *more;
        if (vocab_new(made + 1, merge, 1, END, &more, NULL)) continue;
        vocab_free(v);
        v = more, made++;
    }
    return v;
}

// Some short pieces, some longer than what the encoder does without a heap.
static size_t random_text(struct random *r, size_t most, char *text)
{
    static const char some[] = "aaaabb\xD0\xB6 ";
    uint32_t letters = 1 + random_below(r, sizeof some - 1);
    size_t size = random_below(r, (uint32_t)most);
    for (size_t i = 0; i < size; i++) text[i] = some[random_below(r, letters)];
    if (size > 200) memcpy(text + 100, END[0], strlen(END[0]));
    return size;
}

Test(bpe_fast_encode, is_bpe_encode_with_random_merges, .timeout = 60)
{
    struct random r = random_start(4, RANDOM_TEST);
    for (int round = 0; round < 300; round++) {
        struct vocab *v = random_vocab(&r, 40);
        for (int i = 0; i < 10; i++) {
            char text[600];
            size_t size = random_text(&r, sizeof text, text);
            expect_the_same(v, size, text);
        }
        vocab_free(v);
    }
}

Test(bpe_fast_encode, is_bpe_encode_on_real_text, .timeout = 60)
{
    static const char *const path[] = {"README.md", "datasets/README.md", "reference/main.c"};
    for (size_t i = 0; i < sizeof path / sizeof *path; i++) {
        char *text;
        size_t size;
        struct error e;
        cr_assert_eq(file_read(path[i], &text, &size, &e), ERR_NONE, "%s", e.text);
        struct vocab *v = train(size, text, 600);
        expect_the_same(v, size, text);
        for (size_t at = 0; at < size; at++)
            if (at % 7 == 0) text[at] = (char)(at * 37 % 256);
        expect_the_same(v, size, text);
        vocab_free(v);
        free(text);
    }
}

// Merges that no training would find in this order: a later merge's parts are made by earlier ones.
Test(bpe_fast_encode, follows_the_order_of_the_merges)
{
    static const int32_t merge[] = {65, 66, 64, 65, 256, 67, 64, 258};  // bc, ab, bcd, abcd
    static const int32_t expected[] = {259, 220, 257, 67, 11, 65};
    struct vocab *v;
    cr_assert_eq(vocab_new(4, merge, 0, NULL, &v, NULL), ERR_NONE);
    expect_ids(v, 10, "abcd abd,b", 6, expected);
    vocab_free(v);
}

// Quadratic work would take hours.
Test(bpe_fast_encode, one_long_piece_is_no_trouble, .timeout = 60)
{
    enum { SIZE = 1 << 20 };
    char *text = malloc(SIZE);
    memset(text, 'a', SIZE);
    struct vocab *v = train(SIZE, text, 1024);
    static const int32_t two[] = {256 + 18, 256 + 18};
    expect_ids(v, SIZE, text, 2, two);
    int32_t each[20];
    for (int i = 0; i < 19; i++) each[i] = 256 + 18 - i;
    each[19] = 64;
    expect_ids(v, SIZE - 1, text, 20, each);
    vocab_free(v);
    free(text);
}

Test(bpe_fast_encode, nothing_is_no_ids)
{
    struct vocab *v = train(0, "", 257);
    expect_ids(v, 0, "", 0, NULL);
    vocab_free(v);
}
