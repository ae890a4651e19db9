// tokenize: forms of printing, ids as text, learning and saving.
#include "tokenize.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "file.h"
#include "tokenizer_file.h"
#include "vocab.h"

static struct tokenizer *make(void)
{
    static const int32_t merge[] = {71, 68, 220, 256, 140, 114};  // "he", " he", "\xD0\xB6"
    static const char *const special[] = {VOCAB_END_OF_TEXT};
    struct vocab *v;
    cr_assert_eq(vocab_new(3, merge, 1, special, &v, NULL), ERR_NONE);
    return tokenizer_of_bpe(v);
}

static void expect_print(const struct tokenizer *t, size_t n, const int32_t *ids,
                         enum tokenize_form form, const char *expected)
{
    char *got = NULL;
    size_t size;
    FILE *out = open_memstream(&got, &size);
    cr_assert_not_null(out);
    tokenize_print(t, n, ids, form, out);
    fclose(out);
    cr_assert_str_eq(got, expected);
    free(got);
}

Test(tokenize, forms)
{
    static const int32_t ids[] = {257, 198, 258, 59, 140, 259};
    struct tokenizer *t = make();
    expect_print(t, 6, ids, TOKENIZE_TABLE,
                 "257\t he\n198\t\\n\n258\t\\xD0\\xB6\n59\t\\\\\n140\t\\xD0\n259\t<|endoftext|>\n");
    expect_print(t, 6, ids, TOKENIZE_IDS, "257\n198\n258\n59\n140\n259\n");
    expect_print(t, 6, ids, TOKENIZE_BARS, " he|\\n|ж|\\\\|\\xD0|<|endoftext|>\n");
    expect_print(t, 0, ids, TOKENIZE_BARS, "");
    tokenizer_free(t);
}

Test(tokenize, ids_come_as_people_write_them)
{
    struct tokenizer *t = make();
    static const struct {
        const char *text;
        size_t n;
        int32_t ids[3];
    } good[] = {{"", 0, {0}}, {" \n", 0, {0}}, {"0", 1, {0}}, {"259 0\n\t7\n", 3, {259, 0, 7}}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        int32_t *ids;
        size_t n;
        cr_assert_eq(tokenize_ids(t, strlen(good[i].text), good[i].text, &ids, &n, NULL), ERR_NONE);
        cr_assert_eq(n, good[i].n);
        cr_assert_eq(memcmp(ids, good[i].ids, n * sizeof *ids), 0);
        free(ids);
    }
    static const struct {
        const char *text, *says;
    } bad[] = {{"1 260", "byte 2: expected an id from 0 to 259"},
               {"-1", "byte 0: expected an id from 0 to 259"},
               {"1 2x", "byte 2: expected an id from 0 to 259"},
               {"99999999999999999999", "byte 0: expected an id from 0 to 259"},
               {"1,2", "byte 0: expected an id from 0 to 259"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int32_t *ids = NULL;
        size_t n = 77;
        struct error e;
        enum err code = tokenize_ids(t, strlen(bad[i].text), bad[i].text, &ids, &n, &e);
        cr_assert_eq(code, ERR_SYMBOL);
        cr_assert_str_eq(e.text, bad[i].says);
        cr_assert(ids == NULL && n == 77);
    }
    tokenizer_free(t);
}

Test(tokenize, learns_from_a_file)
{
    struct tokenizer *t = NULL;
    struct error e;
    cr_assert_eq(tokenize_learn(GOLDEN "/bpe/text.txt", 300, &t, &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(tokenizer_vocab(t), 300);
    cr_assert_eq(vocab_specials(tokenizer_bpe(t)), 1);
    tokenizer_free(t);
    cr_assert_eq(tokenize_learn("/nowhere", 300, &t, &e), ERR_IO);
    cr_assert_eq(tokenize_learn(GOLDEN "/bpe/text.txt", 256, &t, &e), ERR_VALUE);
    cr_assert_eq(strncmp(e.text, GOLDEN, strlen(GOLDEN)), 0, "%s", e.text);
}

Test(tokenize, saves_byte_pairs_only)
{
    struct chars *c;
    struct error e;
    cr_assert_eq(chars_new(3, "abc", &c, NULL), ERR_NONE);
    struct tokenizer *t = tokenizer_of_chars(c);
    cr_assert_eq(tokenize_save("/nowhere", t, &e), ERR_VALUE);
    cr_assert_str_eq(e.text,
                     "/nowhere: only byte pairs have a merges.txt, and this one has characters");
    tokenizer_free(t);
}

Test(tokenize, saves_a_sentencepiece_as_json)
{
    struct tokenizer *t, *again;
    struct error e;
    char directory[] = "/tmp/tokenize-XXXXXX";
    cr_assert_not_null(mkdtemp(directory));
    cr_assert_eq(tokenizer_file_read(GOLDEN "/llama/tokenizer.bin", &t, &e), ERR_NONE);
    cr_assert_eq(tokenize_save(directory, t, &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(tokenizer_file_read(directory, &again, &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(tokenizer_vocab(again), 420);
    expect_print(again, 3, (const int32_t[]){1, 329, 13}, TOKENIZE_BARS, "<s>| |\\n\n");
    char *path = file_path(directory, "tokenizer.json");
    unlink(path);
    rmdir(directory);
    free(path);
    tokenizer_free(again);
    tokenizer_free(t);
    cr_assert_eq(tokenizer_file_read(GOLDEN "/llama/tokenizer.json", &t, &e), ERR_NONE);
    cr_assert_eq(tokenize_save("/dev/null/x", t, &e), ERR_IO);
    tokenizer_free(t);
}
