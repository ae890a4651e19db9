#include "tokenizer.h"

#include <stdlib.h>

#include "bpe.h"
#include "bpe_encode.h"
#include "bytes.h"

// Exactly one of the two is there.
struct tokenizer {
    struct chars *chars;
    struct bpe *bpe;
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

struct tokenizer *tokenizer_of_bpe(struct bpe *b)
{
    return wrap((struct tokenizer){.bpe = b});
}

const struct chars *tokenizer_chars(const struct tokenizer *t)
{
    return t->chars;
}

const struct bpe *tokenizer_bpe(const struct tokenizer *t)
{
    return t->bpe;
}

void tokenizer_free(struct tokenizer *t)
{
    if (!t) return;
    chars_free(t->chars);
    bpe_free(t->bpe);
    free(t);
}

int tokenizer_vocab(const struct tokenizer *t)
{
    return t->bpe ? bpe_vocab(t->bpe) : chars_vocab(t->chars);
}

enum err tokenizer_encode(const struct tokenizer *t, size_t size, const char *text, int32_t **ids,
                          size_t *count, struct error *e)
{
    if (t->chars) return chars_encode(t->chars, size, text, ids, count, e);
    *ids = bpe_encode(t->bpe, size, text, count);
    return ERR_NONE;
}

const char *tokenizer_bytes(const struct tokenizer *t, int32_t id, size_t *size)
{
    return t->bpe ? bpe_bytes(t->bpe, id, size) : chars_bytes(t->chars, id, size);
}
