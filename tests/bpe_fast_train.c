// bpe_fast_train: known merges, refusals, and the same as the plain trainer on any text.
#include "bpe_fast_train.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "bpe.h"
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

static void expect_merges(const struct vocab *v, int merges, const int32_t *merge)
{
    for (int i = 0; i < merges && i < vocab_merges(v); i++) {
        int32_t left, right;
        vocab_merge(v, i, &left, &right);
        cr_assert(left == merge[2 * i] && right == merge[2 * i + 1],
                  "merge %d joins %d and %d, expected %d and %d", i, left, right, merge[2 * i],
                  merge[2 * i + 1]);
    }
    cr_assert_eq(vocab_merges(v), merges);
}

// Merges and ids computed by Hugging Face tokenizers 0.23.3: BpeTrainer, min_frequency 2, all 256
// bytes as initial alphabet.
static const char SHELLS[] =
    "She sells sea shells; the shells she sells are sea shells, I'm sure.\n"
    "Ёж и ёжик, ёж и ежи.  The sea's seashells sell: 2024 shells, 2025 shells!\n";

static const int32_t SHELLS_MERGES[] = {
    220, 82, 71, 68, 75,  75, 258, 82,  256, 68,  256, 257, 261, 259, 140, 114, 140, 116, 260,
    64,  15, 17, 17, 266, 81, 68,  141, 239, 220, 264, 220, 267, 220, 269, 260, 259, 263, 264};

Test(bpe_fast_train, trains_as_hugging_face_does)
{
    struct vocab *v = train(sizeof SHELLS - 1, SHELLS, 400);
    expect_merges(v, 19, SHELLS_MERGES);
    cr_assert_eq(vocab_size(v), 276, "ends early, for want of pairs");
    vocab_free(v);
}

Test(bpe_fast_train, training_stops_at_the_size_asked)
{
    struct vocab *v = train(sizeof SHELLS - 1, SHELLS, 262);
    expect_merges(v, 5, SHELLS_MERGES);
    cr_assert_eq(vocab_size(v), 262);
    vocab_free(v);
}

Test(bpe_fast_train, among_equals_the_smaller_ids_go_first)
{
    // 'd' is 67, 'c' 66, 'x' 87: (c, x) and (d, c) and (d, x) twice each.
    struct vocab *v = train(17, "cx,cx,dx,dx,dc,dc", 260);
    static const int32_t merge[] = {66, 87, 67, 66, 67, 87};
    expect_merges(v, 3, merge);
    vocab_free(v);
}

Test(bpe_fast_train, no_pair_spans_pieces_or_special_texts)
{
    struct vocab *v = train(44, "x<|endoftext|>x<|endoftext|>x<|endoftext|>1a", 300);
    expect_merges(v, 0, NULL);
    vocab_free(v);
    v = train(8, "a1a1a1a1", 300);
    expect_merges(v, 0, NULL);
    vocab_free(v);
    v = train(0, "", 300);
    cr_assert_eq(vocab_size(v), 257);
    vocab_free(v);
}

Test(bpe_fast_train, train_refuses_too_small_a_vocabulary)
{
    struct vocab *v = (struct vocab *)&(char){0}, *before = v;
    static const int bad[] = {256, 0, -1, INT32_MIN};
    for (int i = 0; i < 4; i++) {
        struct error e;
        cr_assert_eq(bpe_fast_train(2, "aa", bad[i], 1, END, &v, &e), ERR_VALUE, "%d", bad[i]);
        cr_assert_eq(v, before);
    }
    static const char *const empty[] = {""};
    cr_assert_eq(bpe_fast_train(2, "aa", 300, 1, empty, &v, NULL), ERR_VALUE);
    cr_assert_eq(v, before);
    v = train(2, "aa", 257);
    cr_assert_eq(vocab_size(v), 257);
    vocab_free(v);
}

static void expect_the_same(size_t size, const char *text, int tokens)
{
    struct vocab *v = train(size, text, tokens), *plain;
    cr_assert_eq(bpe_train(size, text, tokens, 1, END, &plain, NULL), ERR_NONE);
    int merges = vocab_merges(plain);
    int32_t *merge = malloc(2 * (size_t)(merges + 1) * sizeof *merge);
    for (int i = 0; i < merges; i++) vocab_merge(plain, i, merge + 2 * i, merge + 2 * i + 1);
    expect_merges(v, merges, merge);
    free(merge);
    vocab_free(plain);
    vocab_free(v);
}

// Few letters, so that runs, overlaps and equal counts are everywhere.
Test(bpe_fast_train, is_bpe_train_on_random_text, .timeout = 60)
{
    static const char some[] = "aaaaabbbc \xD0\xB6\xFF";
    struct random r = random_start(3, RANDOM_TEST);
    for (int round = 0; round < 1000; round++) {
        char text[600];
        uint32_t letters = 1 + random_below(&r, sizeof some - 1);
        size_t size = random_below(&r, sizeof text);
        for (size_t i = 0; i < size; i++) text[i] = some[random_below(&r, letters)];
        if (size > 200) memcpy(text + 100, END[0], strlen(END[0]));
        expect_the_same(size, text, 290);
    }
}

Test(bpe_fast_train, is_bpe_train_on_real_text, .timeout = 60)
{
    static const char *const path[] = {"README.md", "datasets/README.md", "reference/main.c"};
    for (size_t i = 0; i < sizeof path / sizeof *path; i++) {
        char *text;
        size_t size;
        struct error e;
        cr_assert_eq(file_read(path[i], &text, &size, &e), ERR_NONE, "%s", e.text);
        expect_the_same(size, text, 100000);
        free(text);
    }
}

// Quadratic work would take hours.
Test(bpe_fast_train, one_long_piece_is_no_trouble, .timeout = 60)
{
    enum { SIZE = 1 << 20 };
    char *text = malloc(SIZE);
    memset(text, 'a', SIZE);
    struct vocab *v = train(SIZE, text, 1024);
    cr_assert_eq(vocab_merges(v), 19, "2, 4, 8 … letters; the longest twice at least");
    vocab_free(v);
    free(text);
}
