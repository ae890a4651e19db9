#include "tokenizer.h"

#include <stdlib.h>
#include <string.h>

#include "bpe.h"
#include "bytes.h"
#include "rungs.h"
#include "sentencepiece.h"
#include "vocab.h"

// Exactly one of the three is there.
struct tokenizer {
    struct chars *chars;
    struct vocab *vocab;
    struct sentencepiece *sentencepiece;
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

struct tokenizer *tokenizer_of_sentencepiece(struct sentencepiece *s)
{
    return wrap((struct tokenizer){.sentencepiece = s});
}

const struct chars *tokenizer_chars(const struct tokenizer *t)
{
    return t->chars;
}

const struct vocab *tokenizer_bpe(const struct tokenizer *t)
{
    return t->vocab;
}

const struct sentencepiece *tokenizer_sentencepiece(const struct tokenizer *t)
{
    return t->sentencepiece;
}

void tokenizer_free(struct tokenizer *t)
{
    if (!t) return;
    chars_free(t->chars);
    vocab_free(t->vocab);
    sentencepiece_free(t->sentencepiece);
    free(t);
}

int tokenizer_vocab(const struct tokenizer *t)
{
    if (t->sentencepiece) return sentencepiece_size(t->sentencepiece);
    return t->vocab ? vocab_size(t->vocab) : chars_vocab(t->chars);
}

int32_t tokenizer_bos(const struct tokenizer *t)
{
    return t->sentencepiece ? sentencepiece_bos(t->sentencepiece) : -1;
}

int tokenizer_is_special(const struct tokenizer *t, int32_t id)
{
    if (t->sentencepiece) return sentencepiece_is_special(t->sentencepiece, id);
    return t->vocab && id >= vocab_size(t->vocab) - vocab_specials(t->vocab);
}

enum err tokenizer_encode(const struct tokenizer *t, size_t size, const char *text, int32_t **ids,
                          size_t *count, struct error *e)
{
    if (t->chars) return chars_encode(t->chars, size, text, ids, count, e);
    *ids = t->vocab ? RUNGS.encode(t->vocab, size, text, count)
                    : sentencepiece_encode(t->sentencepiece, size, text, count);
    return ERR_NONE;
}

const char *tokenizer_bytes(const struct tokenizer *t, int32_t id, size_t *size)
{
    if (t->sentencepiece) return sentencepiece_bytes(t->sentencepiece, id, size);
    return t->vocab ? vocab_bytes(t->vocab, id, size) : chars_bytes(t->chars, id, size);
}

char *tokenizer_decode(const struct tokenizer *t, size_t count, const int32_t *ids, size_t *size)
{
    if (t->vocab) return bpe_decode(t->vocab, count, ids, size);
    if (t->sentencepiece) return sentencepiece_decode(t->sentencepiece, count, ids, size);
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
