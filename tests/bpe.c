// bpe: the vocabulary, and its fast training and encoding beside plain ones written here.
#include "bpe.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "bpe_encode.h"
#include "bpe_train.h"
#include "random.h"

static const char *const END[] = {BPE_END_OF_TEXT};

static struct bpe *make(int merges, const int32_t *merge, int specials, const char *const *special)
{
    struct bpe *b;
    struct error e;
    cr_assert_eq(bpe_new(merges, merge, specials, special, &b, &e), ERR_NONE, "%s", e.text);
    return b;
}

static struct bpe *train(size_t size, const char *text, int vocab)
{
    struct bpe *b;
    struct error e;
    cr_assert_eq(bpe_train(size, text, vocab, 1, END, &b, &e), ERR_NONE, "%s", e.text);
    return b;
}

// --- plain versions -------------------------------------------------------------------------

// join_all joins every place of a pair, from the left, and returns how many ids are left.
static size_t join_all(size_t n, int32_t *ids, int32_t left, int32_t right, int32_t made)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        int here = i + 1 < n && ids[i] == left && ids[i + 1] == right;
        ids[kept++] = here ? made : ids[i];
        i += (size_t)here;
    }
    return kept;
}

// plain_encode does one merge after the other in the whole of a piece.
static size_t plain_encode(const struct bpe *b, size_t size, const char *text, int32_t *ids)
{
    size_t n = 0;
    struct pieces *w = pieces_start(bpe_pattern(b), size, text);
    struct piece p;
    while (pieces_next(w, &p)) {
        size_t m = 0;
        if (p.special >= 0) ids[n + m++] = bpe_vocab(b) - bpe_specials(b) + p.special;
        for (size_t i = 0; p.special < 0 && i < p.size; i++)
            ids[n + m++] = bpe_byte_id((unsigned char)p.text[i]);
        for (int i = 0; i < bpe_merges(b); i++) {
            int32_t left, right;
            bpe_merge(b, i, &left, &right);
            m = join_all(m, ids + n, left, right, 256 + i);
        }
        n += m;
    }
    pieces_end(w);
    return n;
}

enum { MOST = 400 };  // ids in a vocabulary of the plain trainer

// plain_train encodes all pieces again and counts all their pairs again for every merge.
static int plain_train(size_t size, const char *text, int vocab, int32_t *merge)
{
    static int count[MOST][MOST];
    int32_t *ids = malloc((size + 1) * sizeof *ids);
    int merges = 0;
    for (; merges < vocab - 257; merges++) {
        memset(count, 0, sizeof count);
        struct bpe *b = make(merges, merge, 1, END);
        struct pieces *w = pieces_start(bpe_pattern(b), size, text);
        struct piece p;
        while (pieces_next(w, &p)) {
            if (p.special >= 0) continue;
            size_t n = plain_encode(b, p.size, p.text, ids);
            for (size_t i = 0; i + 1 < n; i++) count[ids[i]][ids[i + 1]]++;
        }
        pieces_end(w);
        bpe_free(b);
        int32_t best = 0;
        for (int32_t i = 0; i < MOST * MOST; i++)
            if (count[i / MOST][i % MOST] > count[best / MOST][best % MOST]) best = i;
        if (count[best / MOST][best % MOST] < 2) break;
        merge[2 * merges] = best / MOST, merge[2 * merges + 1] = best % MOST;
    }
    free(ids);
    return merges;
}

// --- the vocabulary -------------------------------------------------------------------------

