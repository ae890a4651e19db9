// vocab: ids, names, pairs, and every refusal.
#include "vocab.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const char *const END[] = {VOCAB_END_OF_TEXT};

static struct vocab *make(int merges, const int32_t *merge, int specials,
                          const char *const *special)
{
    struct vocab *v;
    struct error e;
    cr_assert_eq(vocab_new(merges, merge, specials, special, &v, &e), ERR_NONE, "%s", e.text);
    return v;
}

Test(vocab, bytes_have_gpt2s_ids)
{
    static const struct {
        unsigned char byte;
        int32_t id;
    } known[] = {{'!', 0},    {'A', 32},   {'~', 93},  {0xA1, 94},  {0xAC, 105},
                 {0xAE, 106}, {0xFF, 187}, {0, 188},   {'\n', 198}, {' ', 220},
                 {0x7F, 221}, {0xA0, 254}, {0xAD, 255}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        cr_assert_eq(vocab_byte_id(known[i].byte), known[i].id, "0x%02X", known[i].byte);
    struct vocab *v = make(0, NULL, 0, NULL);
    cr_assert_eq(vocab_size(v), 256);
    for (int byte = 0; byte < 256; byte++) {
        size_t size;
        const char *bytes = vocab_bytes(v, vocab_byte_id((unsigned char)byte), &size);
        cr_assert_eq(size, 1);
        cr_assert_eq((unsigned char)*bytes, byte, "two bytes share id %d",
                     vocab_byte_id((unsigned char)byte));
    }
    vocab_free(v);
}

Test(vocab, ids_are_bytes_then_merges_then_specials)
{
    static const int32_t merge[] = {220, 83, 256, 71, 71, 71};  // " t", " th", "hh"
    static const char *const special[] = {"<a>", "<b>"};
    struct vocab *v = make(3, merge, 2, special);
    static const char *const bytes[] = {" t", " th", "hh", "<a>", "<b>"};
    static const char *const names[] = {"\xC4\xA0t", "\xC4\xA0th", "hh", "<a>", "<b>"};
    cr_assert_eq(vocab_size(v), 261);
    cr_assert_eq(vocab_merges(v), 3);
    cr_assert_eq(vocab_specials(v), 2);
    for (int32_t i = 0; i < 5; i++) {
        size_t size;
        cr_assert_str_eq(vocab_bytes(v, 256 + i, &size), bytes[i]);
        cr_assert_eq(size, strlen(bytes[i]));
        char *name = vocab_name(v, 256 + i);
        cr_assert_str_eq(name, names[i]);
        free(name);
    }
    for (int i = 0; i < 3; i++) {
        int32_t left, right;
        vocab_merge(v, i, &left, &right);
        cr_assert_eq(left, merge[2 * i]);
        cr_assert_eq(right, merge[2 * i + 1]);
        cr_assert_eq(vocab_pair(v, left, right), 256 + i);
    }
    cr_assert_eq(vocab_pair(v, 83, 220), -1, "order matters");
    vocab_free(v);
}

Test(vocab, new_refuses)
{
    static const int32_t unborn[] = {0, 1, 0, 257}, negative[] = {0, -1}, again[] = {0, 1, 0, 1};
    // "!" "\"#" and "!\"" "#" are the same three bytes.
    static const int32_t twice[] = {0, 1, 1, 2, 256, 2, 0, 257};
    static const char *const empty[] = {""}, *const bad[] = {"<\xFF>"}, *const cut[] = {"\xE2\x82"};
    static const char *const same[] = {"<a>", "<b>", "<a>"};
    static const struct {
        int merges;
        const int32_t *merge;
        int specials;
        const char *const *special;
        const char *says;
    } cases[] = {
        {2, unborn, 0, NULL, "merge 1 joins 0 and 257: expected ids in [0, 257)"},
        {1, negative, 0, NULL, "merge 0 joins 0 and -1: expected ids in [0, 256)"},
        {2, again, 0, NULL, "merge 1 joins 0 and 1: an earlier one does"},
        {4, twice, 0, NULL, "merge 3 makes the bytes of token 258 a second time"},
        {0, NULL, 1, empty, "special token 0 is empty"},
        {0, NULL, 1, bad, "special token 0, byte 1: expected UTF-8"},
        {0, NULL, 1, cut, "special token 0, byte 0: expected UTF-8"},
        {0, NULL, 3, same, "special token 2 is the same as special token 0"},
    };
    struct vocab *v = (struct vocab *)&(char){0}, *before = v;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error e = {0};
        enum err code =
            vocab_new(cases[i].merges, cases[i].merge, cases[i].specials, cases[i].special, &v, &e);
        cr_assert_eq(code, ERR_VALUE, "case %zu", i);
        cr_assert_str_eq(e.text, cases[i].says);
        cr_assert_eq(v, before);
    }
    // Each merge doubles the token before it: 2^30 bytes must not be asked for.
    int32_t doubling[80] = {0};
    for (int i = 1; i < 40; i++) doubling[2 * i] = doubling[2 * i + 1] = 255 + i;
    struct error e;
    cr_assert_eq(vocab_new(40, doubling, 0, NULL, &v, &e), ERR_VALUE);
    cr_assert_str_eq(e.text, "merge 29: expected tokens of at most 1073741824 bytes in all");
}

Test(vocab, bytes_of_no_token_are_a_bug, .signal = SIGABRT)
{
    struct vocab *v = make(0, NULL, 1, END);
    size_t size;
    vocab_bytes(v, 257, &size);
}

Test(vocab, a_special_token_may_read_like_a_name)
{
    static const int32_t merge[] = {220, 83};
    static const char *const fine[] = {VOCAB_END_OF_TEXT, "\xC4\xA0th"};
    static const char *const like[] = {VOCAB_END_OF_TEXT, "\xC4\xA0t"};
    struct error e;
    struct vocab *v = make(1, merge, 2, fine);
    cr_assert_eq(vocab_check_names(v, &e), ERR_NONE);
    vocab_free(v);
    v = make(1, merge, 2, like);
    cr_assert_eq(vocab_check_names(v, &e), ERR_VALUE);
    cr_assert_str_eq(e.text, "special token 258 reads like the name of token 256");
    vocab_free(v);
}
