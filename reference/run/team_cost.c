#include "team_cost.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench_step.h"
#include "clock.h"
#include "comm_local.h"
#include "parallel.h"
#include "team.h"

// --- messages ---------------------------------------------------------------------------------

// The sizes that are timed: 4 bytes, and 8 times as many each time.
enum { SIZES = 8, LARGEST = 1 << 21 };  // floats

// there_and_back sends n floats from process 0 to process 1 and back, `times` times.
static enum err there_and_back(struct comm *c, size_t n, int times, float *x, struct error *e)
{
    enum err code = ERR_NONE;
    int rank = comm_rank(c);
    for (int i = 0; i < times && !code && rank < 2; i++) {
        if (rank == 0) code = comm_send(c, 1, n, x, e);
        if (!code) code = comm_receive(c, 1 - rank, n, x, e);
        if (rank == 1 && !code) code = comm_send(c, 0, n, x, e);
    }
    return code;
}

// all_here returns when all processes have called it.
static enum err all_here(struct comm *c, struct error *e)
{
    float word = 0;
    enum err code = cluster_fold(c, 1, 1, 0, NULL, &word, e);
    return code ? code : cluster_spread(c, 1, 1, &word, e);
}

// time_messages measures the seconds of a message of each size, one way: the best of `rounds`.
static enum err time_messages(struct comm *c, int rounds, double *bytes, double *seconds,
                              struct error *e)
{
    enum { AT_ONCE = 1 << 22, MOST = 200 };  // floats; messages
    float *x = calloc(LARGEST, sizeof *x);
    if (!x) die("out of memory: a message of %d floats", LARGEST);
    enum err code = ERR_NONE;
    for (int i = 0; i < SIZES && !code; i++) {
        size_t n = (size_t)1 << (3 * i);
        int times = AT_ONCE / n > MOST ? MOST : (int)(AT_ONCE / n);
        bytes[i] = (double)(n * sizeof *x), seconds[i] = (double)INFINITY;
        for (int round = 0; round < rounds && !code; round++) {
            code = all_here(c, e);
            double begin = clock_seconds();
            if (!code) code = there_and_back(c, n, times, x, e);
            seconds[i] = fmin(seconds[i], (clock_seconds() - begin) / (2 * times));
        }
    }
    free(x);
    return code;
}

static void print_messages(const struct cluster_cost *cost, int processes, const double *bytes,
                           const double *seconds, FILE *out)
{
    fprintf(out, "a message between two of %d processes\n%10s %12s %12s\n", processes, "bytes",
            "measured", "by the line");
    for (int i = 0; i < SIZES; i++)
        fprintf(out, "%10.0f %9.2f us %9.2f us\n", bytes[i], 1e6 * seconds[i],
                1e6 * (cost->latency + bytes[i] / cost->bandwidth));
    fprintf(out, "latency %.2f us, bandwidth %.2f GB/s\n", 1e6 * cost->latency,
            cost->bandwidth / 1e9);
}

// --- steps ------------------------------------------------------------------------------------

// struct parts: the best seconds of a step's parts, and of a whole one.
struct parts {
    double micro, exchange, update, step;
};

// time_parts does the parts of a step one by one.  All begin each part together.
static enum err time_parts(struct team *t, struct train *r, struct parts *p, struct error *e)
{
    float loss;
    enum err code = all_here(team_comm(t), e);
    if (code) return code;
    double begin = clock_seconds();
    int count = team_gradients(t, r);
    p->micro = fmin(p->micro, (clock_seconds() - begin) / count);
    code = all_here(team_comm(t), e);
    if (code) return code;
    begin = clock_seconds();
    code = team_exchange(t, r, &loss, e);
    if (code) return code;
    p->exchange = fmin(p->exchange, clock_seconds() - begin);
    begin = clock_seconds();
    if (!train_update(r)) die("cluster: a gradient is not a finite number");
    p->update = fmin(p->update, clock_seconds() - begin);
    return all_here(team_comm(t), e);
}

static enum err time_step(struct team *t, struct train *r, struct parts *p, struct error *e)
{
    int taken;
    double begin = clock_seconds();
    if (!team_leads(t) && !team_called(t, r)) return ERR_NONE;
    enum err code = team_step(t, r, &taken, e);
    p->step = fmin(p->step, clock_seconds() - begin);
    return code;
}

