// bpe: joining, training, encoding, decoding: by hand, beside the reference on random text, and
// beside Hugging Face's answers (golden/make_bpe.py).
#include "bpe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "file.h"
#include "lesson.h"
#include "random.h"
#include "ref_bpe.h"
#include "vocab_files.h"

FUNCTION(bpe_join, 3);
FUNCTION(bpe_train, 5);
FUNCTION(bpe_encode, 5);
FUNCTION(bpe_decode, 2);

static const char *const END[] = {VOCAB_END_OF_TEXT};

// quote is lesson_quote of a string, or of its beginning if it is long.
static const char *quote(size_t size, const char *text)
{
    return lesson_quote(size < 200 ? size : 200, text);
}

// --- bpe_join -------------------------------------------------------------------------------

enum { ROOM = 64 };

// expect_join joins (left, right) in ids[0..n).  Behind the ids stands what the last of them could
// be joined with, if one read too far.
static void expect_join(size_t n, const int32_t *ids, int32_t left, int32_t right, int32_t made)
{
    int32_t got[ROOM + 1], want[ROOM + 1];
    char text[16 * ROOM] = "";
    for (size_t i = 0; i < n; i++) {
        got[i] = want[i] = ids[i];
        sprintf(text + strlen(text), " %d", ids[i]);
    }
    got[n] = want[n] = right;
    given("ids%s; join %d and %d to %d", n ? text : ": none", left, right, made);
    size_t count = bpe_join(n, got, left, right, made);
    size_t expected = ref_bpe_join(n, want, left, right, made);
    if (!expect_true("ids left, at most as many as before", count <= n)) return;
    expect_ids("ids", count, got, expected, want);
    expect_int("the id behind the last", got[n], right);
}

TEST(bpe_join, one_place)
{
    static const int32_t two[] = {1, 2}, front[] = {1, 2, 3}, back[] = {3, 1, 2};
    expect_join(2, two, 1, 2, 9);
    expect_join(3, front, 1, 2, 9);
    expect_join(3, back, 1, 2, 9);
}

TEST(bpe_join, no_place)
{
    static const int32_t ids[] = {2, 1, 3, 1};
    expect_join(0, ids, 1, 2, 9);
    expect_join(1, ids + 1, 1, 2, 9);
    expect_join(2, ids, 1, 2, 9);
    expect_join(4, ids, 1, 2, 9);
}

TEST(bpe_join, many_places)
{
    static const int32_t ids[] = {1, 2, 1, 2, 4, 1, 2, 2, 1, 1, 2};
    expect_join(4, ids, 1, 2, 9);
    expect_join(11, ids, 1, 2, 9);
}

TEST(bpe_join, places_that_overlap)
{
    static const int32_t same[] = {5, 5, 5, 5, 5}, mixed[] = {5, 5, 5, 6, 5, 5, 5, 5};
    for (size_t n = 2; n <= 5; n++) expect_join(n, same, 5, 5, 9);
    expect_join(8, mixed, 5, 5, 9);
}

// A vocabulary never does this; the contract says what happens all the same.
TEST(bpe_join, what_was_made_is_not_joined_again)
{
    static const int32_t ids[] = {7, 7, 7, 8, 7, 8, 8};
    expect_join(4, ids, 7, 7, 7);
    expect_join(7, ids, 7, 8, 7);
    expect_join(7, ids, 7, 8, 8);
}

TEST(bpe_join, random_ids)
{
    struct random r = random_start(1, RANDOM_TEST);
    for (int round = 0; round < 300; round++) {
        int32_t ids[ROOM];
        size_t n = random_below(&r, ROOM);
        for (size_t i = 0; i < n; i++) ids[i] = (int32_t)random_below(&r, 3);
        expect_join(n, ids, (int32_t)random_below(&r, 3), (int32_t)random_below(&r, 3), 9);
    }
}

// --- bpe_train ------------------------------------------------------------------------------

// struct merge: a merge as merges.txt writes it, Ġ for a space, and the two ids that it joins.
struct merge {
    char name[80];
    int32_t pair[2];
};