Test(bpe, bytes_have_gpt2s_ids)
{
    static const struct {
        unsigned char byte;
        int32_t id;
    } known[] = {{'!', 0},    {'A', 32},   {'~', 93},  {0xA1, 94},  {0xAC, 105},
                 {0xAE, 106}, {0xFF, 187}, {0, 188},   {'\n', 198}, {' ', 220},
                 {0x7F, 221}, {0xA0, 254}, {0xAD, 255}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        cr_assert_eq(bpe_byte_id(known[i].byte), known[i].id, "0x%02X", known[i].byte);
    struct bpe *b = make(0, NULL, 0, NULL);
    cr_assert_eq(bpe_vocab(b), 256);
    for (int byte = 0; byte < 256; byte++) {
        size_t size;
        const char *bytes = bpe_bytes(b, bpe_byte_id((unsigned char)byte), &size);
        cr_assert_eq(size, 1);
        cr_assert_eq((unsigned char)*bytes, byte, "two bytes share id %d",
                     bpe_byte_id((unsigned char)byte));
    }
    bpe_free(b);
}

Test(bpe, ids_are_bytes_then_merges_then_specials)
{
    static const int32_t merge[] = {220, 83, 256, 71, 71, 71};  // " t", " th", "hh"
    static const char *const special[] = {"<a>", "<b>"};
    struct bpe *b = make(3, merge, 2, special);
    static const char *const bytes[] = {" t", " th", "hh", "<a>", "<b>"};
    static const char *const names[] = {"\xC4\xA0t", "\xC4\xA0th", "hh", "<a>", "<b>"};
    cr_assert_eq(bpe_vocab(b), 261);
    cr_assert_eq(bpe_merges(b), 3);
    cr_assert_eq(bpe_specials(b), 2);
    for (int32_t i = 0; i < 5; i++) {
        size_t size;
        cr_assert_str_eq(bpe_bytes(b, 256 + i, &size), bytes[i]);
        cr_assert_eq(size, strlen(bytes[i]));
        char *name = bpe_name(b, 256 + i);
        cr_assert_str_eq(name, names[i]);
        free(name);
    }
    for (int i = 0; i < 3; i++) {
        int32_t left, right;
        bpe_merge(b, i, &left, &right);
        cr_assert_eq(left, merge[2 * i]);
        cr_assert_eq(right, merge[2 * i + 1]);
        cr_assert_eq(bpe_join(b, left, right), 256 + i);
    }
    cr_assert_eq(bpe_join(b, 83, 220), -1, "order matters");
    bpe_free(b);
}

Test(bpe, new_refuses)
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
    struct bpe *b = (struct bpe *)&(char){0}, *before = b;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error e = {0};
        enum err code =
            bpe_new(cases[i].merges, cases[i].merge, cases[i].specials, cases[i].special, &b, &e);
        cr_assert_eq(code, ERR_VALUE, "case %zu", i);
        cr_assert_str_eq(e.text, cases[i].says);
        cr_assert_eq(b, before);
    }
    // Each merge doubles the token before it: 2^30 bytes must not be asked for.
    int32_t doubling[80] = {0};
    for (int i = 1; i < 40; i++) doubling[2 * i] = doubling[2 * i + 1] = 255 + i;
    struct error e;
    cr_assert_eq(bpe_new(40, doubling, 0, NULL, &b, &e), ERR_VALUE);
    cr_assert_str_eq(e.text, "merge 29: expected tokens of at most 1073741824 bytes in all");
}

Test(bpe, bytes_of_no_token_are_a_bug, .signal = SIGABRT)
{
    struct bpe *b = make(0, NULL, 1, END);
    size_t size;
    bpe_bytes(b, 257, &size);
}

Test(bpe, decode_puts_the_bytes_together)
{
    static const int32_t merge[] = {220, 83}, ids[] = {256, 0, 257, 188, 255};
    struct bpe *b = make(1, merge, 1, END);
    size_t size;
    char *text = bpe_decode(b, 5, ids, &size);
    cr_assert_eq(size, 18);
    cr_assert_eq(memcmp(text, " t!<|endoftext|>\0\xAD", 19), 0);
    free(text);
    text = bpe_decode(b, 0, ids, &size);
    cr_assert_eq(size, 0);
    cr_assert_eq(*text, 0);
    free(text);
    bpe_free(b);
}

// --- training -------------------------------------------------------------------------------

