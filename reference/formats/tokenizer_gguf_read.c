// Reading.
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "names.h"
#include "sentencepiece.h"
#include "tokenizer_gguf_parts.h"
#include "vocab.h"

// struct source: the file, and the tokens in it.
struct source {
    const struct gguf *g;
    struct error *e;
    struct arena *memory;
    int32_t V;
    const char **name;  // (V)
};

static enum err refuse(const struct source *s, const char *key, const char *want)
{
    return gguf_refuse(s->g, key, want, s->e);
}

// flag reads a value that need not be there.
static enum err flag(const struct source *s, const char *key, int otherwise, int *out)
{
    *out = otherwise;
    return gguf_pair(s->g, key) ? gguf_want_flag(s->g, key, out, s->e) : ERR_NONE;
}

// id reads the id of a token that need not be there.
static enum err id(const struct source *s, const char *key, int32_t otherwise, int32_t *out)
{
    int value = otherwise;
    enum err code =
        gguf_pair(s->g, key) ? gguf_want_int(s->g, key, 0, s->V - 1, &value, s->e) : ERR_NONE;
    *out = value;
    return code;
}

static enum err read_names(struct source *s)
{
    const struct gguf_pair *p;
    enum err code = gguf_want_list(s->g, GGML_KEY "tokens", GGUF_STRING, GGUF_ANY, &p, s->e);
    if (code) return code;
    if (p->count < 1 || p->count > INT32_MAX / 2)
        return refuse(s, GGML_KEY "tokens", "at least one token");
    s->V = (int32_t)p->count;
    s->name = arena_alloc(s->memory, p->count * sizeof *s->name);
    for (int32_t i = 0; i < s->V; i++) {
        s->name[i] = p->text[i].bytes;
        if (strlen(s->name[i]) != p->text[i].size)
            return error_set(s->e, ERR_FORMAT,
                             "%s: byte %zu: " GGML_KEY "tokens: token %d has a zero byte",
                             gguf_path(s->g), p->begin, i);
    }
    return ERR_NONE;
}

// names_of returns a table of the first n names.
static struct names *names_of(const struct source *s, int32_t n)
{
    size_t *size = arena_alloc(s->memory, (size_t)n * sizeof *size);
    for (int32_t i = 0; i < n; i++) size[i] = strlen(s->name[i]);
    return names_new(s->memory, n, s->name, size);
}

// --- bpe -------------------------------------------------------------------------------------

static enum err check_bytes(const struct source *s)
{
    struct vocab *bare;
    enum err code = vocab_new(0, NULL, 0, NULL, &bare, s->e);
    for (int32_t i = 0; i < VOCAB_BYTES && !code; i++) {
        char *name = vocab_name(bare, i);
        if (i >= s->V || strcmp(s->name[i], name) != 0)
            code = error_set(s->e, ERR_FORMAT,
                             "%s: " GGML_KEY "tokens: expected \"%s\", a single byte, as token %d",
                             gguf_path(s->g), name, i);
        free(name);
    }
    vocab_free(bare);
    return code;
}

// read_merge sets pair to the ids of merge i, which must make token VOCAB_BYTES + i.
static enum err read_merge(const struct source *s, const struct names *names, int32_t i,
                           const struct gguf_text *merge, int32_t pair[2])
{
    int32_t made = VOCAB_BYTES + i;
    const char *text = merge->bytes, *space = strchr(text, ' ');
    size_t left = space ? (size_t)(space - text) : 0, right = space ? strlen(space + 1) : 0;
    const char *token = made < s->V ? s->name[made] : "";
    pair[0] = space ? names_find(names, left, text) : -1;
    pair[1] = space ? names_find(names, right, space + 1) : -1;
    int makes = space && strlen(token) == left + right && memcmp(token, text, left) == 0 &&
                memcmp(token + left, space + 1, right) == 0;
    if (makes && pair[0] >= 0 && pair[0] < made && pair[1] >= 0 && pair[1] < made) return ERR_NONE;
    return error_set(s->e, ERR_FORMAT,
                     "%s: " GGML_KEY "merges: merge %d is \"%.80s\": expected two tokens below %d "
                     "that together are token %d",
                     gguf_path(s->g), i, text, made, made);
}

