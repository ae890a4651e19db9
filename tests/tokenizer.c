// tokenizer: the same calls on either vocabulary.
#include "tokenizer.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "vocab.h"

static struct tokenizer *of_chars(const char *text)
{
    struct chars *c;
    cr_assert_eq(chars_new(strlen(text), text, &c, NULL), ERR_NONE);
    return tokenizer_of_chars(c);
}

static struct tokenizer *of_bpe(void)
{
    static const int32_t merge[] = {64, 65};  // ab
    static const char *const special[] = {VOCAB_END_OF_TEXT};
    struct vocab *b;
    cr_assert_eq(vocab_new(1, merge, 1, special, &b, NULL), ERR_NONE);
    return tokenizer_of_bpe(b);
}

static void expect(const struct tokenizer *t, size_t size, const char *text, size_t n,
                   const int32_t *expected)
{
    int32_t *ids;
    size_t count;
    cr_assert_eq(tokenizer_encode(t, size, text, &ids, &count, NULL), ERR_NONE);
    cr_assert_eq(count, n);
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        size_t length;
        cr_assert_eq(ids[i], expected[i], "id %zu is %d", i, ids[i]);
        const char *bytes = tokenizer_bytes(t, ids[i], &length);
        cr_assert_leq(at + length, size);
        cr_assert_eq(memcmp(bytes, text + at, length), 0, "id %zu", i);
        at += length;
    }
    cr_assert_eq(at, size);
    free(ids);
}

Test(tokenizer, chars_inside)
{
    struct tokenizer *t = of_chars("abж");
    static const int32_t expected[] = {2, 0, 1};
    cr_assert_not_null(tokenizer_chars(t));
    cr_assert_null(tokenizer_bpe(t));
    cr_assert_eq(tokenizer_vocab(t), 3);
    expect(t, 4, "жab", 3, expected);
    tokenizer_free(t);
}

Test(tokenizer, bpe_inside)
{
    struct tokenizer *t = of_bpe();
    static const int32_t expected[] = {256, 64, 257, 187};
    cr_assert_not_null(tokenizer_bpe(t));
    cr_assert_null(tokenizer_chars(t));
    cr_assert_eq(tokenizer_vocab(t), 258);
    expect(t, 17, "aba<|endoftext|>\xFF", 4, expected);
    tokenizer_free(t);
    tokenizer_free(NULL);
}

Test(tokenizer, refusals_come_through)
{
    struct tokenizer *t = of_chars("ab");
    int32_t mark, *ids = &mark;
    size_t count = 42;
    struct error e;
    cr_assert_eq(tokenizer_encode(t, 2, "a\xFF", &ids, &count, &e), ERR_UTF8);
    cr_assert_eq(tokenizer_encode(t, 2, "ac", &ids, &count, &e), ERR_SYMBOL);
    cr_assert_eq(e.code, ERR_SYMBOL);
    cr_assert_eq(ids, &mark);
    cr_assert_eq(count, 42);
    tokenizer_free(t);
}

Test(tokenizer, decode_gives_the_text_back)
{
    static const char text[] = "ab\xD0\xB6 a";
    for (int kind = 0; kind < 2; kind++) {
        struct chars *c;
        cr_assert_eq(chars_new(strlen(text), text, &c, NULL), ERR_NONE);
        struct tokenizer *t = kind ? of_bpe() : tokenizer_of_chars(c);
        if (kind) chars_free(c);
        int32_t *ids;
        size_t count, size;
        cr_assert_eq(tokenizer_encode(t, strlen(text), text, &ids, &count, NULL), ERR_NONE);
        char *again = tokenizer_decode(t, count, ids, &size);
        cr_assert_eq(size, strlen(text));
        cr_assert_str_eq(again, text);
        free(again);
        free(ids);
        again = tokenizer_decode(t, 0, NULL, &size);
        cr_assert(size == 0 && *again == 0);
        free(again);
        tokenizer_free(t);
    }
}
