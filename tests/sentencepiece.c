// sentencepiece: small vocabularies by hand, each kind of prefix, and every refusal.
#include "sentencepiece.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"

// Ids 0 … 2 are special, 3 … 258 the bytes; then these.
enum { FIRST = 259, OWN = 12, V = FIRST + OWN };
#define SP SENTENCEPIECE_SPACE
static const char *const PIECES[OWN] = {SP,   "a",   "b",        "c",   SP "a", "ab",
                                        "bc", "abc", "\xC3\xA9", SP SP, "cab",  "ca"};
enum { SPACE = FIRST, A, B, C, SPACE_A, AB, BC, ABC, ACUTE, SPACES, CAB, CA };

static const struct sentencepiece_special SPECIAL[] = {{0, 0}, {1, 0}, {2, 0}};
static const int32_t MERGE[] = {A, B, SPACE, A, B, C, AB, C, SPACE, SPACE};

// parts fills in a vocabulary; piece and bytes are room for its pieces.
static struct sentencepiece_parts parts(const char *piece[V], char bytes[256][8])
{
    piece[0] = "<unk>", piece[1] = "<s>", piece[2] = "</s>";
    for (int i = 0; i < 256; i++) {
        snprintf(bytes[i], sizeof bytes[i], "<0x%02X>", (unsigned)i);
        piece[3 + i] = bytes[i];
    }
    for (int i = 0; i < OWN; i++) piece[FIRST + i] = PIECES[i];
    return (struct sentencepiece_parts){.V = V,
                                        .piece = piece,
                                        .merges = 5,
                                        .merge = MERGE,
                                        .specials = 3,
                                        .special = SPECIAL,
                                        .bos = 1,
                                        .prefix = PREFIX_EVERY};
}

static struct sentencepiece *make(const struct sentencepiece_parts *p)
{
    struct sentencepiece *s;
    struct error e;
    cr_assert_eq(sentencepiece_new(p, &s, &e), ERR_NONE, "%s", e.text);
    return s;
}

static struct sentencepiece *with_prefix(enum sentencepiece_prefix prefix, int prefixed)
{
    const char *piece[V];
    char bytes[256][8];
    const struct sentencepiece_special special[] = {{0, 0}, {1, prefixed}, {2, 0}};
    struct sentencepiece_parts p = parts(piece, bytes);
    p.prefix = prefix;
    p.special = special;
    return make(&p);
}

// expect wants ids, -1 behind the last, and the text back.
static void expect(const struct sentencepiece *s, const char *text, const int32_t *ids)
{
    size_t n = 0, count, size;
    while (ids[n] >= 0) n++;
    int32_t *got = sentencepiece_encode(s, strlen(text), text, &count);
    for (size_t i = 0; i < n && i < count; i++)
        cr_assert_eq(got[i], ids[i], "\"%s\": id %zu is %d, expected %d", text, i, got[i], ids[i]);
    cr_assert_eq(count, n, "\"%s\": %zu ids, expected %zu", text, count, n);
    free(got);
    char *again = sentencepiece_decode(s, n, ids, &size);
    cr_assert_eq(strlen(again), size);
    free(again);
}

#define EXPECT(s, text, ...) expect(s, text, (const int32_t[]){__VA_ARGS__, -1})

