#include "team.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cluster.h"
#include "comm_local.h"
#include "comm_mpi.h"
#include "interrupt.h"
#include "parallel.h"
#include "threads.h"
#include "train_loss.h"

struct team {
    struct comm *comm;
    struct comm_local *local;  // where the others are copies of process 0
    const struct train_options *o;
    int mpi;            // mpirun has started it
    int sharing;        // the run has begun
    int left;           // the others know that it is over
    struct share mine;  // of a step's micro-batches
    // A row is all gradients and, behind them, the loss: so its sum has an order too.
    float *own;  // (its micro-batches, weights + 1)
    float *sum;  // (weights + 1)
};

static int rank_of(const struct team *t)
{
    return comm_rank(t->comm);
}

static int size_of(const struct team *t)
{
    return comm_size(t->comm);
}

int team_alone(const struct team *t)
{
    return size_of(t) == 1;
}

struct comm *team_comm(const struct team *t)
{
    return t->comm;
}

int team_leads(const struct team *t)
{
    return rank_of(t) == 0;
}

enum err team_in(const struct team *t, struct error *e, enum err code)
{
    char who[32];
    snprintf(who, sizeof who, "process %d", rank_of(t));
    return team_leads(t) ? code : error_in(e, code, who);
}

// --- what process 0 says ----------------------------------------------------------------------

enum word { OVER, ON };

// tell passes a word on from process 0, as a sum to which nobody adds anything.
static enum err tell(struct team *t, enum word *word, struct error *e)
{
    float number = (float)*word;
    enum err code = cluster_fold(t->comm, 1, 1, 0, NULL, &number, e);
    *word = number > 0 ? ON : OVER;
    return code;
}

static enum err call(struct team *t, struct error *e)
{
    enum word on = ON;
    comm_patience(t->comm, COMM_EVER);
    return tell(t, &on, e);
}

// await waits for the first call; who is told that there is nothing to do ends here.
static void await(struct team *t)
{
    enum word word = OVER;
    struct error e;
    if (tell(t, &word, &e)) exit(COMM_LOST);
    if (word == ON) return;
    comm_free(t->comm);
    exit(0);
}

void team_leave(struct team *t)
{
    enum word over = OVER;
    if (!t->left && team_leads(t)) tell(t, &over, NULL);
    t->left = 1;
}

// --- beginning --------------------------------------------------------------------------------

enum err team_enter(struct team **t, struct error *e)
{
    struct team *made = calloc(1, sizeof *made);
    if (!made) die("out of memory: a team");
    made->mpi = comm_mpi_size() > 1;
    // Before MPI has threads of its own, which would not hold signals back.
    if (made->mpi) interrupt_hold();
    enum err code = ERR_NONE;
    if (made->mpi)
        code = comm_mpi_open(&made->comm, e);
    else
        made->comm = comm_alone();
    if (code) {
        // Every process has the same to say.
        if (comm_mpi_rank() > 0) exit(COMM_LOST);
        free(made);
        return code;
    }
    if (rank_of(made) > 0) await(made);
    *t = made;
    return ERR_NONE;
}

static enum err check(const struct team *t, const struct train_options *o, struct error *e)
{
    int size = t->mpi ? size_of(t) : o->processes;
    if (t->mpi && o->processes > 1)
        return error_set(e, ERR_VALUE, "--processes %d: mpirun has started %d processes already",
                         o->processes, size);
    if (size > 1 && strcmp(o->parallel, "batches") == 0)
        return error_set(e, ERR_VALUE,
                         "--parallel batches: %d processes have a batch each: expected kernels",
                         size);
    if (size > 1 && o->trust)
        return error_set(e, ERR_VALUE,
                         "--trust: %d processes would each see their own targets: expected one",
                         size);
    if (size > o->accumulate)
        return error_set(e, ERR_VALUE,
                         "%d processes with --accumulate %d: expected a micro-batch for each, "
                         "--accumulate %d or more",
                         size, o->accumulate, size);
    return ERR_NONE;
}

enum err team_form(struct team *t, const struct train_options *o, struct error *e)
{
    t->o = o;
    enum err code = check(t, o, e);
    if (!code && !t->mpi && o->processes > 1) {
        comm_free(t->comm);
        code = comm_local_fork(o->processes, &t->comm, &t->local, e);
        if (code) t->comm = comm_alone();
    }
    if (code) return code;
    int here = t->mpi ? comm_mpi_here() : size_of(t), cores = threads_max() / here;
    if (!o->threads && here > 1) threads_use(cores > 1 ? cores : 1);
    if (!t->mpi && rank_of(t) > 0) await(t);
    return ERR_NONE;
}

static float *room(size_t rows, size_t n)
{
    float *x = calloc(rows * n, sizeof *x);
    if (!x) die("out of memory: %zu gradients of %zu floats", rows, n);
    return x;
}

enum err team_ready(struct team *t, struct train *r, struct error *e)
{
    if (team_alone(t)) return ERR_NONE;
    size_t n = gpt_weights(r->model) + 1;
    t->mine = parallel_share((size_t)t->o->accumulate, size_of(t), rank_of(t));
    t->own = room(t->mine.end - t->mine.begin, n);
    r->gradient = t->sum = room(1, n);
    float here = 1;
    enum err code = team_leads(t) ? call(t, e) : ERR_NONE;
    return code ? code : cluster_spread(t->comm, 1, 1, &here, e);
}

// struct facts: of a run, beside its numbers.
struct facts {
    uint64_t position, data, step;
    double loss;
};

