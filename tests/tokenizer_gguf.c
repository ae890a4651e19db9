// tokenizer_gguf: each kind of vocabulary there and back, as llama.cpp has it; what is refused.
#include "tokenizer_gguf.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "check.h"
#include "sentencepiece.h"
#include "tokenizer_bin.h"
#include "tokenizer_file.h"
#include "vocab.h"

#define KEY "tokenizer.ggml."

static char directory[] = "/tmp/tokenizer_gguf-XXXXXX";
static char path[64];

static void begin(void)
{
    cr_assert_not_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/t.gguf", directory);
}

static void end(void)
{
    unlink(path);
    rmdir(directory);
}

TestSuite(tokenizer_gguf, .init = begin, .fini = end);

// --- vocabularies ----------------------------------------------------------------------------

static struct tokenizer *of_chars(const char *text)
{
    struct chars *c;
    cr_assert_eq(chars_new(strlen(text), text, &c, NULL), ERR_NONE);
    return tokenizer_of_chars(c);
}

// Of the bytes: "ab", "abc", " a", and two special tokens or none.
static struct tokenizer *of_bpe(int specials)
{
    static const char *const special[] = {"<|pad|>", VOCAB_END_OF_TEXT};
    int32_t a = vocab_byte_id('a'), merge[] = {a, a + 1, 256, a + 2, vocab_byte_id(' '), a};
    struct vocab *v;
    struct error e;
    cr_assert_eq(vocab_new(3, merge, specials, special, &v, &e), ERR_NONE, "%s", e.text);
    return tokenizer_of_bpe(v);
}

static struct tokenizer *of_file(const char *name)
{
    struct tokenizer *t;
    struct error e;
    cr_assert_eq(tokenizer_file_read(name, &t, &e), ERR_NONE, "%s", e.text);
    return t;
}

// Ids 0 … 2 are special, 3 … 258 the bytes; then these, with the merges "a"+"b", "ab"+"c", "b"+"c",
// "a"+"bc" in the order that `order` names.
static struct sentencepiece *of_pieces(enum sentencepiece_prefix prefix, int32_t bos,
                                       const int *order)
{
    enum { FIRST = 259, OWN = 7, V = FIRST + OWN };
    static const char *const own[OWN] = {SENTENCEPIECE_SPACE, "a", "b", "c", "ab", "abc", "bc"};
    static const int32_t pair[][2] = {{260, 261}, {263, 262}, {261, 262}, {260, 265}};
    static const struct sentencepiece_special special[] = {{0, 0}, {1, 0}, {2, 0}};
    const char *piece[V] = {"<unk>", "<s>", "</s>"};
    char bytes[256][8];
    int32_t merge[8];
    for (int i = 0; i < 256; i++) {
        snprintf(bytes[i], sizeof bytes[i], "<0x%02X>", (unsigned)i);
        piece[3 + i] = bytes[i];
    }
    for (int i = 0; i < OWN; i++) piece[FIRST + i] = own[i];
    for (int i = 0; i < 4; i++) memcpy(merge + 2 * i, pair[order[i]], sizeof pair[0]);
    struct sentencepiece_parts parts = {.V = V,
                                        .piece = piece,
                                        .merges = 4,
                                        .merge = merge,
                                        .specials = 3,
                                        .special = special,
                                        .bos = bos,
                                        .prefix = prefix};
    struct sentencepiece *s;
    struct error e;
    cr_assert_eq(sentencepiece_new(&parts, &s, &e), ERR_NONE, "%s", e.text);
    return s;
}

// "ab" before "abc", of which the longer left part comes first, before "bc".
static const int SCORED[] = {0, 1, 3, 2};

// --- there and back --------------------------------------------------------------------------