// merges_of returns the merges of v, in memory from malloc.
static struct merge *merges_of(const struct vocab *v)
{
    struct merge *m = calloc((size_t)vocab_merges(v) + 1, sizeof *m);
    if (!m) die("out of memory: a list of merges");
    for (int i = 0; i < vocab_merges(v); i++) {
        vocab_merge(v, i, &m[i].pair[0], &m[i].pair[1]);
        char *left = vocab_name(v, m[i].pair[0]), *right = vocab_name(v, m[i].pair[1]);
        snprintf(m[i].name, sizeof m[i].name, "%s %s", left, right);
        free(left);
        free(right);
    }
    return m;
}

// expect_merge compares merge i; NULL: there is none.
static int expect_merge(int i, const struct merge *got, const struct merge *want)
{
    char what[240];
    snprintf(what, sizeof what, "merge %d is %s, and should be %s: its two ids", i,
             got ? got->name : "missing", want ? want->name : "none");
    return expect_ids(what, got ? 2 : 0, got ? got->pair : NULL, want ? 2 : 0,
                      want ? want->pair : NULL);
}

// expect_merges trains on text and wants the merges of `want`.
static int expect_merges(size_t size, const char *text, int tokens, const struct vocab *want)
{
    struct vocab *v = NULL;
    struct error e = {0};
    given("text %s\nat most %d tokens", quote(size, text), tokens);
    enum err code = bpe_train(size, text, tokens, 1, END, &v, &e);
    if (code) given("text %s\nat most %d tokens\nit said: %s", quote(size, text), tokens, e.text);
    if (!expect_code("bpe_train", code, ERR_NONE) || !expect_true("a vocabulary", v != NULL))
        return 0;
    int met = 1, gots = vocab_merges(v), wants = vocab_merges(want);
    struct merge *g = merges_of(v), *w = merges_of(want);
    for (int i = 0; i < gots || i < wants; i++)
        met &= expect_merge(i, i < gots ? g + i : NULL, i < wants ? w + i : NULL);
    met &= expect_int("special tokens", vocab_specials(v), 1);
    free(g);
    free(w);
    vocab_free(v);
    return met;
}

static void expect_merges_as_ref(size_t size, const char *text, int tokens)
{
    struct vocab *want;
    ref_bpe_train(size, text, tokens, 1, END, &want, NULL);
    expect_merges(size, text, tokens, want);
    vocab_free(want);
}

// vocab_named makes a vocabulary of merges as merges.txt writes them, with a comma between two.
static struct vocab *vocab_named(const char *merges)
{
    struct vocab *v;
    struct error e;
    int32_t merge[2 * ROOM];
    int made = 0;
    if (vocab_new(0, NULL, 1, END, &v, &e)) die("%s", e.text);
    for (const char *at = merges; *at; made++) {
        char side[2][40];
        int read = 0;
        if (sscanf(at, " %39[^ ] %39[^,]%n", side[0], side[1], &read) != 2) die("merges %s", at);
        at += read + (at[read] == ',');
        for (int k = 0; k < 2; k++) {
            int32_t id = 0;
            for (int found = 0; !found; id += !found) {
                if (id == VOCAB_BYTES + made) die("merges %s: no token %s", merges, side[k]);
                char *name = vocab_name(v, id);
                found = strcmp(name, side[k]) == 0;
                free(name);
            }
            merge[2 * made + k] = id;
        }
        vocab_free(v);
        if (vocab_new(made + 1, merge, 1, END, &v, &e)) die("%s", e.text);
    }
    return v;
}

static int expect_merges_of(const char *text, int tokens, const char *want)
{
    struct vocab *v = vocab_named(want);
    int met = expect_merges(strlen(text), text, tokens, v);
    vocab_free(v);
    return met;
}

// 256 bytes and one special token: 257 leaves no room for a merge.
TEST(bpe_train, one_merge)
{
    expect_merges_of("abab", 257, "");
    expect_merges_of("abab", 258, "a b");
    expect_merges_of("cabcabab", 258, "a b");
}