Test(sentencepiece, joins_the_earliest_merge_at_the_leftmost_place)
{
    struct sentencepiece *s = with_prefix(PREFIX_EVERY, 0);
    cr_assert_eq(sentencepiece_size(s), V);
    cr_assert_eq(sentencepiece_merges(s), 5);
    EXPECT(s, "", 1);
    EXPECT(s, "a", 1, SPACE_A);
    EXPECT(s, "ab", 1, SPACE, AB);    // a b before U+2581 a
    EXPECT(s, "abc", 1, SPACE, ABC);  // ab c, not a bc
    EXPECT(s, "bc", 1, SPACE, BC);
    EXPECT(s, "  a", 1, SPACES, SPACE_A);
    EXPECT(s, "   ", 1, SPACES, SPACES);
    EXPECT(s, "cab", 1, SPACE, C, AB);  // "cab" is a piece, and no merge makes it
    EXPECT(s, "\xC3\xA9", 1, SPACE, ACUTE);
    EXPECT(s, "x\n", 1, SPACE, 3 + 'x', 3 + '\n');
    EXPECT(s, "\xC3(\xF0\x9F\x90\x9A", 1, SPACE, 3 + 0xC3, 3 + '(', 3 + 0xF0, 3 + 0x9F, 3 + 0x90,
           3 + 0x9A);
    EXPECT(s, "<0x0A>", 1, SPACE, 3 + '<', 3 + '0', 3 + 'x', 3 + '0', 3 + 'A', 3 + '>');
    sentencepiece_free(s);
    sentencepiece_free(NULL);
}

Test(sentencepiece, special_texts_part_a_text)
{
    struct sentencepiece *s = with_prefix(PREFIX_EVERY, 0);
    EXPECT(s, "<s>", 1, 1);
    EXPECT(s, "a<s>a", 1, SPACE_A, 1, SPACE_A);
    EXPECT(s, "a</s><s> b", 1, SPACE_A, 2, 1, SPACES, B);
    EXPECT(s, "<s", 1, SPACE, 3 + '<', 3 + 's');
    sentencepiece_free(s);
    // As Hugging Face's "normalized": what is looked for has the prefix, too.
    s = with_prefix(PREFIX_EVERY, 1);
    size_t size;
    EXPECT(s, "<s>", 1, 1);
    EXPECT(s, "a<s>", 1, SPACE_A, 3 + '<', 3 + 's', 3 + '>');
    EXPECT(s, "a <s>b", 1, SPACE_A, 1, B);
    EXPECT(s, "a</s><s>b", 1, SPACE_A, 2, 1, B);
    cr_assert_str_eq(sentencepiece_bytes(s, 1, &size), " <s>");
    cr_assert_eq(size, 4);
    sentencepiece_free(s);
}

Test(sentencepiece, other_prefixes)
{
    struct sentencepiece *s = with_prefix(PREFIX_MISSING, 0);
    EXPECT(s, "a", 1, SPACE_A);
    EXPECT(s, " a", 1, SPACE_A);
    EXPECT(s, SP "a", 1, SPACE_A);
    EXPECT(s, "<s>a", 1, 1, SPACE_A);
    EXPECT(s, " ", 1, SPACE);
    sentencepiece_free(s);
    s = with_prefix(PREFIX_FIRST, 1);
    EXPECT(s, "a<s>a", 1, SPACE_A, 1, A);
    EXPECT(s, " a", 1, SPACE_A);
    EXPECT(s, "<s>a", 1, 1, A);
    EXPECT(s, "<s> a", 1, 1, SPACE_A);
    sentencepiece_free(s);
    s = with_prefix(PREFIX_NEVER, 1);
    EXPECT(s, "a<s>a", 1, A, 1, A);
    EXPECT(s, " a", 1, SPACE_A);
    sentencepiece_free(s);
}

static void expect_text(const struct sentencepiece *s, const char *text, const int32_t *ids)
{
    size_t n = 0, size;
    while (ids[n] >= 0) n++;
    char *got = sentencepiece_decode(s, n, ids, &size);
    cr_assert_eq(size, strlen(text));
    cr_assert_str_eq(got, text);
    free(got);
}

#define EXPECT_TEXT(s, text, ...) expect_text(s, text, (const int32_t[]){__VA_ARGS__, -1})