static void print_parts(const struct cluster_cost *cost, const struct team_cost_settings *s,
                        const struct parts *p, const struct train *r, FILE *out)
{
    double weights = (double)gpt_weights(r->model), bytes = 4 * weights;
    double exchange =
        cluster_seconds(cost, s->processes, bytes, ceil(weights / (double)TEAM_PIECE));
    double step = cluster_step(s->accumulate, s->processes, p->micro, exchange, p->update);
    fprintf(out,
            "\na step of %.0f weights, %d micro-batches of %d x %d tokens, on %d processes\n"
            "%-28s %12s %12s\n",
            weights, s->accumulate, r->o->batch, r->o->context, s->processes, "", "predicted",
            "measured");
    fprintf(out, "%-28s %12s %9.2f ms\n", "a micro-batch", "", 1e3 * p->micro);
    fprintf(out, "%-28s %12s %9.2f ms\n", "the optimizer", "", 1e3 * p->update);
    fprintf(out, "%-28s %9.2f ms %9.2f ms\n", "the sum", 1e3 * exchange, 1e3 * p->exchange);
    fprintf(out, "%-28s %9.2f ms %9.2f ms\n", "the step", 1e3 * step, 1e3 * p->step);
}

// measure does it all, the same in every process; process 0 prints.
static enum err measure(struct team *t, const struct team_cost_settings *s, struct train *r,
                        FILE *out, struct error *e)
{
    double bytes[SIZES], seconds[SIZES];
    const double never = (double)INFINITY;
    struct parts parts = {never, never, never, never};
    enum err code = time_messages(team_comm(t), s->rounds, bytes, seconds, e);
    for (int i = 0; i < s->rounds && !code; i++) code = time_parts(t, r, &parts, e);
    for (int i = 0; i < s->rounds && !code; i++) code = time_step(t, r, &parts, e);
    if (code || !team_leads(t)) return code;
    const struct cluster_cost cost = cluster_fit(SIZES, bytes, seconds);
    print_messages(&cost, s->processes, bytes, seconds, out);
    print_parts(&cost, s, &parts, r, out);
    return ERR_NONE;
}

enum err team_cost_measure(const struct team_cost_settings *asked, FILE *out, struct error *e)
{
    const struct bench_setting *model = &bench_settings[1];  // the small one
    struct team_cost_settings s = *asked;
    struct train_options o = train_options_defaults;
    struct team *t;
    enum err code = team_enter(&t, e);
    if (code) return code;
    if (comm_size(team_comm(t)) > 1) s.processes = comm_size(team_comm(t));
    o.processes = comm_size(team_comm(t)) > 1 ? 1 : s.processes;
    o.accumulate = s.accumulate;
    code = team_form(t, &o, e);
    if (code) return code;
    struct bench_step *b = bench_step_new(model);
    struct train *r = bench_step_run(b);
    struct train_options mine = *r->o;
    mine.accumulate = s.accumulate, mine.timeout = o.timeout;
    r->o = &mine;
    code = team_ready(t, r, e);
    if (!code) code = team_share(t, r, e);
    if (!code) code = measure(t, &s, r, out, e);
    if (code && !team_leads(t)) exit(COMM_LOST);
    if (code) team_break(t);
    int leads = team_leads(t);
    team_free(t);
    bench_step_free(b);
    if (!leads) exit(0);
    return code;
}

// --- on paper ---------------------------------------------------------------------------------

void team_cost_project(const struct team_cost_plan *p, int most, FILE *out)
{
    double bytes = 4 * p->weights, alone = cluster_step(p->accumulate, 1, p->micro, 0, p->update);
    fprintf(out, "%8s %8s %12s %10s %8s\n", "machines", "pieces", "sum, s", "step, s", "times as");
    for (int N = 1;; N = 2 * N < most ? 2 * N : most) {
        double pieces = cluster_pieces(&p->cost, N, bytes);
        double sum = cluster_seconds(&p->cost, N, bytes, pieces);
        double step = cluster_step(p->accumulate, N, p->micro, sum, p->update);
        fprintf(out, "%8d %8.0f %12.4f %10.3f %8.2f\n", N, pieces, sum, step, alone / step);
        if (N >= most) return;
    }
}