// The first text has room for 6 pairs, and two rounds have 7.
TEST(bpe_train, each_round_counts_anew)
{
    expect_merges_of("aabaac", 300, "a a");
    expect_merges_of("abacabac", 300, "a b, a c, ab ac");
}

TEST(bpe_train, a_pair_in_one_place_is_not_worth_a_merge)
{
    expect_merges_of("", 300, "");
    expect_merges_of("a", 300, "");
    expect_merges_of("ab", 300, "");
    expect_merges_of("aab", 300, "");
    expect_merges_of("abcab", 300, "a b");
}

TEST(bpe_train, merges_of_merges)
{
    expect_merges_of("abcabc", 300, "a b, ab c");
    expect_merges_of("hug hug pug pun bun hugs", 260, "u g, h ug, u n");
}

TEST(bpe_train, overlapping_places_all_count)
{
    expect_merges_of("aaa", 300, "a a");
    expect_merges_of("zzz,ab,ab", 300, "a b, z z");
    expect_merges_of("zzzz,ab,ab", 300, "z z, a b");
    expect_merges_of("aaaaaaaa", 300, "a a, aa aa");
}

TEST(bpe_train, among_equals_the_smaller_ids_go_first)
{
    expect_merges_of("dx,dx,cx,cx", 300, "c x, d x");
    expect_merges_of("dc,dc,db,db", 300, "d b, d c");
    expect_merges_of("cx,cx,dx,dx,dc,dc", 300, "c x, d c, d x");
}

TEST(bpe_train, a_word_counts_as_often_as_it_occurs)
{
    expect_merges_of("abab xy xy xy xy", 300, "x y, Ġ xy, a b");
    expect_merges_of("ab ab ab", 258, "a b");
    expect_merges_of("ac\nac\nabab\nabab", 258, "a b");
}

TEST(bpe_train, no_pair_spans_two_pieces)
{
    expect_merges_of("a1a1a1a1", 300, "");
    expect_merges_of("ab1ab1ab1", 300, "a b");
    expect_merges_of("a b a b a b", 300, "Ġ b, Ġ a");
}

TEST(bpe_train, special_texts_belong_to_no_pair)
{
    expect_merges_of("x<|endoftext|>x<|endoftext|>x<|endoftext|>1a", 300, "");
    expect_merges_of("ab<|endoftext|>ab<|endoftext|>", 300, "a b");
}

TEST(bpe_train, any_bytes)
{
    expect_merges_as_ref(6, "\0\0\0\0\0\0", 300);
    expect_merges_of("жж жж", 300, "Ð ¶, Ð¶ Ð¶");
    expect_merges_of("\xFF\xFE\xFF\xFE", 300, "ÿ þ");
}

TEST(bpe_train, special_tokens_take_room)
{
    static const char *const special[] = {"<a>", "<b>"};
    for (int specials = 0; specials <= 2; specials++) {
        struct vocab *v = NULL;
        given("text \"ababcdcd\"\nat most %d tokens, %d of them special", 258, specials);
        enum err code = bpe_train(8, "ababcdcd", 258, specials, special, &v, NULL);
        if (!expect_code("bpe_train", code, ERR_NONE)) return;
        expect_int("merges", vocab_merges(v), 2 - specials);
        expect_int("special tokens", vocab_specials(v), specials);
        vocab_free(v);
    }
}

TEST(bpe_train, refuses_too_small_a_vocabulary)
{
    static const int bad[] = {256, 0, -1, INT32_MIN};
    struct vocab *v = NULL;
    for (int i = 0; i < 4; i++) {
        struct error e = {0};
        given("text \"aa\"\nat most %d tokens, one of them special", bad[i]);
        expect_code("bpe_train", bpe_train(2, "aa", bad[i], 1, END, &v, &e), ERR_VALUE);
        expect_text_has("the message", e.text, "256");
        expect_true("*v left alone", v == NULL);
    }
    static const char *const empty[] = {""};
    given("text \"aa\"\na special token without text");
    expect_code("bpe_train", bpe_train(2, "aa", 300, 1, empty, &v, NULL), ERR_VALUE);
    expect_true("*v left alone", v == NULL);
}

