#include "best_of.h"

#include <stdlib.h>
#include <string.h>

#include "mathf.h"

// struct attempt: one continuation.
struct attempt {
    char *bytes;  // from malloc
    size_t size;
    double nats;  // mean surprise of its tokens
};

// surprise returns the memory's mean surprise at what the writer chose.
static double surprise(const struct recall *r, const struct writer *w, float *p)
{
    int begin, end;
    const int32_t *ids = writer_chosen(w, &begin, &end);
    double sum = 0;
    for (int i = begin; i < end; i++) {
        r->kind->predict(r->self, (size_t)i, ids, p);
        sum -= (double)mathf_log(p[ids[i]]);
    }
    return end > begin ? sum / (end - begin) : 0;
}

// attempt writes one continuation of the prompt.
static enum err attempt(struct writer *w, const struct best_of *b, const char *prompt, float *p,
                        struct attempt *a, struct error *e)
{
    writer_reset(w);
    enum err code = error_in(e, writer_read(w, prompt, e), "the prompt");
    if (code) return code;
    FILE *f = open_memstream(&a->bytes, &a->size);
    if (!f) die("out of memory: a text");
    code = writer_write(w, f, e);
    if (fclose(f)) die("out of memory: a text");
    if (b->judge == JUDGE_MODEL) a->nats = writer_surprise(w);
    if (b->judge == JUDGE_MEMORY) a->nats = surprise(b->memory, w, p);
    return code;
}

static int same(const struct attempt *a, const struct attempt *b)
{
    return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

static int agreeing(int count, const struct attempt *a, int i)
{
    int n = 0;
    for (int k = 0; k < count; k++) n += same(&a[i], &a[k]);
    return n;
}

// choose picks the best, and says what there was.
static void choose(const struct best_of *b, const struct attempt *a, struct best_found *f)
{
    f->which = 0, f->least = f->most = a[0].nats;
    for (int i = 0; i < b->count; i++) {
        int better = b->judge == JUDGE_MAJORITY
                       ? agreeing(b->count, a, i) > agreeing(b->count, a, f->which)
                       : a[i].nats < a[f->which].nats;
        if (better) f->which = i;
        if (a[i].nats < f->least) f->least = a[i].nats;
        if (a[i].nats > f->most) f->most = a[i].nats;
    }
    f->nats = a[f->which].nats;
    f->agree = agreeing(b->count, a, f->which);
}

enum err best_of_text(const struct gpt *m, const struct tokenizer *tok, const struct writing *g,
                      const struct best_of *b, const char *prompt, FILE *out,
                      struct best_found *found, struct error *e)
{
    CHECK(b->count >= 1 && (b->judge != JUDGE_MEMORY || b->memory), "count=%d", b->count);
    struct writing quiet = *g;
    quiet.stream = 0;
    quiet.judged = b->judge == JUDGE_MODEL;
    struct writer *w = writer_new(m, tok, &quiet);
    struct attempt *a = calloc((size_t)b->count, sizeof *a);
    float *p = malloc(sizeof *p * (size_t)tokenizer_vocab(tok));
    if (!a || !p) die("out of memory: %d texts", b->count);
    enum err code = ERR_NONE;
    for (int i = 0; i < b->count && !code; i++) code = attempt(w, b, prompt, p, &a[i], e);
    if (!code) {
        choose(b, a, found);
        found->times = writer_times_of(w);
        fputs(prompt, out);
        fwrite(a[found->which].bytes, 1, a[found->which].size, out);
    }
    for (int i = 0; i < b->count; i++) free(a[i].bytes);
    free(a);
    free(p);
    writer_free(w);
    return code;
}
