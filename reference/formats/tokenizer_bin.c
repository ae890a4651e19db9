#include "tokenizer_bin.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "file.h"
#include "sentencepiece.h"

enum { HEAD = 4, PIECE_HEAD = 8, FIXED = 3 };

// struct source: the file, and how far it was read.
struct source {
    const char *name, *bytes;
    size_t size, at;
    struct error *e;
    struct arena *memory;
};

static uint32_t word(const struct source *s, size_t at)
{
    uint32_t w = 0;
    for (int i = 3; i >= 0; i--) w = w << 8 | (unsigned char)s->bytes[at + (size_t)i];
    return w;
}

static enum err ends(const struct source *s, int32_t id, const char *what)
{
    return error_set(s->e, ERR_SHORT, "%s: byte %zu: piece %d: expected %s, found the end", s->name,
                     s->at, id, what);
}

// next_piece reads what begins at s->at.
static enum err next_piece(struct source *s, int32_t id, uint32_t longest, const char **piece,
                           float *score)
{
    if (s->size - s->at < PIECE_HEAD) return ends(s, id, "its score and length");
    uint32_t bits = word(s, s->at), length = word(s, s->at + 4);
    memcpy(score, &bits, sizeof bits);
    if (length < 1 || length > longest)
        return error_set(s->e, ERR_FORMAT,
                         "%s: byte %zu: piece %d has %d bytes: expected 1 to %u, the longest that "
                         "the file announces",
                         s->name, s->at + 4, id, (int)(int32_t)length, longest);
    s->at += PIECE_HEAD;
    if (s->size - s->at < length) return ends(s, id, "its text");
    const char *text = s->bytes + s->at;
    const char *zero = memchr(text, 0, length);
    if (zero)
        return error_set(s->e, ERR_FORMAT, "%s: byte %zu: piece %d has a zero byte", s->name,
                         (size_t)(zero - s->bytes), id);
    size_t spelled;
    *piece = sentencepiece_spell(s->memory, "", length, text, &spelled);
    s->at += length;
    return ERR_NONE;
}

// fix_specials gives the first three their names, which llama2.c sets between line breaks so that
// no text is taken for one.
static enum err fix_specials(const struct source *s, const char **piece)
{
    static const char *const names[FIXED][2] = {
        {"<unk>", "<unk>"}, {"<s>", "\n<s>\n"}, {"</s>", "\n</s>\n"}};
    for (int id = 0; id < FIXED; id++) {
        if (strcmp(piece[id], names[id][0]) != 0 && strcmp(piece[id], names[id][1]) != 0)
            return error_set(s->e, ERR_VALUE, "%s: piece %d is \"%s\": expected \"%s\"", s->name,
                             id, piece[id], names[id][0]);
        piece[id] = names[id][0];
    }
    return ERR_NONE;
}

static enum err read_pieces(struct source *s, struct tokenizer **t)
{
    static const struct sentencepiece_special specials[FIXED] = {{0, 0}, {1, 0}, {2, 0}};
    if (s->size < HEAD)
        return error_set(s->e, ERR_SHORT, "%s: %zu bytes: expected a tokenizer.bin", s->name,
                         s->size);
    uint32_t longest = word(s, 0);
    if (longest < 1 || longest > TOKENIZER_BIN_LONGEST)
        return error_set(s->e, ERR_FORMAT,
                         "%s: byte 0: the longest piece has %d bytes: expected 1 to %d, as in a "
                         "tokenizer.bin",
                         s->name, (int)(int32_t)longest, TOKENIZER_BIN_LONGEST);
    s->at = HEAD;
    size_t most = s->size / (PIECE_HEAD + 1);
    if (most > INT32_MAX) return error_set(s->e, ERR_FORMAT, "%s: too large", s->name);
    const char **piece = arena_alloc(s->memory, (most + 1) * sizeof *piece);
    float *score = arena_alloc(s->memory, (most + 1) * sizeof *score);
    int32_t V = 0;
    for (; s->at < s->size; V++) {
        enum err code = next_piece(s, V, longest, piece + V, score + V);
        if (code) return code;
    }
    if (V < FIXED) return ends(s, V, "<unk>, <s>, </s> and more");
    enum err code = fix_specials(s, piece);
    if (code) return code;
    struct sentencepiece_parts parts = {.V = V,
                                        .piece = piece,
                                        .score = score,
                                        .specials = FIXED,
                                        .special = specials,
                                        .bos = 1,
                                        .prefix = PREFIX_EVERY};
    struct sentencepiece *v;
    code = error_in(s->e, sentencepiece_new(&parts, &v, s->e), s->name);
    if (!code) *t = tokenizer_of_sentencepiece(v);
    return code;
}

enum err tokenizer_bin_view(const char *name, size_t size, const char *bytes, struct tokenizer **t,
                            struct error *e)
{
    struct source s = {name, bytes, size, 0, e, arena_new()};
    enum err code = read_pieces(&s, t);
    arena_free(s.memory);
    return code;
}

enum err tokenizer_bin_read(const char *path, struct tokenizer **t, struct error *e)
{
    char *bytes;
    size_t size;
    enum err code = file_read(path, &bytes, &size, e);
    if (code) return code;
    code = tokenizer_bin_view(path, size, bytes, t, e);
    free(bytes);
    return code;
}