// Few letters, so that runs, overlaps and equal counts are everywhere.
static size_t random_text(struct random *r, size_t most, char *text)
{
    static const char some[] = "aaaaabbbc \xD0\xB6\xFF";
    uint32_t letters = 1 + random_below(r, sizeof some - 1);
    size_t size = random_below(r, (uint32_t)most);
    for (size_t i = 0; i < size; i++) text[i] = some[random_below(r, letters)];
    return size;
}

// trains_otherwise returns 1 if the two trainers find different merges.
static int trains_otherwise(size_t size, const char *text, void *context)
{
    int tokens = *(int *)context;
    struct vocab *v = NULL, *ref;
    if (bpe_train(size, text, tokens, 1, END, &v, NULL) || !v) return 1;
    ref_bpe_train(size, text, tokens, 1, END, &ref, NULL);
    int differ = vocab_merges(v) != vocab_merges(ref);
    for (int i = 0; i < vocab_merges(ref) && !differ; i++) {
        int32_t got[2], want[2];
        vocab_merge(v, i, &got[0], &got[1]);
        vocab_merge(ref, i, &want[0], &want[1]);
        differ = got[0] != want[0] || got[1] != want[1];
    }
    vocab_free(v);
    vocab_free(ref);
    return differ;
}

// Short texts first: the first that goes wrong is soon the shortest.
TEST_SLOW(bpe_train, random_text, 3)
{
    struct random r = random_start(2, RANDOM_TEST);
    for (size_t round = 0; round < 40; round++) {
        char text[300];
        size_t size = random_text(&r, 8 + 7 * round, text);
        int tokens = 257 + (int)random_below(&r, 30);
        given("text %s\nat most %d tokens", quote(size, text), tokens);
        if (!trains_otherwise(size, text, &tokens)) continue;
        size = lesson_shrink(size, text, trains_otherwise, &tokens);
        expect_merges_as_ref(size, text, tokens);
        return;
    }
    expect_true("the merges of every text", 1);
}

// Hardly a pair is there twice, and every merge makes pairs that are new.
TEST(bpe_train, one_long_word)
{
    struct random r = random_start(5, RANDOM_TEST);
    for (int round = 0; round < 2; round++) {
        char text[700];
        for (size_t i = 0; i < sizeof text; i++) text[i] = (char)('a' + (int)random_below(&r, 26));
        expect_merges_as_ref(sizeof text, text, 1024);
    }
}

static char *contents(const char *path, size_t *size)
{
    char *text;
    struct error e;
    if (file_read(path, &text, size, &e)) die("%s", e.text);
    return text;
}

static struct vocab *golden(void)
{
    struct vocab *v;
    struct error e;
    if (vocab_files_read(GOLDEN "/bpe", &v, &e)) die("%s", e.text);
    return v;
}

// The same 255 merges as Hugging Face's trainer finds in this text.
TEST_SLOW(bpe_train, a_real_text, 5)
{
    size_t size;
    char *text = contents(GOLDEN "/bpe/text.txt", &size);
    struct vocab *v = golden();
    expect_merges(size, text, 512, v);
    free(text);
    vocab_free(v);
}

// --- bpe_encode -----------------------------------------------------------------------------

static struct vocab *vocab_of(int merges, const int32_t *merge, int specials,
                              const char *const *special)
{
    struct vocab *v;
    struct error e;
    if (vocab_new(merges, merge, specials, special, &v, &e)) die("%s", e.text);
    return v;
}

// expect_encode encodes text and wants these ids; `name` says which vocabulary.
static int expect_encode(const struct vocab *v, const char *name, size_t size, const char *text,
                         size_t n, const int32_t *want)
{
    given("text %s\n%s", quote(size, text), name);
    size_t count = 0;
    int32_t *ids = bpe_encode(v, size, text, &count);
    if (!expect_true("ids", ids != NULL) ||
        !expect_true("ids, at most as many as bytes", count <= size))
        return 0;
    int met = expect_ids("ids", count, ids, n, want);
    free(ids);
    return met;
}