static enum err read_bpe(const struct source *s, struct tokenizer **t)
{
    const struct gguf_pair *p;
    const char *pre;
    int bos, end;
    enum err code = gguf_want_string(s->g, GGML_KEY "pre", &pre, s->e);
    if (!code && strcmp(pre, "gpt-2") != 0) code = refuse(s, GGML_KEY "pre", "\"gpt-2\"");
    if (!code) code = flag(s, GGML_KEY "add_bos_token", 0, &bos);
    if (!code && bos)
        code = refuse(s, GGML_KEY "add_bos_token", "false: we put no token before such a text");
    if (!code) code = flag(s, GGML_KEY "add_eos_token", 0, &end);
    if (!code && end) code = refuse(s, GGML_KEY "add_eos_token", "false");
    if (!code) code = check_bytes(s);
    if (!code) code = gguf_want_list(s->g, GGML_KEY "merges", GGUF_STRING, GGUF_ANY, &p, s->e);
    if (code) return code;
    if (p->count > (size_t)(s->V - VOCAB_BYTES))
        return refuse(s, GGML_KEY "merges", "no more merges than tokens");
    int32_t M = (int32_t)p->count, made = VOCAB_BYTES + M;
    int32_t *merge = arena_alloc(s->memory, 2 * p->count * sizeof *merge);
    struct names *names = names_of(s, made);
    for (int32_t i = 0; i < M && !code; i++)
        code = read_merge(s, names, i, &p->text[i], merge + 2 * i);
    struct vocab *v;
    if (!code)
        code = error_in(s->e, vocab_new(M, merge, s->V - made, s->name + made, &v, s->e),
                        gguf_path(s->g));
    if (!code) *t = tokenizer_of_bpe(v);
    return code;
}

// --- sentencepiece ---------------------------------------------------------------------------

static enum err read_prefix(const struct source *s, enum sentencepiece_prefix *prefix)
{
    int space;
    const char *noted;
    enum err code = flag(s, GGML_KEY "add_space_prefix", 1, &space);
    *prefix = space ? PREFIX_EVERY : PREFIX_NEVER;
    if (code || !gguf_pair(s->g, GGML_PREFIX)) return code;
    code = gguf_want_string(s->g, GGML_PREFIX, &noted, s->e);
    for (int i = PREFIX_EVERY; i <= PREFIX_NEVER && !code; i++) {
        *prefix = (enum sentencepiece_prefix)i;
        if (strcmp(noted, TOKENIZER_GGUF_PREFIXES[i]) == 0) return ERR_NONE;
    }
    return code ? code : refuse(s, GGML_PREFIX, "every, missing, first or never");
}

// read_specials sets p->special: the tokens that are no text.
static enum err read_specials(const struct source *s, struct sentencepiece_parts *p)
{
    const struct gguf_pair *types;
    enum err code =
        gguf_want_list(s->g, GGML_KEY "token_type", GGUF_INT32, (size_t)s->V, &types, s->e);
    if (code) return code;
    struct sentencepiece_special *special = arena_alloc(s->memory, (size_t)s->V * sizeof *special);
    for (int32_t i = 0; i < s->V; i++) {
        int64_t type = TOKEN_NORMAL;
        gguf_whole(types, (size_t)i, &type);
        if (type == TOKEN_UNKNOWN || type == TOKEN_CONTROL || type == TOKEN_USER)
            special[p->specials++] = (struct sentencepiece_special){.id = i};
    }
    p->special = special;
    return ERR_NONE;
}

