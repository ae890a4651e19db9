#include "inspect.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_file.h"
#include "gguf.h"
#include "model_file.h"
#include "safetensors.h"
#include "shards.h"

// struct range: a tensor's values at a glance.
struct range {
    double least, most, mean, deviation;
    size_t odd;  // values that are NaN or infinite, which the others leave out
};

static struct range range_of(size_t n, const float *x)
{
    struct range r = {.least = (double)INFINITY, .most = -(double)INFINITY};
    double sum = 0, squares = 0;
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        double v = (double)x[i];
        if (!isfinite(v)) {
            r.odd++;
            continue;
        }
        count++;
        sum += v;
        squares += v * v;
        if (v < r.least) r.least = v;
        if (v > r.most) r.most = v;
    }
    if (!count) return r;
    r.mean = sum / (double)count;
    double variance = squares / (double)count - r.mean * r.mean;
    r.deviation = variance > 0 ? sqrt(variance) : 0;
    return r;
}

// put_text prints what a file says, without what would break the line or drive the terminal.
static void put_text(int width, const char *text)
{
    int count = 0;
    for (; *text; text++, count++)
        putchar((unsigned char)*text < 0x20 || *text == 0x7F ? '?' : *text);
    printf("%*s", count < width ? width - count : 0, "");
}

// struct row: what is printed of a tensor, whichever file it is in.
struct row {
    const char *name, *type;
    int rank;
    const int64_t *shape;
    const float *x;  // its elements, or NULL: no floats
};

enum { NAME_LEAST = 28, NAME_MOST = 100 };

// wider returns how wide the column of names must be for one more: Llama's are longer than GPT-2's.
static int wider(int width, const char *name)
{
    size_t length = strlen(name);
    if (length > NAME_MOST) length = NAME_MOST;
    return (int)length > width ? (int)length : width;
}

static void print_head(int width)
{
    printf("%-*s %-5s %-14s %10s  %9s %9s %9s %9s\n", width, "tensor", "type", "shape", "elements",
           "least", "greatest", "mean", "deviation");
}

static size_t elements(int rank, const int64_t *shape)
{
    size_t n = 1;
    for (int i = 0; i < rank; i++) n *= (size_t)shape[i];
    return n;
}

static void print_row(const struct row *r, int width)
{
    char shape[SAFETENSORS_RANK * 24] = "";
    int at = 0;
    for (int i = 0; i < r->rank; i++)
        at += snprintf(shape + at, sizeof shape - (size_t)at, "%s%" PRId64, i ? " x " : "",
                       r->shape[i]);
    size_t n = elements(r->rank, r->shape);
    put_text(width, r->name);
    printf(" %-5s %-14s %10zu", r->type, shape, n);
    if (n && r->x) {
        struct range range = range_of(n, r->x);
        if (range.odd < n)
            printf("  %9.4f %9.4f %9.5f %9.5f", range.least, range.most, range.mean,
                   range.deviation);
        if (range.odd) printf("  %zu not finite", range.odd);
    }
    putchar('\n');
}

// floats_for returns room for n floats.
static float *floats_for(size_t n)
{
    float *x = malloc(n * sizeof *x + 1);
    if (!x) die("out of memory: %zu floats", n);
    return x;
}

static size_t print_tensor(const struct safetensors *st, const struct safetensors_tensor *t,
                           int width)
{
    size_t n = elements(t->rank, t->shape);
    float *x = floats_for(n);
    struct error e;
    int is_floats = safetensors_floats(st, t, x, &e) == ERR_NONE;
    struct row r = {t->name, safetensors_dtype_name(t->dtype), t->rank, t->shape,
                    is_floats ? x : NULL};
    print_row(&r, width);
    free(x);
    return n;
}

static void print_key(const char *key)
{
    printf("  ");
    put_text(20, key);
    putchar(' ');
}