static void expect_merges(const struct bpe *b, int merges, const int32_t *merge)
{
    for (int i = 0; i < merges && i < bpe_merges(b); i++) {
        int32_t left, right;
        bpe_merge(b, i, &left, &right);
        cr_assert(left == merge[2 * i] && right == merge[2 * i + 1],
                  "merge %d joins %d and %d, expected %d and %d", i, left, right, merge[2 * i],
                  merge[2 * i + 1]);
    }
    cr_assert_eq(bpe_merges(b), merges);
}

// Merges and ids computed by Hugging Face tokenizers 0.23.3: BpeTrainer, min_frequency 2, all 256
// bytes as initial alphabet.
static const char SHELLS[] =
    "She sells sea shells; the shells she sells are sea shells, I'm sure.\n"
    "Ёж и ёжик, ёж и ежи.  The sea's seashells sell: 2024 shells, 2025 shells!\n";

static const int32_t SHELLS_MERGES[] = {
    220, 82, 71, 68, 75,  75, 258, 82,  256, 68,  256, 257, 261, 259, 140, 114, 140, 116, 260,
    64,  15, 17, 17, 266, 81, 68,  141, 239, 220, 264, 220, 267, 220, 269, 260, 259, 263, 264};

Test(bpe, trains_and_encodes_as_hugging_face_does)
{
    struct bpe *b = train(sizeof SHELLS - 1, SHELLS, 400);
    expect_merges(b, 19, SHELLS_MERGES);
    cr_assert_eq(bpe_vocab(b), 276, "ends early, for want of pairs");
    static const char text[] = "She's selling shells<|endoftext|> ёж  2026\r\n🐚";
    static const int32_t expected[] = {50,  257, 6,   82,  260, 258, 72,  77,  70,  262, 275,
                                       272, 263, 220, 271, 21,  201, 198, 172, 253, 238, 248};
    size_t count;
    int32_t *ids = bpe_encode(b, sizeof text - 1, text, &count);
    cr_assert_eq(count, 22);
    for (size_t i = 0; i < count; i++)
        cr_assert_eq(ids[i], expected[i], "id %zu is %d, expected %d", i, ids[i], expected[i]);
    free(ids);
    bpe_free(b);
}

Test(bpe, training_stops_at_the_size_asked)
{
    struct bpe *b = train(sizeof SHELLS - 1, SHELLS, 262);
    expect_merges(b, 5, SHELLS_MERGES);
    cr_assert_eq(bpe_vocab(b), 262);
    bpe_free(b);
}

Test(bpe, among_equals_the_smaller_ids_go_first)
{
    // 'd' is 67, 'c' 66, 'x' 87: (c, x) and (d, c) and (d, x) twice each.
    struct bpe *b = train(17, "cx,cx,dx,dx,dc,dc", 260);
    static const int32_t merge[] = {66, 87, 67, 66, 67, 87};
    expect_merges(b, 3, merge);
    bpe_free(b);
}

Test(bpe, a_run_counts_its_neighbours_and_joins_from_the_left)
{
    // "aaaaa" has four places of (a, a) and becomes aa aa a; then (aa, a), once, is not enough.
    struct bpe *b = train(5, "aaaaa", 300);
    static const int32_t merge[] = {64, 64};
    expect_merges(b, 1, merge);
    size_t count;
    int32_t *ids = bpe_encode(b, 5, "aaaaa", &count);
    cr_assert(count == 3 && ids[0] == 256 && ids[1] == 256 && ids[2] == 64);
    free(ids);
    bpe_free(b);
}

Test(bpe, no_pair_spans_pieces_or_special_texts)
{
    struct bpe *b = train(44, "x<|endoftext|>x<|endoftext|>x<|endoftext|>1a", 300);
    expect_merges(b, 0, NULL);
    bpe_free(b);
    b = train(8, "a1a1a1a1", 300);
    expect_merges(b, 0, NULL);
    bpe_free(b);
    b = train(0, "", 300);
    cr_assert_eq(bpe_vocab(b), 257);
    bpe_free(b);
}