// expect_as_ref encodes text and wants what the reference gives.
static int expect_as_ref(const struct vocab *v, const char *name, size_t size, const char *text)
{
    size_t n;
    int32_t *want = ref_bpe_encode(v, size, text, &n);
    int met = expect_encode(v, name, size, text, n, want);
    free(want);
    return met;
}

TEST(bpe_encode, bytes_alone)
{
    static const char *const text[] = {"a", "!", "az", "1", "\n", " ", "\xFF", "\xD0\xB6"};
    struct vocab *v = vocab_of(0, NULL, 0, NULL);
    expect_as_ref(v, "no merges", 0, "");
    for (int i = 0; i < 8; i++) expect_as_ref(v, "no merges", strlen(text[i]), text[i]);
    expect_as_ref(v, "no merges", 3, "a\0b");
    vocab_free(v);
}

// Tests run by name: of those that a learner's loop may never leave, these two come first, and a
// loop that hangs on one does not hang on the other.
TEST(bpe_encode, a_pair_is_joined)
{
    static const int32_t merge[] = {64, 65};
    struct vocab *v = vocab_of(1, merge, 0, NULL);
    expect_as_ref(v, "merges: a b (256)", 2, "ab");
    vocab_free(v);
}

// A join leaves old ids behind the end of the piece: they are no part of it any more.
TEST(bpe_encode, a_piece_ends_where_it_ends)
{
    static const int32_t merge[] = {64, 64, 256, 64};
    static const char name[] = "merges: a a (256), aa a (257)";
    struct vocab *v = vocab_of(2, merge, 0, NULL);
    expect_as_ref(v, name, 2, "aa");
    vocab_free(v);
}

TEST(bpe_encode, one_merge)
{
    static const int32_t merge[] = {64, 65};  // a b
    static const char name[] = "merges: a b (256)";
    struct vocab *v = vocab_of(1, merge, 0, NULL);
    expect_as_ref(v, name, 2, "ba");
    expect_as_ref(v, name, 4, "cabc");
    expect_as_ref(v, name, 6, "ababab");
    vocab_free(v);
}

TEST(bpe_encode, places_that_overlap)
{
    static const int32_t merge[] = {64, 64, 256, 256};
    static const char name[] = "merges: a a (256), aa aa (257)";
    struct vocab *v = vocab_of(2, merge, 0, NULL);
    for (size_t n = 2; n <= 9; n++) expect_as_ref(v, name, n, "aaaaaaaaa");
    vocab_free(v);
}

// The longest token that fits is not what training saw: merges are done in their order.
TEST(bpe_encode, the_earliest_merge_first)
{
    static const int32_t merge[] = {65, 66, 64, 65, 257, 66, 256, 67};  // bc, ab, abc, bcd
    static const char name[] = "merges: b c (256), a b (257), ab c (258), bc d (259)";
    struct vocab *v = vocab_of(4, merge, 0, NULL);
    expect_as_ref(v, name, 2, "ab");
    expect_as_ref(v, name, 3, "abc");
    expect_as_ref(v, name, 4, "abcd");
    expect_as_ref(v, name, 8, "ababcbcd");
    vocab_free(v);
}

TEST(bpe_encode, whatever_else_fits)
{
    static const int32_t merge[] = {65, 66, 66, 67, 64, 65, 258, 257, 258, 66};
    static const char name[] = "merges: b c (256), c d (257), a b (258), ab cd (259), ab c (260)";
    struct vocab *v = vocab_of(5, merge, 0, NULL);
    expect_as_ref(v, name, 3, "bcd");
    expect_as_ref(v, name, 4, "abcd");
    expect_as_ref(v, name, 7, "cdabbcd");
    vocab_free(v);
}

TEST(bpe_encode, merges_do_not_cross_pieces)
{
    static const int32_t merge[] = {64, 16, 64, 220, 220, 64};  // a1, "a ", " a"
    static const char name[] = "merges: a 1 (256), a Ġ (257), Ġ a (258)";
    struct vocab *v = vocab_of(3, merge, 0, NULL);
    expect_as_ref(v, name, 2, "a1");
    expect_as_ref(v, name, 3, "a a");
    expect_as_ref(v, name, 5, "a a1a");
    vocab_free(v);
}

