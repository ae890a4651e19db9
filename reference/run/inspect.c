#include "inspect.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_file.h"
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

// name_width returns how wide the column of names is: Llama's are longer than GPT-2's.
static int name_width(const struct safetensors *st)
{
    size_t width = 28;
    for (int i = 0; i < safetensors_count(st); i++) {
        size_t length = strlen(safetensors_at(st, i)->name);
        if (length > width) width = length;
    }
    return width < 100 ? (int)width : 100;
}

static size_t print_tensor(const struct safetensors *st, const struct safetensors_tensor *t,
                           int width)
{
    char shape[SAFETENSORS_RANK * 24] = "";
    int at = 0;
    size_t n = 1;
    for (int i = 0; i < t->rank; i++) {
        at += snprintf(shape + at, sizeof shape - (size_t)at, "%s%" PRId64, i ? " x " : "",
                       t->shape[i]);
        n *= (size_t)t->shape[i];
    }
    put_text(width, t->name);
    printf(" %-5s %-14s %10zu", safetensors_dtype_name(t->dtype), shape, n);
    float *x = malloc(n * sizeof *x + 1);
    if (!x) die("out of memory: %zu floats", n);
    struct error e;
    if (n && safetensors_floats(st, t, x, &e) == ERR_NONE) {
        struct range r = range_of(n, x);
        if (r.odd < n) printf("  %9.4f %9.4f %9.5f %9.5f", r.least, r.most, r.mean, r.deviation);
        if (r.odd) printf("  %zu not finite", r.odd);
    }
    putchar('\n');
    free(x);
    return n;
}

enum err inspect_file(const char *path, struct error *e)
{
    struct safetensors *st;
    enum err code = safetensors_open(path, &st, e);
    if (code) return code;
    printf("%s\n", path);
    for (int i = 0; i < safetensors_metadata_count(st); i++) {
        const struct safetensors_pair *p = safetensors_metadata_at(st, i);
        printf("  ");
        put_text(20, p->key);
        putchar(' ');
        put_text(0, p->value);
        putchar('\n');
    }
    int width = name_width(st);
    printf("%-*s %-5s %-14s %10s  %9s %9s %9s %9s\n", width, "tensor", "type", "shape", "elements",
           "least", "greatest", "mean", "deviation");
    size_t total = 0;
    for (int i = 0; i < safetensors_count(st); i++)
        total += print_tensor(st, safetensors_at(st, i), width);
    printf("%d tensors, %zu elements\n", safetensors_count(st), total);
    safetensors_close(st);
    return ERR_NONE;
}

enum err inspect_model(const char *dir, struct error *e)
{
    struct gpt *m;
    struct tokenizer *tok;
    enum err code = model_read(dir, &m, &tok, e);
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
    struct shards *files;
    code = shards_open(dir, SHARDS_ONE, &files, e);
    for (int i = 0; !code && i < shards_count(files); i++)
        code = inspect_file(shards_path(files, i), e);
    if (!code) shards_close(files);
    return code;
}