Test(bpe, train_refuses_too_small_a_vocabulary)
{
    struct bpe *b = (struct bpe *)&(char){0}, *before = b;
    static const int bad[] = {256, 0, -1, INT32_MIN};
    for (int i = 0; i < 4; i++) {
        struct error e;
        cr_assert_eq(bpe_train(2, "aa", bad[i], 1, END, &b, &e), ERR_VALUE, "%d", bad[i]);
        cr_assert_eq(b, before);
    }
    static const char *const empty[] = {""};
    cr_assert_eq(bpe_train(2, "aa", 300, 1, empty, &b, NULL), ERR_VALUE);
    cr_assert_eq(b, before);
    b = train(2, "aa", 257);
    cr_assert_eq(bpe_vocab(b), 257);
    bpe_free(b);
}

// Few letters, so that runs, overlaps and equal counts are everywhere.
static size_t random_text(struct random *r, size_t most, char *text)
{
    static const char some[] = "aaaaabbbc \xD0\xB6\xFF";
    uint32_t letters = 1 + random_below(r, sizeof some - 1);
    size_t size = random_below(r, (uint32_t)most);
    for (size_t i = 0; i < size; i++) text[i] = some[random_below(r, letters)];
    if (size > 200) memcpy(text + 100, BPE_END_OF_TEXT, strlen(BPE_END_OF_TEXT));
    return size;
}

Test(bpe, fast_and_plain_agree, .timeout = 60)
{
    struct random r = random_start(3, RANDOM_TEST);
    for (int round = 0; round < 300; round++) {
        char text[600];
        int32_t merge[2 * MOST], plain[600];
        size_t size = random_text(&r, sizeof text, text), count;
        int merges = plain_train(size, text, 290, merge);
        struct bpe *b = train(size, text, 290);
        expect_merges(b, merges, merge);
        size = random_text(&r, sizeof text, text);
        size_t expected = plain_encode(b, size, text, plain);
        int32_t *ids = bpe_encode(b, size, text, &count);
        cr_assert_eq(count, expected, "round %d: %zu ids, expected %zu", round, count, expected);
        for (size_t i = 0; i < count; i++)
            cr_assert_eq(ids[i], plain[i], "round %d, id %zu", round, i);
        size_t back;
        char *again = bpe_decode(b, count, ids, &back);
        cr_assert(back == size && memcmp(again, text, size) == 0, "round %d", round);
        free(again);
        free(ids);
        bpe_free(b);
    }
}

// Merges that no training would find in this order: a later merge's parts are made by earlier ones.
Test(bpe, encode_follows_the_order_of_the_merges)
{
    static const int32_t merge[] = {65, 66, 64, 65, 256, 67, 64, 258};  // bc, ab, bcd, abcd
    struct bpe *b = make(4, merge, 0, NULL);
    size_t count;
    int32_t *ids = bpe_encode(b, 10, "abcd abd,b", &count);
    static const int32_t expected[] = {259, 220, 257, 67, 11, 65};
    cr_assert_eq(count, 6);
    for (size_t i = 0; i < count; i++) cr_assert_eq(ids[i], expected[i], "id %zu", i);
    free(ids);
    bpe_free(b);
}

// Quadratic work would take hours.
Test(bpe, one_long_piece_is_no_trouble, .timeout = 60)
{
    enum { SIZE = 1 << 20 };
    char *text = malloc(SIZE);
    memset(text, 'a', SIZE);
    struct bpe *b = train(SIZE, text, 1024);
    cr_assert_eq(bpe_merges(b), 19, "2, 4, 8 … letters; the longest twice at least");
    size_t count;
    int32_t *ids = bpe_encode(b, SIZE, text, &count);
    cr_assert_eq(count, 2);
    cr_assert(ids[0] == 256 + 18 && ids[1] == 256 + 18);
    free(ids);
    ids = bpe_encode(b, SIZE - 1, text, &count);
    cr_assert_eq(count, 20, "one token of each length");
    free(ids);
    bpe_free(b);
    free(text);
}
