#include "ngram_run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "train_tokenizer.h"

enum err ngram_run_open(int order, const struct train_options *o, struct ngram_run *r,
                        struct error *e)
{
    struct ngram_run new = {0};
    enum err code = dataset_read(o->data, &new.data, e);
    if (!code) code = train_tokenizer(o, &new.data, &new.tokenizer, e);
    if (!code) code = part_ids_read(new.tokenizer, &new.data.train, &new.train, e);
    if (!code) code = part_ids_read(new.tokenizer, &new.data.val, &new.val, e);
    if (code) {
        ngram_run_close(&new);
        return code;
    }
    new.model =
        ngram_count((size_t)order, tokenizer_vocab(new.tokenizer), new.train.count, new.train.ids);
    *r = new;
    return ERR_NONE;
}

void ngram_run_close(struct ngram_run *r)
{
    ngram_free(r->model);
    free(r->train.ids);
    free(r->val.ids);
    tokenizer_free(r->tokenizer);
    dataset_free(&r->data);
    *r = (struct ngram_run){0};
}

// bits_of returns a text's surprise in bits, read with that order; 0 is the uniform distribution.
static double bits_of(const struct ngram *m, size_t order, const struct part_ids *p)
{
    if (order == 0) return log2(ngram_vocab(m)) * (double)p->count;
    return ngram_bits(m, order, p->count, p->ids);
}

void ngram_run_table(const struct ngram_run *r, int both, FILE *out)
{
    const struct ngram *m = r->model;
    fprintf(out, "%zu bytes, %zu tokens counted, %d in the vocabulary", r->train.bytes,
            r->train.count, ngram_vocab(m));
    if (!isnan(r->data.val.floor)) fprintf(out, ", floor %.4f", r->data.val.floor);
    fprintf(out, "\norder  contexts      rows  bits/token  bits/byte%s\n",
            both ? "  train bits/byte" : "");
    for (size_t order = 0; order <= ngram_order(m); order++) {
        double bits = bits_of(m, order, &r->val);
        fprintf(out, "%5zu", order);
        if (order == 0)
            fprintf(out, "%10s%10s", "-", "-");
        else
            fprintf(out, "%10zu%10zu", ngram_rows(m, order - 1), ngram_rows(m, order));
        fprintf(out, "%12.4f%11.4f", bits / (double)r->val.count, bits / (double)r->val.bytes);
        if (both) fprintf(out, "%17.4f", bits_of(m, order, &r->train) / (double)r->train.bytes);
        fputc('\n', out);
        fflush(out);  // a large order takes a while, and this row is done
    }
}

// struct tail: the end of a text being written; the model looks at no more than `most` ids of it.
struct tail {
    size_t most, count;
    int32_t *ids;  // (2 most)  when it is full its last ids move to the front
};

static void tail_add(struct tail *t, int32_t id)
{
    if (t->count == 2 * t->most) {
        memcpy(t->ids, t->ids + t->most, t->most * sizeof *t->ids);
        t->count = t->most;
    }
    t->ids[t->count++] = id;
}

enum err ngram_run_write(const struct ngram_run *r, const char *prompt, int tokens, uint64_t seed,
                         FILE *out, struct error *e)
{
    int32_t *ids;
    size_t n;
    enum err code = tokenizer_encode(r->tokenizer, strlen(prompt), prompt, &ids, &n, e);
    if (code) return error_in(e, code, "the prompt");
    struct tail tail = {.most = ngram_order(r->model)};
    tail.ids = malloc(2 * tail.most * sizeof *tail.ids);
    if (!tail.ids) die("out of memory: %zu ids", 2 * tail.most);
    for (size_t i = 0; i < n; i++) tail_add(&tail, ids[i]);
    free(ids);
    fputs(prompt, out);
    struct random random = random_start(seed, RANDOM_GENERATE);
    for (int i = 0; i < tokens && !ferror(out); i++) {
        int32_t id = ngram_sample(r->model, tail.count, tail.ids, (double)random_float(&random));
        size_t size;
        const char *bytes = tokenizer_bytes(r->tokenizer, id, &size);
        fwrite(bytes, 1, size, out);
        tail_add(&tail, id);
    }
    free(tail.ids);
    return ERR_NONE;
}
