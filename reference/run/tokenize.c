#include "tokenize.h"

#include <ctype.h>
#include <stdlib.h>

#include "arena.h"
#include "bytes.h"
#include "file.h"
#include "parallel.h"
#include "rungs.h"
#include "threads.h"
#include "tokenizer_json.h"
#include "vocab_files.h"

enum err tokenize_learn(const char *path, int tokens, struct tokenizer **t, struct error *e)
{
    static const char *const special[] = {VOCAB_END_OF_TEXT};
    char *text;
    size_t size;
    struct vocab *v;
    enum err code = file_read(path, &text, &size, e);
    if (code) return code;
    code = error_in(e, RUNGS.train(size, text, tokens, 1, special, &v, e), path);
    free(text);
    if (!code) *t = tokenizer_of_bpe(v);
    return code;
}

enum err tokenize_save(const char *dir, const struct tokenizer *t, struct error *e)
{
    if (tokenizer_bpe(t)) return vocab_files_write(dir, tokenizer_bpe(t), e);
    if (!tokenizer_sentencepiece(t))
        return error_set(e, ERR_VALUE, "%s: only byte pairs have a %s, and this one has characters",
                         dir, MERGES_TXT);
    enum err code = file_make_directory(dir, e);
    if (code) return code;
    char *path = file_path(dir, "tokenizer.json");
    code = tokenizer_json_write(path, t, e);
    free(path);
    return code;
}

static void print_byte(unsigned char b, FILE *out)
{
    if (b == '\n')
        fputs("\\n", out);
    else if (b == '\\')
        fputs("\\\\", out);
    else if (b < 0x20 || b >= 0x7F)
        fprintf(out, "\\x%02X", b);
    else
        putc(b, out);
}

void tokenize_show(const struct tokenizer *t, int32_t id, FILE *out)
{
    size_t size;
    const char *bytes = tokenizer_bytes(t, id, &size);
    for (size_t i = 0; i < size; i++) print_byte((unsigned char)bytes[i], out);
}

// print_letters passes on characters that terminals can show; those below U+00A0 cannot all.
static void print_letters(size_t size, const char *bytes, FILE *out)
{
    for (size_t i = 0; i < size;) {
        int32_t code;
        int length = bytes_decode(size - i, bytes + i, &code);
        if (length > 1 && code >= 0xA0)
            fwrite(bytes + i, 1, (size_t)length, out), i += (size_t)length;
        else
            print_byte((unsigned char)bytes[i++], out);
    }
}

void tokenize_print(const struct tokenizer *t, size_t n, const int32_t *ids,
                    enum tokenize_form form, FILE *out)
{
    for (size_t i = 0; i < n; i++) {
        if (form == TOKENIZE_BARS) {
            size_t size;
            const char *bytes = tokenizer_bytes(t, ids[i], &size);
            if (i > 0) putc('|', out);
            print_letters(size, bytes, out);
            if (i + 1 == n) putc('\n', out);
            continue;
        }
        fprintf(out, "%d", ids[i]);
        if (form == TOKENIZE_TABLE) {
            putc('\t', out);
            tokenize_show(t, ids[i], out);
        }
        putc('\n', out);
    }
}

enum err tokenize_ids(const struct tokenizer *t, size_t size, const char *text, int32_t **ids,
                      size_t *n, struct error *e)
{
    int V = tokenizer_vocab(t);
    // A number and the space behind it are two bytes at least.
    int32_t *out = malloc((size / 2 + 1) * sizeof *out);
    if (!out) die("out of memory: ids in %zu bytes", size);
    size_t count = 0, i = 0;
    while (i < size) {
        if (isspace((unsigned char)text[i])) {
            i++;
            continue;
        }
        size_t first = i;
        int64_t id = 0;
        for (; i < size && isdigit((unsigned char)text[i]) && id < V; i++)
            id = 10 * id + text[i] - '0';
        if (i == first || id >= V || (i < size && !isspace((unsigned char)text[i]))) {
            free(out);
            return error_set(e, ERR_SYMBOL, "byte %zu: expected an id from 0 to %d", first, V - 1);
        }
        out[count++] = (int32_t)id;
    }
    *ids = out, *n = count;
    return ERR_NONE;
}

// struct often: a token and how often it is there.
struct often {
    int32_t count, id;
};

static int oftener_first(const void *a, const void *b)
{
    const struct often *x = a, *y = b;
    if (x->count != y->count) return x->count > y->count ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

void tokenize_most(const struct tokenizer *t, size_t n, const int32_t *ids, int most, FILE *out)
{
    int V = tokenizer_vocab(t), threads = threads_max(), there = 0;
    struct arena *a = arena_new();
    int32_t *count = arena_alloc(a, (size_t)V * sizeof *count);
    int32_t *row = arena_alloc(a, (size_t)threads * parallel_stride(V) * sizeof *row);
    struct often *all = arena_alloc(a, (size_t)V * sizeof *all);
    parallel_count(threads, n, ids, V, row, count);
    for (int32_t v = 0; v < V; v++) all[v] = (struct often){count[v], v}, there += count[v] > 0;
    qsort(all, (size_t)V, sizeof *all, oftener_first);
    for (int i = 0; i < most && i < there; i++) {
        fprintf(out, "%d\t%d\t", all[i].count, all[i].id);
        tokenize_show(t, all[i].id, out);
        putc('\n', out);
    }
    fprintf(out, "%d of %d in the vocabulary occur\n", there, V);
    arena_free(a);
}