enum err inspect_file(const char *path, struct error *e)
{
    struct safetensors *st;
    enum err code = safetensors_open(path, &st, e);
    if (code) return code;
    printf("%s\n", path);
    for (int i = 0; i < safetensors_metadata_count(st); i++) {
        const struct safetensors_pair *p = safetensors_metadata_at(st, i);
        print_key(p->key);
        put_text(0, p->value);
        putchar('\n');
    }
    int width = NAME_LEAST;
    for (int i = 0; i < safetensors_count(st); i++)
        width = wider(width, safetensors_at(st, i)->name);
    print_head(width);
    size_t total = 0;
    for (int i = 0; i < safetensors_count(st); i++)
        total += print_tensor(st, safetensors_at(st, i), width);
    printf("%d tensors, %zu elements\n", safetensors_count(st), total);
    safetensors_close(st);
    return ERR_NONE;
}

// print_model prints what kind of model is there.
static enum err print_model(const char *path, struct error *e)
{
    struct gpt *m;
    struct tokenizer *tok;
    enum err code = model_read(path, &m, &tok, e);
    if (code) return code;
    const struct gpt_config *c = gpt_config(m);
    const char *type = config_file_type(c);
    printf("%s shape: %d layers, %d heads, %d channels, context %d\n",
           *type == 'g'   ? "GPT-2"
           : *type == 'l' ? "Llama"
                          : "handmade",
           c->layers, c->heads, c->channels, c->context);
    if (*type != 'g')
        printf(
            "             %d heads of keys and values, network of %d, rotary base %g, epsilon %g\n",
            c->groups, c->hidden, (double)c->rotary_base, (double)c->epsilon);
    printf("tokenizer:   %s, %d tokens\n",
           tokenizer_bpe(tok)             ? "byte-level bpe"
           : tokenizer_sentencepiece(tok) ? "sentencepiece"
                                          : "characters",
           c->vocab);
    printf("weights:     %zu, checksum %016" PRIx64 "\n\n", gpt_weights(m), model_checksum(m));
    gpt_free(m);
    tokenizer_free(tok);
    return ERR_NONE;
}

enum err inspect_model(const char *dir, struct error *e)
{
    enum err code = print_model(dir, e);
    if (code) return code;
    struct shards *files;
    code = shards_open(dir, SHARDS_ONE, &files, e);
    for (int i = 0; !code && i < shards_count(files); i++)
        code = inspect_file(shards_path(files, i), e);
    if (!code) shards_close(files);
    return code;
}

// print_value prints a pair's value; of an array the first ones.
static void print_value(const struct gguf_pair *p)
{
    enum { SHOWN = 6 };
    if (p->array) printf("%zu %ss", p->count, gguf_kind_name(p->kind));
    for (size_t i = 0; i < p->count && i < SHOWN && p->kind != GGUF_ARRAY; i++) {
        int64_t whole;
        double number = 0;
        if (p->array) printf(i ? ", " : ": ");
        if (p->kind == GGUF_STRING)
            put_text(0, p->text[i].bytes);
        else if (gguf_whole(p, i, &whole))
            printf("%" PRId64, whole);
        else if (gguf_number(p, i, &number))
            printf("%g", number);
    }
    printf(p->array && p->count > SHOWN ? " …\n" : "\n");
}

enum err inspect_gguf(const char *path, struct error *e)
{
    struct gguf *g;
    struct error why;
    enum err code = gguf_open(path, &g, e);
    if (code) return code;
    if (print_model(path, &why)) printf("no model of ours: %s\n\n", why.text);
    printf("%s\n", path);
    for (int i = 0; i < gguf_pairs(g); i++) {
        print_key(gguf_pair_at(g, i)->key);
        print_value(gguf_pair_at(g, i));
    }
    int width = NAME_LEAST;
    size_t total = 0;
    for (int i = 0; i < gguf_count(g); i++) width = wider(width, gguf_at(g, i)->name);
    print_head(width);
    for (int i = 0; i < gguf_count(g); i++) {
        const struct gguf_tensor *t = gguf_at(g, i);
        size_t n = elements(t->rank, t->shape);
        float *x = floats_for(n);
        gguf_floats(t, x);
        struct row r = {t->name, gguf_type_name(t->type), t->rank, t->shape, x};
        print_row(&r, width);
        free(x);
        total += n;
    }
    printf("%d tensors, %zu elements\n", gguf_count(g), total);
    gguf_close(g);
    return ERR_NONE;
}
