// Writing.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "sentencepiece.h"
#include "tokenizer_gguf_parts.h"
#include "vocab.h"

const char *const TOKENIZER_GGUF_PREFIXES[] = {"every", "missing", "first", "never"};

static void put_ids(struct gguf_set *s, int32_t bos, int32_t end, int add_bos)
{
    gguf_put_uint32(s, GGML_KEY "bos_token_id", (uint32_t)bos);
    gguf_put_uint32(s, GGML_KEY "eos_token_id", (uint32_t)end);
    gguf_put_flag(s, GGML_KEY "add_bos_token", add_bos);
    gguf_put_flag(s, GGML_KEY "add_eos_token", 0);
}

// put_tokens adds names and types of V tokens.
static void put_tokens(struct gguf_set *s, int32_t V, const char *const *name, const int32_t *type)
{
    gguf_put_strings(s, GGML_KEY "tokens", (size_t)V, name);
    gguf_put_numbers(s, GGML_KEY "token_type", GGUF_INT32, (size_t)V, type);
}

// --- bpe -------------------------------------------------------------------------------------

// end_of returns the token that ends a text: GPT-2's, or the first special one, or a byte that no
// text has.
static int32_t end_of(const struct vocab *v)
{
    int32_t V = vocab_size(v), first = V - vocab_specials(v);
    for (int32_t id = first; id < V; id++) {
        size_t size;
        if (strcmp(vocab_bytes(v, id, &size), VOCAB_END_OF_TEXT) == 0) return id;
    }
    return first < V ? first : vocab_byte_id(0xFF);
}

static enum err put_bpe(struct gguf_set *s, const struct vocab *v, struct error *e)
{
    enum err code = vocab_check_names(v, e);
    if (code) return code;
    int32_t V = vocab_size(v), M = vocab_merges(v), end = end_of(v);
    char **name = arena_alloc(s->memory, (size_t)V * sizeof *name);
    char **merge = arena_alloc(s->memory, (size_t)M * sizeof *merge);
    int32_t *type = arena_alloc(s->memory, (size_t)V * sizeof *type);
    for (int32_t id = 0; id < V; id++) {
        name[id] = vocab_name(v, id);
        type[id] = id < V - vocab_specials(v) ? TOKEN_NORMAL : TOKEN_CONTROL;
    }
    for (int32_t i = 0; i < M; i++) {
        int32_t left, right;
        vocab_merge(v, i, &left, &right);
        size_t size = strlen(name[left]) + strlen(name[right]) + 2;
        merge[i] = arena_alloc(s->memory, size);
        snprintf(merge[i], size, "%s %s", name[left], name[right]);
    }
    gguf_put_string(s, GGML_KEY "model", "gpt2");
    gguf_put_string(s, GGML_KEY "pre", "gpt-2");
    put_tokens(s, V, (const char *const *)name, type);
    gguf_put_strings(s, GGML_KEY "merges", (size_t)M, (const char *const *)merge);
    put_ids(s, end, end, 0);
    for (int32_t id = 0; id < V; id++) free(name[id]);
    return ERR_NONE;
}

// --- sentencepiece ---------------------------------------------------------------------------

// set_scores gives each piece the score that its first merge asks for: the earlier, the higher.
static void set_scores(const struct sentencepiece *v, struct arena *memory, float *score)
{
    int32_t V = sentencepiece_size(v), M = sentencepiece_merges(v);
    for (int32_t id = 0; id < V; id++) score[id] = -(float)M;
    for (int32_t i = M; i-- > 0;) {
        int32_t left, right;
        sentencepiece_merge(v, i, &left, &right);
        const char *a = sentencepiece_piece(v, left), *b = sentencepiece_piece(v, right);
        size_t size = strlen(a);
        char *both = arena_alloc(memory, size + strlen(b) + 1);
        strcpy(strcpy(both, a) + size, b);
        score[sentencepiece_find(v, both)] = -(float)i;
    }
}

// same_merges says whether pieces and scores alone make the merges of v.
static int same_merges(const struct sentencepiece *v, const char *const *piece, const float *score,
                       struct arena *memory)
{
    int32_t n = sentencepiece_specials(v), M = sentencepiece_merges(v);
    struct sentencepiece_special *special = arena_alloc(memory, (size_t)n * sizeof *special);
    for (int32_t i = 0; i < n; i++) special[i] = sentencepiece_special(v, i);
    struct sentencepiece_parts parts = {.V = sentencepiece_size(v),
                                        .piece = piece,
                                        .score = score,
                                        .specials = n,
                                        .special = special,
                                        .bos = sentencepiece_bos(v),
                                        .unk = sentencepiece_unk(v),
                                        .prefix = sentencepiece_prefix(v)};
    struct sentencepiece *scored;
    if (sentencepiece_new(&parts, &scored, NULL)) return 0;
    int same = sentencepiece_merges(scored) == M;
    for (int32_t i = 0; i < M && same; i++) {
        int32_t a[2], b[2];
        sentencepiece_merge(v, i, &a[0], &a[1]);
        sentencepiece_merge(scored, i, &b[0], &b[1]);
        same = a[0] == b[0] && a[1] == b[1];
    }
    sentencepiece_free(scored);
    return same;
}