TEST(bpe_encode, special_texts_are_one_token)
{
    static const char *const special[] = {"<end>", "<pad>", "<endless>"};
    static const int32_t merge[] = {27, 68};  // <e
    static const char name[] =
        "merges: < e (256)\nspecial: <end> (257), <pad> (258), <endless> (259)";
    static const char *const text[] = {"<end>",     "<pad>", "a<end>b", "<end><pad>", "<endless>",
                                       "<end<end>", "<pa",   "<end >",  "<END>"};
    struct vocab *v = vocab_of(1, merge, 3, special);
    for (int i = 0; i < 9; i++) expect_as_ref(v, name, strlen(text[i]), text[i]);
    vocab_free(v);
}

// Behind the text is no memory: who reads there dies.
TEST(bpe_encode, reads_nothing_behind_the_text)
{
    static const int32_t merge[] = {64, 65};
    static const char text[] = "cab ab!", special[] = "a" VOCAB_END_OF_TEXT;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *two = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (two == MAP_FAILED || mprotect(two + page, page, PROT_NONE)) die("no page of memory");
    struct vocab *v = vocab_of(1, merge, 1, END);
    for (size_t n = 0; n < sizeof text; n++) {
        char *at = memcpy(two + page - n, text, n);
        expect_as_ref(v, "merges: a b (256)", n, at);
    }
    char *at = memcpy(two + page - (sizeof special - 1), special, sizeof special - 1);
    expect_as_ref(v, "merges: a b (256)\nspecial: <|endoftext|> (257)", sizeof special - 1, at);
    vocab_free(v);
    munmap(two, 2 * page);
}

// encodes_otherwise returns 1 if the two encoders give different ids.
static int encodes_otherwise(size_t size, const char *text, void *context)
{
    const struct vocab *v = context;
    size_t n, m = 0;
    int32_t *want = ref_bpe_encode(v, size, text, &n), *got = bpe_encode(v, size, text, &m);
    int differ = !got || n != m || memcmp(got, want, n * sizeof *got) != 0;
    free(want);
    free(got);
    return differ;
}