static enum err read_sentencepiece(const struct source *s, struct tokenizer **t)
{
    enum { LLAMA_UNKNOWN, LLAMA_BOS };  // where nothing is said
    struct sentencepiece_parts p = {.V = s->V, .piece = s->name, .bos = -1};
    const struct gguf_pair *scores;
    int bos, end;
    int32_t before;
    enum err code =
        gguf_want_list(s->g, GGML_KEY "scores", GGUF_FLOAT32, (size_t)s->V, &scores, s->e);
    if (!code) code = read_specials(s, &p);
    if (!code) code = read_prefix(s, &p.prefix);
    if (!code) code = flag(s, GGML_KEY "add_bos_token", 1, &bos);
    if (!code) code = flag(s, GGML_KEY "add_eos_token", 0, &end);
    if (!code && end) code = refuse(s, GGML_KEY "add_eos_token", "false");
    if (!code) code = id(s, GGML_KEY "bos_token_id", LLAMA_BOS, &before);
    if (!code) code = id(s, GGML_KEY "unknown_token_id", -1, &p.unk);
    if (code) return code;
    if (bos) p.bos = before;
    float *score = arena_alloc(s->memory, (size_t)s->V * sizeof *score);
    memcpy(score, scores->data, (size_t)s->V * sizeof *score);
    p.score = score;
    struct sentencepiece *v;
    code = error_in(s->e, sentencepiece_new(&p, &v, s->e), gguf_path(s->g));
    if (!code) *t = tokenizer_of_sentencepiece(v);
    return code;
}

// --- chars -----------------------------------------------------------------------------------

// unescaped returns the one byte that a name such as \x0a or "a" stands for, or -1.
static int unescaped(const char *name)
{
    static const char digits[] = "0123456789abcdef";
    if (name[0] != '\\') return name[0] && !name[1] ? (unsigned char)name[0] : -1;
    if (name[1] != 'x' || strlen(name) != 4) return -1;
    const char *high = strchr(digits, name[2]), *low = strchr(digits, name[3]);
    return high && low ? (int)(16 * (high - digits) + (low - digits)) : -1;
}

static enum err read_chars(const struct source *s, struct tokenizer **t)
{
    char *text = arena_alloc(s->memory, (size_t)s->V);
    int last = -1;
    for (int32_t i = 0; i < s->V; i++) {
        int c = unescaped(s->name[i]);
        if (c <= last || c >= 0x80)
            return error_set(s->e, ERR_FORMAT,
                             "%s: " GGML_KEY "tokens: token %d is \"%.20s\": expected single ASCII "
                             "characters in ascending order",
                             gguf_path(s->g), i, s->name[i]);
        text[i] = (char)c;
        last = c;
    }
    struct chars *c;
    enum err code = chars_new((size_t)s->V, text, &c, s->e);
    if (!code) *t = tokenizer_of_chars(c);
    return code;
}

// --- all -------------------------------------------------------------------------------------

enum err tokenizer_gguf_read(const struct gguf *g, struct tokenizer **t, struct error *e)
{
    static const struct {
        const char *model;
        enum err (*read)(const struct source *s, struct tokenizer **t);
    } kinds[] = {{"gpt2", read_bpe}, {"llama", read_sentencepiece}, {"rwkv", read_chars}};
    struct source s = {.g = g, .e = e, .memory = arena_new()};
    const char *model;
    enum err code = gguf_want_string(g, GGML_KEY "model", &model, e);
    if (!code) code = read_names(&s);
    size_t kind = 0, count = sizeof kinds / sizeof *kinds;
    while (!code && kind < count && strcmp(model, kinds[kind].model) != 0) kind++;
    if (!code && kind == count)
        code = refuse(&s, GGML_KEY "model", "\"gpt2\", \"llama\", or \"rwkv\" of characters");
    else if (!code)
        code = kinds[kind].read(&s, t);
    arena_free(s.memory);
    // What the modules of vocabularies call a bad value is here a bad file.
    if (code != ERR_VALUE && code != ERR_UTF8) return code;
    if (e) e->code = ERR_FORMAT;
    return ERR_FORMAT;
}

enum err tokenizer_gguf_open(const char *path, struct tokenizer **t, struct error *e)
{
    struct gguf *g;
    enum err code = gguf_open(path, &g, e);
    if (code) return code;
    code = tokenizer_gguf_read(g, t, e);
    gguf_close(g);
    return code;
}
