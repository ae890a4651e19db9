#include "train_tokenizer.h"

#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "file.h"
#include "model_file.h"
#include "rungs.h"
#include "tokenizer_file.h"
#include "vocab.h"

// check_characters says whether a vocabulary of characters can hold a text.
static enum err check_characters(const struct part *p, struct error *e)
{
    static const char hint[] = "--tokenizer bpe takes any bytes";
    int32_t code = 0;
    for (size_t at = 0; at < p->size;) {
        int length = bytes_decode(p->size - at, p->bytes + at, &code);
        if (!length)
            return error_set(e, ERR_UTF8,
                             "%s: byte %zu: expected a UTF-8 character, found 0x%02X; %s", p->path,
                             p->begin + at, (unsigned)(unsigned char)p->bytes[at], hint);
        if (code == 0)
            return error_set(e, ERR_VALUE,
                             "%s: byte %zu: found U+0000, which has no place in a "
                             "tokenizer.json; %s",
                             p->path, p->begin + at, hint);
        at += (size_t)length;
    }
    return ERR_NONE;
}

// characters makes the vocabulary of all characters in both parts: one that only the validation
// part has must have a number too.
static enum err characters(const struct dataset *d, struct tokenizer **t, struct error *e)
{
    enum err code = check_characters(&d->train, e);
    if (!code) code = check_characters(&d->val, e);
    if (code) return code;
    size_t size = d->train.size + d->val.size;
    char *all = malloc(size);
    if (!all) die("out of memory: %zu bytes of text", size);
    memcpy(all, d->train.bytes, d->train.size);
    memcpy(all + d->train.size, d->val.bytes, d->val.size);
    struct chars *c;
    code = chars_new(size, all, &c, e);
    free(all);
    if (!code) *t = tokenizer_of_chars(c);
    return code;
}

// byte_pairs learns merges from the part that is trained on.
static enum err byte_pairs(const struct dataset *d, int tokens, struct tokenizer **t,
                           struct error *e)
{
    const char *special = VOCAB_END_OF_TEXT;
    struct vocab *v;
    enum err code = RUNGS.train(d->train.size, d->train.bytes, tokens, 1, &special, &v, e);
    if (!code) *t = tokenizer_of_bpe(v);
    return code;
}

enum err train_tokenizer(const struct train_options *o, const struct dataset *d,
                         struct tokenizer **t, struct error *e)
{
    if (o->resume) return model_tokenizer(o->out, t, e);
    if (strcmp(o->tokenizer, "chars") == 0) return characters(d, t, e);
    if (strcmp(o->tokenizer, "bpe") == 0) return byte_pairs(d, o->vocab, t, e);
    if (!file_exists(o->tokenizer))
        return error_set(e, ERR_IO,
                         "--tokenizer %s: expected chars, bpe, or a file, and there is "
                         "no such file",
                         o->tokenizer);
    return tokenizer_file_read(o->tokenizer, t, e);
}
