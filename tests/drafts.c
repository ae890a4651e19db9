// drafts and lexicon: which rows of letters are words, and what is written and judged.
#include "drafts.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rule_counting.h"

// A text over the characters of TEXT.
static const char TEXT[] = "the cat sat on the mat, the dog sat. Ah! the cats run to the dog. ";

static struct lab_data data_of(const char *text)
{
    enum { TIMES = 20 };
    struct lab_data d = {0};
    struct error e;
    size_t size = strlen(text);
    cr_assert_eq(chars_new(size, text, &d.chars, &e), ERR_NONE, "%s", e.text);
    d.V = chars_vocab(d.chars);
    d.train.ids = malloc(TIMES * size * sizeof *d.train.ids);
    cr_assert(d.train.ids);
    for (int k = 0; k < TIMES; k++) {
        int32_t *ids;
        size_t count;
        cr_assert_eq(chars_encode(d.chars, size, text, &ids, &count, &e), ERR_NONE);
        memcpy(d.train.ids + d.train.count, ids, count * sizeof *ids);
        d.train.count += count;
        free(ids);
    }
    return d;
}

static int known(const struct lab_data *d, const struct lexicon *w, const char *word)
{
    int32_t *ids;
    size_t count;
    struct error e;
    cr_assert_eq(chars_encode(d->chars, strlen(word), word, &ids, &count, &e), ERR_NONE);
    int yes = lexicon_known(w, ids, count);
    free(ids);
    return yes;
}

Test(lexicon, whole_words_are_known)
{
    struct lab_data d = data_of(TEXT);
    struct lexicon *w = lexicon_new(&d);
    static const char *const YES[] = {"the", "cat", "cats", "mat", "Ah", "run"};
    static const char *const NO[] = {"th", "ca", "catss", "ah", "a", "dogs", "tac"};
    for (size_t i = 0; i < sizeof YES / sizeof *YES; i++)
        cr_expect(known(&d, w, YES[i]), "%s", YES[i]);
    for (size_t i = 0; i < sizeof NO / sizeof *NO; i++)
        cr_expect_not(known(&d, w, NO[i]), "%s", NO[i]);
    size_t begin, size = lexicon_next(w, d.train.ids + 3, 20, &begin);
    cr_expect(begin == 1 && size == 3, "%zu %zu", begin, size);
    cr_expect_eq(lexicon_next(w, d.train.ids + 3, 1, &begin), 0, "a space alone");
    lexicon_free(w);
    lab_close(&d);
}

Test(drafts, each_has_its_words_and_is_judged)
{
    struct lab_data d = data_of(TEXT);
    struct lexicon *w = lexicon_new(&d);
    struct lab_learner l = lab_begin(&LAB_RESO, d.V, d.train.count, 1);
    struct random r = random_start(1, RANDOM_TEST);
    struct drafts a;
    float p[DRAFTS_MOST * DRAFTS_LONGEST];
    lab_learn(&l, &d.train, d.train.count);
    drafts_write(&l, d.V, w, d.train.ids, 70, &r, &a);
    drafts_judge(&l, d.V, &a, p);
    int unlike = 0;
    for (int i = 0; i < DRAFTS_MOST; i++) {
        const int32_t *row = a.ids + i * DRAFTS_ROW, *text = row + DRAFTS_BEFORE;
        cr_expect(memcmp(row, d.train.ids + 70 - DRAFTS_BEFORE, sizeof *row * DRAFTS_BEFORE) == 0);
        int words = 0;
        size_t left = (size_t)a.length[i], size, begin;
        for (; (size = lexicon_next(w, text, left, &begin)) > 0; words++)
            text += begin + size, left -= begin + size;
        cr_expect(words == DRAFTS_WORDS || a.length[i] == DRAFTS_LONGEST, "%d words", words);
        cr_expect(left <= 1, "%zu characters behind the last word", left);
        for (int k = 0; k < a.length[i]; k++)
            cr_expect(p[i * DRAFTS_LONGEST + k] > 0 && p[i * DRAFTS_LONGEST + k] <= 1.00001f);
        unlike += i > 0 && memcmp(row, a.ids, sizeof *row * DRAFTS_ROW) != 0;
    }
    cr_expect(unlike > 0, "all drafts are the same");
    lab_end(&l);
    lexicon_free(w);
    lab_close(&d);
}