enum err team_share(struct team *t, struct train *r, struct error *e)
{
    struct state *s = &r->state;
    if (team_alone(t)) return ERR_NONE;
    struct facts f = {s->position, s->data, (uint64_t)s->step, s->loss};
    float words[sizeof f / sizeof(float)];
    memcpy(words, &f, sizeof f);
    size_t n = gpt_weights(r->model), count = sizeof words / sizeof *words;
    enum err code = cluster_fold(t->comm, count, count, 0, NULL, words, e);
    if (!code) code = cluster_fold(t->comm, n, TEAM_PIECE, 0, NULL, gpt_data(r->model), e);
    if (!code) code = cluster_fold(t->comm, n, TEAM_PIECE, 0, NULL, s->m, e);
    if (!code) code = cluster_fold(t->comm, n, TEAM_PIECE, 0, NULL, s->v, e);
    if (code) return code;
    memcpy(&f, words, sizeof f);
    if (f.data != s->data)
        return error_set(e, ERR_MATCH, "%s: the text here is not the one that process 0 has",
                         r->o->data);
    s->position = f.position, s->loss = f.loss, s->step = (int)f.step;
    corpus_seek(r->corpus, s->position);
    t->sharing = 1;
    return ERR_NONE;
}

// --- a step -----------------------------------------------------------------------------------

static size_t count_of(const struct team *t)
{
    return t->mine.end - t->mine.begin;
}

int team_gradients(struct team *t, struct train *r)
{
    const struct train_options *o = r->o;
    size_t n = gpt_weights(r->model);
    float total = (float)o->batch * (float)o->accumulate * (float)o->context;
    uint64_t begin = corpus_position(r->corpus);
    corpus_seek(r->corpus, begin + t->mine.begin * (uint64_t)o->batch);
    for (size_t i = 0; i < count_of(t); i++) {
        float *own = t->own + i * (n + 1);
        corpus_next(r->corpus, o->batch, r->tokens, r->target);
        tape_reset(r->tape);
        int loss = train_loss(r, r->model, r->tape, r->tokens, r->target, own + n);
        tape_backward(r->tape, loss, 1 / total);
        memset(own, 0, n * sizeof *own);
        train_fold(r->model, own);
    }
    corpus_seek(r->corpus, begin + (uint64_t)o->accumulate * (uint64_t)o->batch);
    return (int)count_of(t);
}

enum err team_exchange(struct team *t, struct train *r, float *loss, struct error *e)
{
    const struct train_options *o = r->o;
    size_t n = gpt_weights(r->model);
    float total = (float)o->batch * (float)o->accumulate * (float)o->context;
    t->sum[n] = 0;  // the rest of it is zeros between two steps
    comm_patience(t->comm, o->timeout);
    enum err code = cluster_fold(t->comm, n + 1, TEAM_PIECE, (int)count_of(t), t->own, t->sum, e);
    if (!code) code = cluster_spread(t->comm, n + 1, TEAM_PIECE, t->sum, e);
    if (!code) *loss = t->sum[n] / total;
    return code;
}

// together is train_step, by all of the team.
static enum err together(struct team *t, struct train *r, int *taken, struct error *e)
{
    float loss;
    team_gradients(t, r);
    enum err code = team_exchange(t, r, &loss, e);
    if (code) return code;
    *taken = isfinite(loss) && train_update(r);
    if (!*taken) return ERR_NONE;
    r->state.loss = (double)loss;
    r->state.position = corpus_position(r->corpus);
    return ERR_NONE;
}

enum err team_step(struct team *t, struct train *r, int *taken, struct error *e)
{
    if (team_alone(t)) {
        *taken = train_step(r);
        return ERR_NONE;
    }
    enum err code = team_leads(t) ? call(t, e) : ERR_NONE;
    if (!code) code = together(t, r, taken, e);
    if (code && team_leads(t) && t->local) comm_local_verdict(t->local, e);
    return code;
}

int team_called(struct team *t, const struct train *r)
{
    enum word word = OVER;
    struct error e;
    comm_patience(t->comm, COMM_EVER);
    if (tell(t, &word, &e)) team_follower_lost(t, r, &e);
    return word == ON;
}

// --- the end ----------------------------------------------------------------------------------

void team_again(const struct team *t, size_t size, char *text)
{
    char begin[40] = "", end[40] = "";
    if (t->mpi)
        snprintf(begin, sizeof begin, "mpirun -np %d ", size_of(t));
    else if (size_of(t) > 1)
        snprintf(end, sizeof end, " --processes %d", size_of(t));
    snprintf(text, size, "%sgpt train --resume --out %s%s", begin, t->o->out, end);
}

void team_follower_lost(const struct team *t, const struct train *r, const struct error *e)
{
    // Process 0 finds out and tells; but if it is gone itself, then its neighbour.  mpirun does so
    // without us.
    int speaks = !t->mpi && rank_of(t) == 1 && t->sharing && comm_local_orphan(t->local);
    if (speaks) {
        char again[300];
        team_again(t, sizeof again, again);
        fprintf(stderr,
                "gpt: process %d: %s, in step %d: %s keeps the last checkpoint; `%s` goes on\n",
                rank_of(t), e->text, r->state.step + 1, r->o->out, again);
    }
    exit(COMM_LOST);
}

void team_break(struct team *t)
{
    // mpirun, which is ending too, passes on what is said by who still lives.
    const struct timespec pause = {.tv_nsec = 100000000};
    if (t->mpi) nanosleep(&pause, NULL);
    if (team_leads(t) && t->local) comm_local_end(t->local, 1);
    t->local = NULL;
    t->left = 1;
}

void team_free(struct team *t)
{
    if (!t) return;
    team_leave(t);
    comm_free(t->comm);
    if (team_leads(t) && t->local) comm_local_end(t->local, 0);
    free(t->own);
    free(t->sum);
    free(t);
}