static struct gguf *written(struct gguf_set *s)
{
    struct gguf *g;
    struct error e;
    cr_assert_eq(gguf_write(path, 0, NULL, s->count, s->pair, &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(gguf_open(path, &g, &e), ERR_NONE, "%s", e.text);
    return g;
}

static struct gguf *file_of(const struct tokenizer *t)
{
    struct gguf_set s = {.memory = arena_new()};
    struct error e;
    cr_assert_eq(tokenizer_gguf_put(&s, t, &e), ERR_NONE, "%s", e.text);
    struct gguf *g = written(&s);
    arena_free(s.memory);
    return g;
}

static void same_ids(const struct tokenizer *a, const struct tokenizer *b, const char *text)
{
    int32_t *x, *y;
    size_t n, k;
    cr_assert_eq(tokenizer_encode(a, strlen(text), text, &x, &n, NULL), ERR_NONE);
    cr_assert_eq(tokenizer_encode(b, strlen(text), text, &y, &k, NULL), ERR_NONE);
    cr_assert(n == k && memcmp(x, y, n * sizeof *x) == 0, "\"%s\": %zu ids, %zu before", text, k,
              n);
    free(x), free(y);
}

// comes_back frees t.
static void comes_back(struct tokenizer *t, const char *const *texts)
{
    struct gguf *g = file_of(t);
    struct tokenizer *again;
    struct error e;
    cr_assert_eq(tokenizer_gguf_read(g, &again, &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(tokenizer_vocab(again), tokenizer_vocab(t));
    cr_assert_eq(tokenizer_bos(again), tokenizer_bos(t));
    for (int32_t id = 0; id < tokenizer_vocab(t); id++) {
        size_t n, k;
        const char *x = tokenizer_bytes(t, id, &n), *y = tokenizer_bytes(again, id, &k);
        cr_assert(n == k && memcmp(x, y, n) == 0, "token %d", id);
        cr_assert_eq(tokenizer_is_special(t, id), tokenizer_is_special(again, id));
    }
    for (; *texts; texts++) same_ids(t, again, *texts);
    tokenizer_free(again);
    // By its path, as any tokenizer.
    again = of_file(path);
    tokenizer_free(again);
    tokenizer_free(t);
    gguf_close(g);
}

static const char *const TEXTS[] = {"",      " ",         "abcab a ab", " abc bc", "a  b\n\tc",
                                    "größe", "<s>ab</s>", "<|pad|>a",   "a<unk>b", NULL};

Test(tokenizer_gguf, byte_pairs_come_back)
{
    for (int specials = 0; specials <= 2; specials++) comes_back(of_bpe(specials), TEXTS);
    comes_back(of_file(GOLDEN "/bpe"), TEXTS);
}

Test(tokenizer_gguf, pieces_come_back)
{
    for (int prefix = PREFIX_EVERY; prefix <= PREFIX_NEVER; prefix++) {
        for (int32_t bos = -1; bos <= 1; bos += 2)
            comes_back(tokenizer_of_sentencepiece(
                           of_pieces((enum sentencepiece_prefix)prefix, bos, SCORED)),
                       TEXTS);
    }
    comes_back(of_file(GOLDEN "/llama/tokenizer.json"), TEXTS);
    comes_back(of_file(GOLDEN "/llama/tokenizer.bin"), TEXTS);
}

Test(tokenizer_gguf, characters_come_back)
{
    static const char *const texts[] = {"", "a\\b", "\n \t", "\x7F\x01", NULL};
    comes_back(of_chars("\x01\t\n\r ab\\x~\x7F"), texts);
    char all[127];
    for (int i = 1; i < 128; i++) all[i - 1] = (char)i;
    struct chars *c;
    cr_assert_eq(chars_new(sizeof all, all, &c, NULL), ERR_NONE);
    comes_back(tokenizer_of_chars(c), texts);
    // U+0000, which a tokenizer.json cannot hold.
    cr_assert_eq(chars_new(3, "a\0b", &c, NULL), ERR_NONE);
    comes_back(tokenizer_of_chars(c), (const char *const[]){"ab", NULL});
}

// --- as llama.cpp has it ---------------------------------------------------------------------

static int32_t *encode(const void *t, size_t size, const char *text, size_t *count)
{
    int32_t *ids;
    struct error e;
    cr_assert_eq(tokenizer_encode(t, size, text, &ids, count, &e), ERR_NONE, "%s", e.text);
    return ids;
}

Test(tokenizer_gguf, ids_are_those_of_llama_cpp)
{
    struct tokenizer *tiny = of_file(GOLDEN "/llama/tokenizer.bin");
    struct tokenizer *stories = of_file("checkpoints/stories");
    cr_assert_eq(check_golden_texts("gguf/tiny_ids.txt", encode, tiny), 18);
    cr_assert_eq(check_golden_texts("gguf/stories_ids.txt", encode, stories), 18);
    tokenizer_free(tiny);
    tokenizer_free(stories);
}

static int id_at(const struct gguf *g, const char *key)
{
    int id = -1;
    struct error e;
    cr_assert_eq(gguf_want_int(g, key, 0, INT32_MAX, &id, &e), ERR_NONE, "%s", e.text);
    return id;
}

static int flag_at(const struct gguf *g, const char *key)
{
    int flag = -1;
    struct error e;
    cr_assert_eq(gguf_want_flag(g, key, &flag, &e), ERR_NONE, "%s", e.text);
    return flag;
}

static void text_is(const struct gguf *g, const char *key, const char *want)
{
    const char *text = NULL;
    struct error e;
    cr_assert_eq(gguf_want_string(g, key, &text, &e), ERR_NONE, "%s", e.text);
    cr_assert_str_eq(text, want);
}

static int64_t type_of(const struct gguf *g, size_t id)
{
    int64_t type = -1;
    cr_assert(gguf_whole(gguf_pair(g, KEY "token_type"), id, &type));
    return type;
}

Test(tokenizer_gguf, byte_pairs_are_said_as_llama_cpp_reads_them)
{
    struct tokenizer *t = of_bpe(2);
    struct gguf *g = file_of(t);
    text_is(g, KEY "model", "gpt2");
    text_is(g, KEY "pre", "gpt-2");
    const struct gguf_pair *tokens = gguf_pair(g, KEY "tokens"), *m = gguf_pair(g, KEY "merges");
    cr_assert_eq(tokens->count, 261);
    cr_assert_str_eq(tokens->text[258].bytes, "Ġa");
    cr_assert_str_eq(tokens->text[259].bytes, "<|pad|>");
    cr_assert_eq(m->count, 3);
    cr_assert_str_eq(m->text[1].bytes, "ab c");
    cr_assert_str_eq(m->text[2].bytes, "Ġ a");
    cr_assert_eq(type_of(g, 258), 1);
    cr_assert_eq(type_of(g, 259), 3);
    // The one of that name, not the first.
    cr_assert_eq(id_at(g, KEY "eos_token_id"), 260);
    cr_assert_eq(flag_at(g, KEY "add_bos_token"), 0);
    gguf_close(g);
    tokenizer_free(t);
    // Without one, a byte that is in no UTF-8.
    t = of_bpe(0);
    g = file_of(t);
    cr_assert_eq(id_at(g, KEY "eos_token_id"), vocab_byte_id(0xFF));
    gguf_close(g);
    tokenizer_free(t);
}

Test(tokenizer_gguf, pieces_are_said_as_llama_cpp_reads_them)
{
    struct tokenizer *t = tokenizer_of_sentencepiece(of_pieces(PREFIX_NEVER, 1, SCORED));
    struct gguf *g = file_of(t);
    static const int64_t types[] = {2, 3, 3, 6};
    text_is(g, KEY "model", "llama");
    cr_assert_eq(id_at(g, KEY "unknown_token_id"), 0);
    cr_assert_eq(id_at(g, KEY "bos_token_id"), 1);
    cr_assert_eq(id_at(g, KEY "eos_token_id"), 2);
    cr_assert_eq(flag_at(g, KEY "add_bos_token"), 1);
    cr_assert_eq(flag_at(g, KEY "add_space_prefix"), 0);
    for (size_t i = 0; i < 4; i++) cr_assert_eq(type_of(g, i), types[i], "token %zu", i);
    cr_assert_eq(type_of(g, 260), 1);
    const struct gguf_pair *scores = gguf_pair(g, KEY "scores");
    double ab, abc, bc, a;
    cr_assert(gguf_number(scores, 263, &ab) && gguf_number(scores, 264, &abc) &&
              gguf_number(scores, 265, &bc) && gguf_number(scores, 260, &a));
    cr_assert(ab > abc && abc > bc && bc > a, "%g %g %g %g", ab, abc, bc, a);
    cr_assert_null(gguf_pair(g, "handmade.prefix"));
    gguf_close(g);
    tokenizer_free(t);
}

// --- refusals --------------------------------------------------------------------------------

static void not_put(struct tokenizer *t, const char *words)
{
    struct gguf_set s = {.memory = arena_new()};
    struct error e;
    cr_assert_eq(tokenizer_gguf_put(&s, t, &e), ERR_VALUE);
    cr_assert(strstr(e.text, words), "%s", e.text);
    arena_free(s.memory);
    tokenizer_free(t);
}

Test(tokenizer_gguf, what_llama_cpp_would_cut_otherwise_is_not_written)
{
    // "bc" is tried before "abc" is made of "ab": no scores of the pieces say that.
    static const int mixed[] = {0, 1, 2, 3};
    not_put(tokenizer_of_sentencepiece(of_pieces(PREFIX_EVERY, 1, mixed)),
            "its merges are in the order of no scores of its pieces");
    not_put(of_chars("aé"), "token 1 is a character beyond ASCII");
}

// changed writes the pairs of t once more, one of them another, or left out if it has no key, or
// one more.
static struct gguf *changed(struct tokenizer *t, const char *key, const struct gguf_pair *value)
{
    struct gguf_set s = {.memory = arena_new()};
    struct error e;
    cr_assert_eq(tokenizer_gguf_put(&s, t, &e), ERR_NONE, "%s", e.text);
    int i = 0;
    while (i < s.count && strcmp(s.pair[i].key, key) != 0) i++;
    if (value)
        s.pair[i] = *value;
    else
        s.pair[i] = s.pair[s.count - 1];
    s.count += i == s.count ? 1 : value ? 0 : -1;
    struct gguf *g = written(&s);
    arena_free(s.memory);
    tokenizer_free(t);
    return g;
}

static void refused(struct tokenizer *t, const char *key, const struct gguf_pair *value,
                    enum err code, const char *words)
{
    struct gguf *g = changed(t, key, value);
    struct tokenizer *out = (struct tokenizer *)directory;
    struct error e = {.code = ERR_NONE};
    enum err got = tokenizer_gguf_read(g, &out, &e);
    cr_assert_eq(got, code, "%s: code %d: %s", words, got, e.text);
    cr_assert_eq(e.code, code);
    cr_assert(strstr(e.text, path) && strstr(e.text, words), "%s", e.text);
    cr_assert(out == (struct tokenizer *)directory, "an output was touched");
    gguf_close(g);
}

static struct gguf_pair text_pair(const char *key, const struct gguf_text *text)
{
    return (struct gguf_pair){.key = key, .kind = GGUF_STRING, .count = 1, .text = text};
}

Test(tokenizer_gguf, vocabularies_that_we_do_not_know_are_refused)
{
    struct gguf_text bert = {"bert", 4}, llama3 = {"llama-bpe", 9};
    struct gguf_pair model = text_pair(KEY "model", &bert), pre = text_pair(KEY "pre", &llama3);
    static const uint8_t yes = 1;
    struct gguf_pair bos = {.key = KEY "add_bos_token",
                            .kind = GGUF_BOOL,
                            .count = 1,
                            .data = &yes},
                     eos = {
                         .key = KEY "add_eos_token", .kind = GGUF_BOOL, .count = 1, .data = &yes};
    refused(of_bpe(1), model.key, &model, ERR_FORMAT, "model' is \"bert\": expected \"gpt2\", ");
    refused(of_bpe(1), pre.key, &pre, ERR_FORMAT, "pre' is \"llama-bpe\": expected \"gpt-2\"");
    refused(of_bpe(1), bos.key, &bos, ERR_FORMAT, "add_bos_token' is true: expected false");
    refused(of_bpe(1), eos.key, &eos, ERR_FORMAT, "add_eos_token' is true");
    refused(tokenizer_of_sentencepiece(of_pieces(PREFIX_EVERY, 1, SCORED)), eos.key, &eos,
            ERR_FORMAT, "add_eos_token' is true");
    refused(of_bpe(1), KEY "model", NULL, ERR_MATCH, "model' is missing");
    refused(of_bpe(1), KEY "pre", NULL, ERR_MATCH, "pre' is missing");
    refused(of_bpe(1), KEY "tokens", NULL, ERR_MATCH, "tokens' is missing");
    refused(of_bpe(1), KEY "merges", NULL, ERR_MATCH, "merges' is missing");
    refused(tokenizer_of_sentencepiece(of_pieces(PREFIX_EVERY, 1, SCORED)), KEY "scores", NULL,
            ERR_MATCH, "scores' is missing");
    refused(tokenizer_of_sentencepiece(of_pieces(PREFIX_EVERY, 1, SCORED)), KEY "token_type", NULL,
            ERR_MATCH, "token_type' is missing");
}

Test(tokenizer_gguf, tokens_out_of_order_are_refused)
{
    struct gguf_text names[3] = {{"a", 1}, {"b", 1}, {"a\0c", 3}}, merges[3];
    struct gguf_pair tokens = {
        .key = KEY "tokens", .kind = GGUF_STRING, .array = 1, .count = 2, .text = names};
    refused(of_bpe(1), tokens.key, &tokens, ERR_FORMAT,
            "expected \"!\", a single byte, as token 0");
    tokens.count = 0;
    refused(of_bpe(1), tokens.key, &tokens, ERR_FORMAT, "expected at least one token");
    tokens.count = 3;
    refused(of_chars("ab"), tokens.key, &tokens, ERR_FORMAT, "token 2 has a zero byte");
    names[2] = (struct gguf_text){"bc", 2};
    refused(of_chars("ab"), tokens.key, &tokens, ERR_FORMAT,
            "token 2 is \"bc\": expected single ASCII characters in ascending order");
    names[2] = (struct gguf_text){"\\x4", 3};
    refused(of_chars("ab"), tokens.key, &tokens, ERR_FORMAT, "token 2 is \"\\x4\"");
    names[2] = names[1];
    refused(of_chars("ab"), tokens.key, &tokens, ERR_FORMAT, "token 2 is \"b\"");
    static const char *const bad[] = {"a c", "ab", "ab cd", " ab", "a b c", "zz b"};
    for (int i = 0; i < 6; i++) {
        merges[0] = (struct gguf_text){bad[i], strlen(bad[i])};
        struct gguf_pair pair = {
            .key = KEY "merges", .kind = GGUF_STRING, .array = 1, .count = 1, .text = merges};
        refused(of_bpe(1), pair.key, &pair, ERR_FORMAT, "merge 0 is \"");
    }
    for (int i = 0; i < 3; i++) merges[i] = (struct gguf_text){"a b", 3};
    struct gguf_pair pair = {
        .key = KEY "merges", .kind = GGUF_STRING, .array = 1, .count = 2, .text = merges};
    refused(of_bpe(1), pair.key, &pair, ERR_FORMAT, "merge 1 is \"a b\"");
}

Test(tokenizer_gguf, ids_out_of_range_are_refused)
{
    static const uint32_t beyond = 400, text = 260;
    static const int32_t types[400] = {0};
    static const float scores[400] = {0};
    struct gguf_pair bos = {
        .key = KEY "bos_token_id", .kind = GGUF_UINT32, .count = 1, .data = &beyond};
    refused(tokenizer_of_sentencepiece(of_pieces(PREFIX_EVERY, 1, SCORED)), bos.key, &bos,
            ERR_FORMAT, "is 400 (uint32): expected a whole number from 0 to 265");
    bos.data = &text;
    refused(tokenizer_of_sentencepiece(of_pieces(PREFIX_EVERY, 1, SCORED)), bos.key, &bos,
            ERR_FORMAT, "bos is id 260: expected a special token");
    struct gguf_pair type = {
        .key = KEY "token_type", .kind = GGUF_INT32, .array = 1, .count = 400, .data = types};
    refused(tokenizer_of_sentencepiece(of_pieces(PREFIX_EVERY, 1, SCORED)), type.key, &type,
            ERR_FORMAT, "is 400 values (int32): expected 266 values (int32)");
    struct gguf_pair score = {
        .key = KEY "scores", .kind = GGUF_FLOAT32, .array = 1, .count = 400, .data = scores};
    refused(tokenizer_of_sentencepiece(of_pieces(PREFIX_EVERY, 1, SCORED)), score.key, &score,
            ERR_FORMAT, "expected 266 values (float32)");
    struct gguf_text some = {"some", 4};
    struct gguf_pair prefix = text_pair("handmade.prefix", &some);
    refused(tokenizer_of_sentencepiece(of_pieces(PREFIX_EVERY, 1, SCORED)), prefix.key, &prefix,
            ERR_FORMAT, "is \"some\": expected every, missing, first or never");
}