Test(sentencepiece, decodes)
{
    struct sentencepiece *s = with_prefix(PREFIX_EVERY, 0);
    EXPECT_TEXT(s, "a a", 1, SPACE_A, SPACE_A);
    EXPECT_TEXT(s, "a", SPACE_A);
    EXPECT_TEXT(s, "ba", 1, B, A);
    EXPECT_TEXT(s, " b", 1, SPACES, B);
    EXPECT_TEXT(s, "\xFF\n", 1, SPACE, 3 + 0xFF, 3 + '\n');
    EXPECT_TEXT(s, "b</s> a<s>", 1, SPACE, B, 2, SPACE_A, 1);
    EXPECT_TEXT(s, "", 1);
    EXPECT_TEXT(s, "", 1, SPACE);
    sentencepiece_free(s);
    s = with_prefix(PREFIX_NEVER, 0);
    EXPECT_TEXT(s, " a", 1, SPACE_A);
    sentencepiece_free(s);
}

Test(sentencepiece, scores_say_which_pair_goes_first)
{
    const char *piece[V];
    char bytes[256][8];
    float score[V] = {0};
    struct sentencepiece_parts p = parts(piece, bytes);
    for (int id = FIRST; id < V; id++) score[id] = -100;
    score[BC] = -1, score[AB] = -2, score[CA] = -3, score[ABC] = -4, score[CAB] = -5;
    p.score = score, p.merge = NULL, p.merges = 0;
    struct sentencepiece *s = make(&p);
    // Of one piece, the split with the longer left part first.
    static const int32_t merges[][2] = {{B, C},  {A, B},  {C, A},     {AB, C},       {A, BC},
                                        {CA, B}, {C, AB}, {SPACE, A}, {SPACE, SPACE}};
    cr_assert_eq(sentencepiece_merges(s), 9, "%d merges", sentencepiece_merges(s));
    for (int32_t i = 0; i < 9; i++) {
        int32_t left, right;
        sentencepiece_merge(s, i, &left, &right);
        cr_assert(left == merges[i][0] && right == merges[i][1], "merge %d: %d %d", i, left, right);
    }
    EXPECT(s, "abc", 1, SPACE, ABC);
    EXPECT(s, "cab", 1, SPACE, CAB);
    EXPECT(s, "abab", 1, SPACE, AB, AB);
    EXPECT(s, "bcab", 1, SPACE, BC, AB);
    sentencepiece_free(s);
}

// slowly joins as the contract says: the earliest merge anywhere, the leftmost place.
static size_t slowly(const struct sentencepiece *s, size_t n, int32_t *ids)
{
    for (int32_t i = 0; i < sentencepiece_merges(s); i++) {
        int32_t left, right;
        sentencepiece_merge(s, i, &left, &right);
        for (size_t at = 0; at + 1 < n; at++) {
            if (ids[at] != left || ids[at + 1] != right) continue;
            char both[32];
            snprintf(both, sizeof both, "%s%s", sentencepiece_piece(s, left),
                     sentencepiece_piece(s, right));
            ids[at] = sentencepiece_find(s, both);
            memmove(ids + at + 1, ids + at + 2, (n - at - 2) * sizeof *ids);
            return slowly(s, n - 1, ids);
        }
    }
    return n;
}

Test(sentencepiece, as_slowly)
{
    struct sentencepiece *s = with_prefix(PREFIX_NEVER, 0);
    struct random r = random_start(14, RANDOM_TEST);
    for (int round = 0; round < 300; round++) {
        char text[64];
        int32_t want[64];
        size_t n = random_below(&r, 60), count;
        for (size_t i = 0; i < n; i++) {
            text[i] = "abc "[random_below(&r, 4)];
            want[i] = text[i] == ' ' ? SPACE : A + text[i] - 'a';
        }
        int32_t *got = sentencepiece_encode(s, n, text, &count);
        n = slowly(s, n, want);
        cr_assert_eq(count, n + 1);
        cr_assert_eq(memcmp(got + 1, want, n * sizeof *want), 0, "round %d", round);
        free(got);
    }
    sentencepiece_free(s);
}