// random_vocab: merges of few letters, most of which no training would find in this order.
static struct vocab *random_vocab(struct random *r, int merges)
{
    static const int32_t letter[] = {64, 64, 65, 220, 140, 114};
    int32_t merge[2 * ROOM];
    struct vocab *v = vocab_of(0, NULL, 1, END);
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

// name_merges lists the merges of v in lines that fit the screen.
static void name_merges(const struct vocab *v, size_t size, char *name)
{
    size_t at = (size_t)snprintf(name, size, "merges:"), line = 0;
    struct merge *m = merges_of(v);
    for (int i = 0; i < vocab_merges(v) && at < size; i++) {
        const char *before = i ? ", " : " ";
        if (at - line + strlen(m[i].name) + 8 > 66) before = i ? ",\n  " : " ", line = at;
        at +=
            (size_t)snprintf(name + at, size - at, "%s%s (%d)", before, m[i].name, VOCAB_BYTES + i);
    }
    free(m);
}

TEST(bpe_encode, random_merges)
{
    struct random r = random_start(3, RANDOM_TEST);
    for (size_t round = 0; round < 8; round++) {
        struct vocab *v = random_vocab(&r, 2 + (int)round);
        char text[100], name[800];
        name_merges(v, sizeof name, name);
        for (size_t i = 0; i < 40; i++) {
            size_t size = random_text(&r, 10 + 2 * i, text);
            given("text %s\n%s", quote(size, text), name);
            if (!encodes_otherwise(size, text, v)) continue;
            size = lesson_shrink(size, text, encodes_otherwise, v);
            expect_as_ref(v, name, size, text);
            return;
        }
        vocab_free(v);
    }
    expect_true("the ids of every text", 1);
}

// Each line of the file: a string in hexadecimal, and the ids that Hugging Face gives.
TEST_SLOW(bpe_encode, as_hugging_face_does, 5)
{
    size_t all;
    char *file = contents(GOLDEN "/bpe/ids.txt", &all);
    struct vocab *v = golden();
    for (char *line = strtok(file, "\n"); line; line = strtok(NULL, "\n")) {
        if (*line == '#') continue;
        char bytes[1024], *at = line;
        int32_t want[1024];
        size_t size = 0, n = 0;
        unsigned byte;
        for (; *at && *at != ' ' && sscanf(at, "%2x", &byte) == 1; at += 2)
            bytes[size++] = (char)byte;
        if (*at == '-') at++;
        for (char *after; *at; at = after) want[n++] = (int32_t)strtol(at, &after, 10);
        if (!expect_encode(v, "the vocabulary in tests/golden/bpe", size, bytes, n, want)) return;
    }
    free(file);
    vocab_free(v);
}

// --- bpe_decode -----------------------------------------------------------------------------

static void expect_decode(const struct vocab *v, size_t n, const int32_t *ids, size_t size,
                          const char *want)
{
    size_t got_size = SIZE_MAX;
    char text[16 * ROOM] = "";
    for (size_t i = 0; i < n; i++) sprintf(text + strlen(text), " %d", ids[i]);
    given("ids%s\nwhich say %s", n ? text : ": none", quote(size, want));
    char *got = bpe_decode(v, n, ids, &got_size);
    if (!expect_true("a text", got != NULL)) return;
    if (!expect_int("its size", (int64_t)got_size, (int64_t)size)) return;
    expect_bytes("the text", got_size, got, size, want);
    expect_true("the zero byte behind the text is there", got[size] == 0);
    free(got);
}

TEST(bpe_decode, bytes)
{
    static const int32_t ids[] = {64, 65, 220, 198, 255};
    struct vocab *v = vocab_of(0, NULL, 0, NULL);
    expect_decode(v, 0, ids, 0, "");
    expect_decode(v, 1, ids, 1, "a");
    expect_decode(v, 5, ids, 5, "ab \n\xAD");
    vocab_free(v);
}

TEST(bpe_decode, tokens_of_several_bytes)
{
    static const int32_t merge[] = {220, 83, 256, 71, 140, 114};  // " t", " th", "ж"
    static const int32_t ids[] = {257, 68, 256, 258, 140, 71};
    struct vocab *v = vocab_of(3, merge, 0, NULL);
    expect_decode(v, 1, ids, 3, " th");
    expect_decode(v, 3, ids, 6, " the t");
    expect_decode(v, 6, ids, 10, " the tж\xD0h");
    vocab_free(v);
}

TEST(bpe_decode, a_token_may_hold_a_zero)
{
    static const int32_t merge[] = {64, 188, 256, 65};  // "a\0", "a\0b"
    static const int32_t ids[] = {188, 256, 257, 188};
    struct vocab *v = vocab_of(2, merge, 0, NULL);
    expect_decode(v, 1, ids, 1, "\0");
    expect_decode(v, 4, ids, 7, "\0a\0a\0b\0");
    vocab_free(v);
}

TEST(bpe_decode, special_tokens_are_text_too)
{
    static const char *const special[] = {"<end>", "<pad>"};
    static const int32_t ids[] = {64, 257, 256};
    struct vocab *v = vocab_of(0, NULL, 2, special);
    expect_decode(v, 3, ids, 11, "a<pad><end>");
    vocab_free(v);
}

TEST(bpe_decode, undoes_encoding)
{
    struct random r = random_start(4, RANDOM_TEST);
    struct vocab *v = golden();
    for (int round = 0; round < 100; round++) {
        char text[ROOM];
        size_t size = random_text(&r, sizeof text, text), n;
        if (round % 2)
            for (size_t i = 0; i < size; i++) text[i] = (char)random_below(&r, 256);
        int32_t *ids = ref_bpe_encode(v, size, text, &n);
        expect_decode(v, n, ids, size, text);
        free(ids);
    }
    vocab_free(v);
}
