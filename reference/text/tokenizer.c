#include "tokenizer.h"

#include <stdlib.h>
#include <string.h>

#include "bpe.h"
#include "bytes.h"
#include "rungs.h"
#include "vocab.h"

// Exactly one of the two is there.
struct tokenizer {
    struct chars *chars;
    struct vocab *vocab;
};

static struct tokenizer *wrap(struct tokenizer inside)
{
    struct tokenizer *t = malloc(sizeof *t);
    if (!t) die("out of memory: a tokenizer");
    *t = inside;
    return t;
}

struct tokenizer *tokenizer_of_chars(struct chars *c)
{
    return wrap((struct tokenizer){.chars = c});
}

struct tokenizer *tokenizer_of_bpe(struct vocab *v)
{
    return wrap((struct tokenizer){.vocab = v});
}

const struct chars *tokenizer_chars(const struct tokenizer *t)
{
    return t->chars;
}

const struct vocab *tokenizer_bpe(const struct tokenizer *t)
{
    return t->vocab;
}

void tokenizer_free(struct tokenizer *t)
{
    if (!t) return;
    chars_free(t->chars);
    vocab_free(t->vocab);
    free(t);
}

int tokenizer_vocab(const struct tokenizer *t)
{
    return t->vocab ? vocab_size(t->vocab) : chars_vocab(t->chars);
}

enum err tokenizer_encode(const struct tokenizer *t, size_t size, const char *text, int32_t **ids,
                          size_t *count, struct error *e)
{
    if (t->chars) return chars_encode(t->chars, size, text, ids, count, e);
    *ids = RUNGS.encode(t->vocab, size, text, count);
    return ERR_NONE;
}

const char *tokenizer_bytes(const struct tokenizer *t, int32_t id, size_t *size)
{
    return t->vocab ? vocab_bytes(t->vocab, id, size) : chars_bytes(t->chars, id, size);
}

char *tokenizer_decode(const struct tokenizer *t, size_t count, const int32_t *ids, size_t *size)
{
    if (t->vocab) return bpe_decode(t->vocab, count, ids, size);
    // No character has more than four bytes.
    if (count > (SIZE_MAX - 1) / 4) die("out of memory: the bytes of %zu ids", count);
    char *text = malloc(4 * count + 1), *at = text;
    if (!text) die("out of memory: the bytes of %zu ids", count);
    for (size_t i = 0; i < count; i++) {
        size_t one;
        const char *bytes = chars_bytes(t->chars, ids[i], &one);
        memcpy(at, bytes, one);
        at += one;
    }
    *at = 0;
    *size = (size_t)(at - text);
    return text;
}