Test(sentencepiece, no_bos)
{
    const char *piece[V];
    char bytes[256][8];
    struct sentencepiece_parts p = parts(piece, bytes);
    p.bos = -1, p.unk = -1;
    struct sentencepiece *s = make(&p);
    cr_assert_eq(sentencepiece_bos(s), -1);
    cr_assert_eq(sentencepiece_unk(s), -1);
    expect(s, "a", (const int32_t[]){SPACE_A, -1});
    expect(s, "", (const int32_t[]){-1});
    EXPECT_TEXT(s, "<s> a", 1, SPACE_A);
    cr_assert(sentencepiece_is_special(s, 2) && !sentencepiece_is_special(s, 3));
    cr_assert_eq(sentencepiece_specials(s), 3);
    cr_assert_eq(sentencepiece_special(s, 2).id, 2);
    cr_assert_eq(sentencepiece_find(s, "</s>"), 2);
    cr_assert_eq(sentencepiece_find(s, "</s"), -1);
    sentencepiece_free(s);
}

static void refused(const struct sentencepiece_parts *p, enum err code, const char *says)
{
    struct sentencepiece *s = (struct sentencepiece *)&(char){0}, *before = s;
    struct error e = {0};
    enum err got = sentencepiece_new(p, &s, &e);
    cr_assert_eq(got, code, "%s: %s", says, e.text);
    cr_assert_str_eq(e.text, says);
    cr_assert_eq(s, before);
}

Test(sentencepiece, refusals_of_pieces)
{
    static const struct {
        int32_t id;
        const char *piece;
        enum err code;
        const char *says;
    } cases[] = {
        {SPACE, "d", ERR_VALUE, "no piece is U+2581: expected one for a space"},
        {3 + 0xAB, "d", ERR_VALUE, "no piece is <0xAB>: expected one for every byte"},
        {3 + 0xAB, "<0xab>", ERR_VALUE, "no piece is <0xAB>: expected one for every byte"},
        {A, "", ERR_VALUE, "piece 260 is empty"},
        {A, " a", ERR_VALUE, "piece 260 holds a space: expected U+2581 for it"},
        {A, "b", ERR_VALUE, "piece 261 is the same as piece 260"},
        {A, "a\xC3", ERR_UTF8, "piece 260, byte 1: expected UTF-8"},
        {ABC, "abd", ERR_VALUE, "merge 3 joins 264 and 262, and what they make is no piece"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *piece[V];
        char bytes[256][8];
        struct sentencepiece_parts p = parts(piece, bytes);
        piece[cases[i].id] = cases[i].piece;
        refused(&p, cases[i].code, cases[i].says);
    }
}

Test(sentencepiece, refusals_of_ids_and_scores)
{
    const char *piece[V];
    char bytes[256][8];
    struct sentencepiece_parts p = parts(piece, bytes);
    p.merge = (const int32_t[]){A, B, -1, B, 0, 0, 0, 0, 0, 0};
    refused(&p, ERR_VALUE, "merge 1 joins -1 and 261: expected ids from 0 to 270");
    p.merge = (const int32_t[]){A, B, A, V, 0, 0, 0, 0, 0, 0};
    refused(&p, ERR_VALUE, "merge 1 joins 260 and 271: expected ids from 0 to 270");
    p.merge = (const int32_t[]){A, B, A, B, 0, 0, 0, 0, 0, 0};
    refused(&p, ERR_VALUE, "merge 1 joins 260 and 261: an earlier one does");
    float score[V] = {0};
    score[7] = NAN;
    p.score = score, p.merge = NULL;
    refused(&p, ERR_VALUE, "piece 7: expected a score that is a number");
    p = parts(piece, bytes);
    p.bos = 5;
    refused(&p, ERR_VALUE, "bos is id 5: expected a special token");
    p.bos = V;
    refused(&p, ERR_VALUE, "bos is id 271: expected a special token");
    p.bos = 1;
    p.special = (const struct sentencepiece_special[]){{0, 0}, {1, 0}, {1, 0}};
    refused(&p, ERR_VALUE, "special token 2 has id 1: expected one of its own from 0 to 270");
    p.special = (const struct sentencepiece_special[]){{0, 0}, {1, 0}, {V, 0}};
    refused(&p, ERR_VALUE, "special token 2 has id 271: expected one of its own from 0 to 270");
}
