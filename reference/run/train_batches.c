#include "train_batches.h"

#include <math.h>
#include <stdlib.h>

#include "parallel.h"
#include "train_loss.h"

// struct place: where one batch is computed.
struct place {
    struct gpt *model;  // the run's, or a twin of it
    struct tape *tape;
    int32_t *tokens, *target;  // (batch, context)
    float nats;                // what came out
};

struct train_batches {
    struct train *run;
    struct arena *arena;
    int count;            // of places
    struct place *place;  // the first is the run's own
    float **gradient;     // of each place's model
    float total;          // targets of a step
};

enum err train_batches_at_once(const struct train_options *o, const struct gpt_config *c,
                               int threads, int *n, struct error *e)
{
    static const char *const NAMES[] = {"auto", "batches", "kernels"};
    enum { AUTO, BATCHES };
    // Measured on two cores: at 4 GFLOP a batch the threads' waiting is a quarter of the kernels'
    // time, at 100 a fortieth.  Each place needs gradients for all weights.
    const double small = 2e10;
    const size_t few = (size_t)1 << 23;
    int way = AUTO;
    enum err code = option_choice("parallel", o->parallel, 3, NAMES, PARALLEL_NAMES, &way, e);
    if (code) return code;
    if (way == BATCHES && o->accumulate < 2)
        return error_set(e, ERR_VALUE,
                         "--parallel batches: a step has one batch: expected --accumulate 2 or "
                         "more, or --parallel kernels");
    if (way == BATCHES && *o->teacher)
        return error_set(e, ERR_VALUE,
                         "--parallel batches: there is one --teacher, and batches would ask it at "
                         "once: expected --parallel kernels");
    int pays = o->accumulate >= threads && !*o->teacher && gpt_count(c).total <= few &&
               gpt_flops(c, o->batch, o->context) <= small;
    *n = 1;
    if (way == BATCHES || (way == AUTO && pays))
        *n = threads < o->accumulate ? threads : o->accumulate;
    return ERR_NONE;
}

struct train_batches *train_batches_new(struct train *r, int n)
{
    const struct train_options *o = r->o;
    CHECK(n >= 2 && r->gradient != gpt_grad(r->model), "n=%d", n);
    struct train_batches *b = malloc(sizeof *b);
    if (!b) die("out of memory: batches");
    struct arena *a = arena_new();
    size_t count = (size_t)n, window = (size_t)o->batch * (size_t)o->context;
    *b =
        (struct train_batches){.run = r,
                               .arena = a,
                               .count = n,
                               .place = arena_alloc(a, count * sizeof *b->place),
                               .gradient = arena_alloc(a, count * sizeof *b->gradient),
                               .total = (float)o->batch * (float)o->accumulate * (float)o->context};
    for (int i = 0; i < n; i++) {
        struct place *p = &b->place[i];
        *p = (struct place){r->model, r->tape, r->tokens, r->target, 0};
        if (i > 0) {
            *p = (struct place){.model = gpt_twin(r->model), .tape = tape_new()};
            tape_lean(p->tape);
            p->tokens = arena_alloc(a, window * sizeof *p->tokens);
            p->target = arena_alloc(a, window * sizeof *p->target);
        }
        b->gradient[i] = gpt_grad(p->model);
    }
    return b;
}

void train_batches_free(struct train_batches *b)
{
    if (!b) return;
    for (int i = 1; i < b->count; i++) {
        gpt_free(b->place[i].model);
        tape_free(b->place[i].tape);
    }
    arena_free(b->arena);
    free(b);
}

// compute is a job: the gradients of place j's batch.
static void compute(void *context, int j)
{
    struct train_batches *b = context;
    const struct train *r = b->run;
    struct place *p = &b->place[j];
    tape_reset(p->tape);
    int loss = train_loss(r, p->model, p->tape, p->tokens, p->target, &p->nats);
    tape_backward(p->tape, loss, 1 / b->total);
}

// accumulate is train_accumulate, a wave at a time.
static float accumulate(struct train_batches *b)
{
    struct train *r = b->run;
    const struct train_options *o = r->o;
    float sum = 0;
    for (int done = 0, wave; done < o->accumulate; done += wave) {
        wave = o->accumulate - done < b->count ? o->accumulate - done : b->count;
        for (int i = 0; i < wave; i++)
            corpus_next(r->corpus, o->batch, b->place[i].tokens, b->place[i].target);
        // A batch that is alone in its wave has all threads, in its kernels.
        if (wave > 1)
            parallel_jobs(b->count, wave, compute, b);
        else
            compute(b, 0);
        parallel_fold(wave, gpt_weights(r->model), b->gradient, r->gradient);
        for (int i = 0; i < wave; i++) sum += b->place[i].nats;
    }
    return sum / b->total;
}

int train_batches_step(struct train_batches *b)
{
    struct train *r = b->run;
    float loss = accumulate(b);
    if (!isfinite(loss) || !train_update(r)) return 0;
    r->state.loss = (double)loss;
    r->state.position = corpus_position(r->corpus);
    return 1;
}
