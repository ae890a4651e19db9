#include "teacher.h"

#include <stdlib.h>
#include <string.h>

#include "loss.h"
#include "model_file.h"
#include "tape.h"

struct teacher {
    struct gpt *model;
    struct tape *tape;
};

// same_tokens says whether each id stands for the same bytes.
static int same_tokens(const struct tokenizer *a, const struct tokenizer *b)
{
    int V = tokenizer_vocab(a);
    if (tokenizer_vocab(b) != V) return 0;
    for (int32_t id = 0; id < V; id++) {
        size_t n, m;
        const char *x = tokenizer_bytes(a, id, &n), *y = tokenizer_bytes(b, id, &m);
        if (n != m || memcmp(x, y, n) != 0) return 0;
    }
    return 1;
}

enum err teacher_open(const char *dir, const struct tokenizer *t, int context,
                      enum gpt_attention how, struct teacher **out, struct error *e)
{
    struct gpt *m;
    struct tokenizer *its;
    enum err code = model_read(dir, &m, &its, e);
    if (code) return code;
    int sees = gpt_config(m)->context;
    if (!same_tokens(t, its))
        code = error_set(e, ERR_MATCH,
                         "%s: has other tokens than the run; --tokenizer %s takes the teacher's",
                         dir, dir);
    else if (sees < context)
        code = error_set(e, ERR_MATCH, "%s: sees %d tokens at once: expected at least %d", dir,
                         sees, context);
    tokenizer_free(its);
    if (code) {
        gpt_free(m);
        return code;
    }
    struct teacher *new = malloc(sizeof *new);
    if (!new) die("out of memory: a teacher");
    gpt_set_attention(m, how);
    *new = (struct teacher){m, tape_new()};
    *out = new;
    return ERR_NONE;
}

void teacher_free(struct teacher *t)
{
    if (!t) return;
    gpt_free(t->model);
    tape_free(t->tape);
    free(t);
}

const float *teacher_ask(struct teacher *t, int B, int T, const int32_t *tokens)
{
    tape_reset(t->tape);
    int logits = gpt_forward(t->model, t->tape, 0, B, T, tokens), V = gpt_config(t->model)->vocab;
    float *p = tape_alloc(t->tape, sizeof *p * tape_size(t->tape, logits));
    softmax_forward(B * T, V, tape_data(t->tape, logits), p);
    return p;
}