static int32_t type_of(const struct sentencepiece *v, int32_t id)
{
    if (id == sentencepiece_unk(v)) return TOKEN_UNKNOWN;
    if (sentencepiece_is_special(v, id)) return TOKEN_CONTROL;
    return sentencepiece_byte(sentencepiece_piece(v, id)) < 0 ? TOKEN_NORMAL : TOKEN_BYTE;
}

// special_named returns the special token of that name, or one that no text has.
static int32_t special_named(const struct sentencepiece *v, const char *name)
{
    int32_t id = sentencepiece_find(v, name);
    return id >= 0 && sentencepiece_is_special(v, id) ? id : sentencepiece_find(v, "<0xFF>");
}

static enum err put_sentencepiece(struct gguf_set *s, const struct sentencepiece *v,
                                  struct error *e)
{
    int32_t V = sentencepiece_size(v), bos = sentencepiece_bos(v), unk = sentencepiece_unk(v);
    enum sentencepiece_prefix prefix = sentencepiece_prefix(v);
    const char **piece = arena_alloc(s->memory, (size_t)V * sizeof *piece);
    int32_t *type = arena_alloc(s->memory, (size_t)V * sizeof *type);
    float *score = arena_alloc(s->memory, (size_t)V * sizeof *score);
    for (int32_t id = 0; id < V; id++)
        piece[id] = sentencepiece_piece(v, id), type[id] = type_of(v, id);
    set_scores(v, s->memory, score);
    if (!same_merges(v, piece, score, s->memory))
        return error_set(e, ERR_VALUE,
                         "the vocabulary: its merges are in the order of no scores of its pieces, "
                         "which are all that llama.cpp knows");
    gguf_put_string(s, GGML_KEY "model", "llama");
    gguf_put_string(s, GGML_KEY "pre", "default");
    put_tokens(s, V, piece, type);
    gguf_put_numbers(s, GGML_KEY "scores", GGUF_FLOAT32, (size_t)V, score);
    put_ids(s, bos >= 0 ? bos : special_named(v, "<s>"), special_named(v, "</s>"), bos >= 0);
    if (unk >= 0) gguf_put_uint32(s, GGML_KEY "unknown_token_id", (uint32_t)unk);
    gguf_put_flag(s, GGML_KEY "add_space_prefix", prefix != PREFIX_NEVER);
    if (prefix == PREFIX_MISSING || prefix == PREFIX_FIRST)
        gguf_put_string(s, GGML_PREFIX, TOKENIZER_GGUF_PREFIXES[prefix]);
    return ERR_NONE;
}

// --- chars -----------------------------------------------------------------------------------

// llama.cpp's other kinds must have a token that ends a text, and a character would have to be it.
// Longest tokens need none; but of a character that it does not know, and of which another begins
// with the same byte, it finds no end.
static enum err put_chars(struct gguf_set *s, const struct tokenizer *t, struct error *e)
{
    enum { ESCAPED = 5 };
    int32_t V = tokenizer_vocab(t);
    const char **name = arena_alloc(s->memory, (size_t)V * sizeof *name);
    int32_t *type = arena_alloc(s->memory, (size_t)V * sizeof *type);
    for (int32_t id = 0; id < V; id++) {
        size_t size;
        unsigned char c = (unsigned char)*tokenizer_bytes(t, id, &size);
        if (size > 1)
            return error_set(e, ERR_VALUE,
                             "the vocabulary: token %d is a character beyond ASCII: llama.cpp has "
                             "no vocabulary for those; train with --tokenizer bpe",
                             id);
        char *escaped = arena_alloc(s->memory, ESCAPED);
        int plain = c >= ' ' && c < 0x7F && c != '\\';
        snprintf(escaped, ESCAPED, plain ? "%c" : "\\x%02x", c);
        name[id] = escaped, type[id] = TOKEN_NORMAL;
    }
    gguf_put_string(s, GGML_KEY "model", "rwkv");
    put_tokens(s, V, name, type);
    return ERR_NONE;
}

enum err tokenizer_gguf_put(struct gguf_set *s, const struct tokenizer *t, struct error *e)
{
    if (tokenizer_bpe(t)) return put_bpe(s, tokenizer_bpe(t), e);
    if (tokenizer_sentencepiece(t)) return put_sentencepiece(s, tokenizer_sentencepiece(t), e);
    return put_chars(s, t, e);
}
