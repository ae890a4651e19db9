// cluster: sums whose order shows in their bits, in rows of processes that are threads of the test,
// of which one runs at a time; lines through measurements against a search; the cost of a row
// against a row that is played through message by message.
//
// A message of these processes waits until the other one takes it, as long messages of any MPI do:
// who counts on the other way is found.  When all wait, nobody ever will go on; that is seen at
// once and is an answer like others.
#include "cluster.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lesson.h"
#include "parallel.h"
#include "random.h"
#include "ref_cluster.h"

FUNCTION(cluster_fold, 5);
FUNCTION(cluster_spread, 3);
FUNCTION(cluster_fit, 3);
FUNCTION(cluster_seconds, 3);
FUNCTION(cluster_pieces, 3);
FUNCTION(cluster_step, 2);

// --- a row of processes --------------------------------------------------------------------------

enum { MOST = 6, ROOM = 64, TEXT = 400, STACK = 1 << 20, MESSAGES = 400 };

enum doing { RUNS, SENDS, RECEIVES, ENDED };

struct row;

// struct process: one of the row.
struct process {
    struct row *row;
    struct comm *comm;
    int rank, other, turn;
    enum doing doing;
    size_t n;        // of the message
    const float *x;  // what it sends
    float *into;     // where what it receives goes
    enum err code;   // how its message ended
    int failed;      // a message of it ended with an error
    int after;       // messages it sent or asked for after that
    enum err result;
    pthread_t thread;
    pthread_cond_t go;
};

// struct row: what happens in one call of a function by all.
struct row {
    int size, now;  // whose turn it is
    pthread_mutex_t lock;
    struct process at[MOST];
    enum err (*work)(struct process *p);
    int fails;                 // the message that fails, from 1; 0 for none
    int messages;              // so far
    char wrong[TEXT];          // what was said first that cannot be
    char order[4 * MESSAGES];  // "0>1 1>2 …": the messages, as they were taken
    const void *what;          // for work
};

// pass gives the turn to the next process that can go on; where none can, all that wait are told
// so.
static void pass(struct row *r)
{
    for (int k = 1; k <= r->size; k++) {
        struct process *p = &r->at[(r->now + k) % r->size];
        if (p->doing != RUNS) continue;
        r->now = p->rank;
        pthread_cond_signal(&p->go);
        return;
    }
    size_t used = strlen(r->wrong);
    int waiting = 0;
    for (int i = 0; i < r->size; i++) {
        struct process *p = &r->at[i];
        if (p->doing == ENDED) continue;
        if (used < TEXT / 2)
            used += (size_t)snprintf(r->wrong + used, TEXT - used, "%s%d %s %d",
                                     used ? ", " : "deadlock: ", i,
                                     p->doing == SENDS ? "sends to" : "receives from", p->other);
        p->code = ERR_IO, p->doing = RUNS, waiting++;
    }
    if (waiting) pass(r);
}

// wait_turn returns when the process may go on.
static void wait_turn(struct process *p)
{
    while (p->row->now != p->rank || p->doing != RUNS) pthread_cond_wait(&p->go, &p->row->lock);
}

// deliver brings together a message and who waits for it, if there are both.
static void deliver(struct process *from, struct process *to)
{
    struct row *r = from->row;
    if (from->doing != SENDS || to->doing != RECEIVES || from->other != to->rank ||
        to->other != from->rank)
        return;
    size_t used = strlen(r->order);
    if (++r->messages <= MESSAGES && used + 5 < sizeof r->order)
        snprintf(r->order + used, sizeof r->order - used, "%d>%d ", from->rank, to->rank);
    from->code = to->code = ERR_NONE;
    if (r->messages == r->fails) {
        from->code = to->code = ERR_IO;
    } else if (from->n != to->n) {
        to->code = ERR_MATCH;
        if (!*r->wrong)
            snprintf(r->wrong, TEXT, "%d sends %zu floats, %d expects %zu", from->rank, from->n,
                     to->rank, to->n);
    } else {
        memcpy(to->into, from->x, from->n * sizeof *from->x);
    }
    from->doing = to->doing = RUNS;
}

static enum err exchange(struct comm *c, enum doing doing, int other, size_t n, const float *x,
                         float *into, struct error *e)
{
    struct process *p = comm_its(c);
    struct row *r = p->row;
    p->after += p->failed;
    p->doing = doing, p->other = other, p->n = n, p->x = x, p->into = into;
    if (doing == SENDS)
        deliver(p, &r->at[other]);
    else
        deliver(&r->at[other], p);
    pass(r);
    wait_turn(p);
    p->failed |= p->code != ERR_NONE;
    return p->code ? error_set(e, p->code, "process %d is gone", other) : ERR_NONE;
}

static enum err row_send(struct comm *c, int to, size_t n, const float *x, struct error *e)
{
    return exchange(c, SENDS, to, n, x, NULL, e);
}

static enum err row_receive(struct comm *c, int from, size_t n, float *x, struct error *e)
{
    return exchange(c, RECEIVES, from, n, NULL, x, e);
}

static void row_close(struct comm *c)
{
    (void)c;
}

static const struct comm_kind ROW = {row_send, row_receive, row_close};

static void *live(void *process)
{
    struct process *p = process;
    pthread_mutex_lock(&p->row->lock);
    wait_turn(p);
    p->result = p->row->work(p);
    p->doing = ENDED;
    pass(p->row);
    pthread_mutex_unlock(&p->row->lock);
    return NULL;
}

// run lets all processes of a row do r->work, which begins in the order of the ranks.
static void run(struct row *r, int size)
{
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, STACK);
    pthread_mutex_init(&r->lock, NULL);
    r->size = size, r->now = -1;
    pthread_mutex_lock(&r->lock);
    for (int i = 0; i < size; i++) {
        struct process *p = &r->at[i];
        *p = (struct process){.row = r, .rank = i, .comm = comm_new(&ROW, p, i, size)};
        pthread_cond_init(&p->go, NULL);
        CHECK(!pthread_create(&p->thread, &small, live, p), "no thread for process %d", i);
    }
    pass(r);
    pthread_mutex_unlock(&r->lock);
    for (int i = 0; i < size; i++) {
        pthread_join(r->at[i].thread, NULL);
        comm_free(r->at[i].comm);
    }
}

// went_well says what the processes did that cannot be.
static int went_well(const struct row *r)
{
    return expect_bytes("what went wrong between the processes", strlen(r->wrong), r->wrong, 0, "");
}

// --- cluster_fold --------------------------------------------------------------------------------

// struct sum: the arrays of a fold, of each process; and what comes out.
struct sum {
    size_t n, piece;
    int count[MOST], first[MOST];
    float own[MOST][ROOM * 4], sum[MOST][ROOM];
    float want[MOST][ROOM];
};

enum { UNTOUCHED = 7777 };

static enum err fold(struct process *p)
{
    struct sum *s = (struct sum *)(uintptr_t)p->row->what;
    struct error e;
    int i = p->rank;
    return cluster_fold(p->comm, s->n, s->piece, s->count[i], s->own[i], s->sum[i], &e);
}

// draw gives gradients whose sum depends on the order: their sizes differ by powers of ten.
static void draw(struct sum *s, int size, int A, size_t n, uint64_t seed)
{
    struct random r = random_start(seed, RANDOM_TEST);
    CHECK(size <= MOST && n <= ROOM - 8, "size=%d n=%zu", size, n);
    for (int i = 0; i < size; i++) {
        const struct share mine = parallel_share((size_t)A, size, i);
        s->first[i] = (int)mine.begin, s->count[i] = (int)(mine.end - mine.begin);
        CHECK(s->count[i] <= 4, "count=%d", s->count[i]);
        for (size_t k = 0; k < n * (size_t)s->count[i]; k++)
            s->own[i][k] = random_normal(&r) * powf(10, (float)random_below(&r, 6) - 3);
        for (size_t k = 0; k < ROOM; k++) s->sum[i][k] = s->want[i][k] = UNTOUCHED;
    }
    for (size_t k = 0; k < n; k++) s->sum[0][k] = 0;
}

// add computes what is wanted, element by element, with no process at all.
static void add(struct sum *s, int size)
{
    for (size_t k = 0; k < s->n; k++) {
        float so_far = s->sum[0][k];
        for (int i = 0; i < size; i++) {
            for (int g = 0; g < s->count[i]; g++) so_far += s->own[i][(size_t)g * s->n + k];
            s->want[i][k] = so_far;
        }
    }
}

static int same(const char *what, size_t n, const float *got, const float *want)
{
    double wide[ROOM];
    for (size_t k = 0; k < n; k++) wide[k] = (double)want[k];
    return expect_floats(what, n, got, wide, 0);
}

// folded runs a fold and compares what all processes have then; the last one's first.
static int folded(struct sum *s, struct row *r, int size)
{
    add(s, size);
    *r = (struct row){.work = fold, .what = s, .fails = r->fails};
    run(r, size);
    if (!went_well(r)) return 0;
    int good = 1;
    for (int i = size - 1; i >= 0 && good; i--) {
        char what[40];
        snprintf(what, sizeof what, "sum of process %d", i);
        good &= expect_code("cluster_fold", r->at[i].result, ERR_NONE);
        good &= same(what, s->n, s->sum[i], s->want[i]);
        good &= same("what stands behind it", 8, s->sum[i] + s->n, s->want[i] + s->n);
    }
    return good;
}

static struct sum sums;
static struct row row;

static int fold_of(int size, int A, size_t n, size_t piece, uint64_t seed)
{
    draw(&sums, size, A, n, seed);
    sums.n = n, sums.piece = piece;
    given("%d process%s, A = %d, n = %zu, piece = %zu", size, size > 1 ? "es" : "", A, n, piece);
    return folded(&sums, &row, size);
}

// small sets the gradients of three processes, one each, one element.
static void small(float a, float b, float c)
{
    draw(&sums, 3, 3, 1, 1);
    sums.n = sums.piece = 1;
    sums.own[0][0] = a, sums.own[1][0] = b, sums.own[2][0] = c;
}

TEST(cluster_fold, one_process)
{
    fold_of(1, 1, 1, 1, 1);
    fold_of(1, 3, 5, 5, 2);
}

TEST(cluster_fold, two_processes)
{
    draw(&sums, 2, 2, 2, 1);
    sums.n = sums.piece = 2;
    memcpy(sums.own[0], (float[]){1, 2}, 2 * sizeof(float));
    memcpy(sums.own[1], (float[]){10, 20}, 2 * sizeof(float));
    given("2 processes, own = {1, 2} and {10, 20}, n = piece = 2");
    folded(&sums, &row, 2);
}

TEST(cluster_fold, the_order_shows)
{
    small(1e8f, -1e8f, 1);
    given("3 processes, own = {1e8}, {-1e8}, {1}: from left to right the sum is 1");
    folded(&sums, &row, 3);
    small(1, 1e8f, -1e8f);
    given("3 processes, own = {1}, {1e8}, {-1e8}: from left to right the sum is 0");
    folded(&sums, &row, 3);
}

TEST(cluster_fold, several_of_one_process)
{
    draw(&sums, 2, 4, 1, 1);
    sums.n = sums.piece = 1;
    const float own[2][2] = {{1, 1e8f}, {-1e8f, 1}};
    for (int i = 0; i < 2; i++) memcpy(sums.own[i], own[i], sizeof own[i]);
    given("2 processes, own = {1}, {1e8} of the first, {-1e8}, {1} of the second: "
          "((1 + 1e8) - 1e8) + 1 is 1");
    folded(&sums, &row, 2);
    fold_of(2, 4, 3, 3, 3), fold_of(3, 8, 4, 4, 4);
}

TEST(cluster_fold, it_begins_with_what_sum_holds)
{
    draw(&sums, 2, 2, 1, 1);
    sums.n = sums.piece = 1;
    sums.own[0][0] = 2, sums.own[1][0] = 3, sums.sum[0][0] = 100;
    given("2 processes, own = {2} and {3}, sum of process 0 = {100}");
    folded(&sums, &row, 2);
}

TEST(cluster_fold, in_pieces)
{
    fold_of(2, 2, 4, 2, 5), fold_of(3, 3, 6, 1, 6), fold_of(2, 4, 6, 2, 7);
}

TEST(cluster_fold, the_last_piece_is_shorter)
{
    fold_of(1, 2, 5, 2, 8), fold_of(2, 2, 5, 2, 8), fold_of(3, 5, 7, 3, 9), fold_of(2, 2, 3, 8, 10);
}

TEST(cluster_fold, some_have_nothing_to_add)
{
    fold_of(3, 1, 4, 2, 11), fold_of(4, 2, 3, 3, 12);
}

TEST(cluster_fold, however_many_processes_the_same_bits)
{
    static float own[8 * ROOM], first[ROOM];
    enum { N = 50, A = 4 };
    draw(&sums, 1, A, N, 13);
    memcpy(own, sums.own[0], sizeof(float) * A * N);
    for (int size = 1; size <= 4; size++) {
        draw(&sums, size, A, N, 13);
        for (int i = 0; i < size; i++)
            memcpy(sums.own[i], own + sums.first[i] * N, sizeof(float) * N * (size_t)sums.count[i]);
        sums.n = N, sums.piece = 16;
        given("4 micro-batches of 50, pieces of 16, on %d processes", size);
        if (!folded(&sums, &row, size)) return;
        if (size == 1) memcpy(first, sums.sum[0], sizeof first);
        same("the last process's sum, beside one process's", N, sums.sum[size - 1], first);
    }
}

// A piece is sent on before the next is received: then all processes have something to do.
TEST(cluster_fold, all_have_something_to_do)
{
    draw(&sums, 3, 3, 3, 1);
    sums.n = 3, sums.piece = 1;
    given("3 processes, 3 pieces: the messages, in the order in which they are taken");
    if (!folded(&sums, &row, 3)) return;
    // Of what may come next the row takes any; but 1>2 comes before the third 0>1.
    int behind = 0, ahead = 0;
    for (const char *at = row.order; *at; at += 4) {
        behind += *at == '1', ahead += *at == '0';
        if (ahead == 3 && behind == 0) break;
    }
    expect_true("process 1 sends its first piece on before it receives its last", behind > 0);
    expect_int("messages in all", row.messages, 6);
}

// failing runs it once for each message, which fails, and looks whether all that know of it say so.
static void failing(struct row *r, int size, int messages, void (*again)(void))
{
    for (int fails = 1; fails <= messages; fails++) {
        again();
        *r = (struct row){.work = r->work, .what = r->what, .fails = fails};
        given("%d processes, and message %d of %d fails", size, fails, messages);
        run(r, size);
        for (int i = 0; i < size; i++) {
            char what[60];
            snprintf(what, sizeof what, "messages of process %d after the error", i);
            if (!expect_int(what, r->at[i].after, 0)) return;
        }
        for (int i = 0; i < size; i++) {
            char what[60];
            snprintf(what, sizeof what, "what process %d returns, which %s", i,
                     r->at[i].failed ? "has met the error" : "has met none");
            if (!expect_code(what, r->at[i].result, r->at[i].failed ? ERR_IO : ERR_NONE)) return;
        }
    }
}

static void fold_again(void)
{
    draw(&sums, 3, 4, 3, 3);
    sums.n = 3, sums.piece = 1;
}

TEST_SLOW(cluster_fold, an_error_ends_it, 3)
{
    row = (struct row){.work = fold, .what = &sums};
    failing(&row, 3, 6, fold_again);
}

// --- cluster_spread ------------------------------------------------------------------------------

static enum err spread(struct process *p)
{
    struct sum *s = (struct sum *)(uintptr_t)p->row->what;
    struct error e;
    return cluster_spread(p->comm, s->n, s->piece, s->sum[p->rank], &e);
}

static int spread_of(int size, size_t n, size_t piece)
{
    draw(&sums, size, size, n, 3);
    sums.n = n, sums.piece = piece;
    for (int i = 0; i < size; i++) {
        for (size_t k = 0; k < n; k++)
            sums.sum[i][k] = (float)(100 * i) + (float)k,
            sums.want[i][k] = (float)(100 * (size - 1)) + (float)k;
    }
    given("%d process%s, n = %zu, piece = %zu, x of process i = 100 i, 100 i + 1, …", size,
          size > 1 ? "es" : "", n, piece);
    row = (struct row){.work = spread, .what = &sums};
    run(&row, size);
    if (!went_well(&row)) return 0;
    int good = 1;
    for (int i = 0; i < size && good; i++) {
        char what[40];
        snprintf(what, sizeof what, "x of process %d", i);
        good &= expect_code("cluster_spread", row.at[i].result, ERR_NONE);
        good &= same(what, n, sums.sum[i], sums.want[i]);
        good &= same("what stands behind it", 8, sums.sum[i] + n, sums.want[i] + n);
    }
    return good;
}

TEST(cluster_spread, one_process)
{
    spread_of(1, 3, 2);
}

TEST(cluster_spread, two_processes)
{
    spread_of(2, 1, 1), spread_of(2, 3, 3);
}

TEST(cluster_spread, more_processes)
{
    spread_of(3, 2, 2), spread_of(5, 4, 4);
}

TEST(cluster_spread, in_pieces)
{
    spread_of(2, 4, 2), spread_of(3, 7, 3), spread_of(4, 5, 1), spread_of(3, 3, 8);
}

TEST(cluster_spread, all_have_something_to_do)
{
    if (!spread_of(3, 3, 1)) return;
    int behind = 0, ahead = 0;
    for (const char *at = row.order; *at; at += 4) {
        behind += *at == '1', ahead += *at == '2';
        if (ahead == 3 && behind == 0) break;
    }
    expect_true("process 1 sends its first piece on before it receives its last", behind > 0);
    expect_int("messages in all", row.messages, 6);
}

static void spread_again(void)
{
    draw(&sums, 3, 3, 3, 3);
    sums.n = 3, sums.piece = 1;
}

TEST_SLOW(cluster_spread, an_error_ends_it, 3)
{
    row = (struct row){.work = spread, .what = &sums};
    failing(&row, 3, 6, spread_again);
}

// --- cluster_fit ---------------------------------------------------------------------------------

static double error_of(int count, const double *bytes, const double *seconds, double latency,
                       double slope)
{
    double sum = 0;
    for (int i = 0; i < count; i++) {
        double apart = (latency + bytes[i] * slope - seconds[i]) / seconds[i];
        sum += apart * apart;
    }
    return sum;
}

// search finds the best line by trying: from a first guess it goes wherever the error is smaller,
// by steps that get smaller too.
static struct cluster_cost search(int count, const double *bytes, const double *seconds)
{
    double at[2] = {seconds[0], seconds[count - 1] / bytes[count - 1]}, step[2] = {at[0], at[1]};
    for (int round = 0; round < 20000 && (step[0] > 1e-13 * at[0] || step[1] > 1e-13 * at[1]);
         round++) {
        double best = error_of(count, bytes, seconds, at[0], at[1]);
        int moved = 0;
        for (int way = 0; way < 8; way++) {
            static const int WAYS[8][2] = {{1, 0}, {-1, 0}, {0, 1},  {0, -1},
                                           {1, 1}, {-1, 1}, {1, -1}, {-1, -1}};
            double next[2] = {at[0] + WAYS[way][0] * step[0], at[1] + WAYS[way][1] * step[1]};
            double error = error_of(count, bytes, seconds, next[0], next[1]);
            if (error < best) best = error, memcpy(at, next, sizeof at), moved = 1;
        }
        for (int i = 0; i < 2 && !moved; i++) step[i] /= 2;
    }
    return (struct cluster_cost){at[0], 1 / at[1]};
}

static void fitted(int count, const double *bytes, const double *seconds)
{
    char text[200] = "";
    for (int i = 0, used = 0; i < count && i < 4; i++)
        used += snprintf(text + used, sizeof text - (size_t)used, "%s%g bytes in %g s",
                         i ? ", " : "", bytes[i], seconds[i]);
    const struct cluster_cost want = search(count, bytes, seconds);
    given("%s%s", text, count > 4 ? ", …" : "");
    const struct cluster_cost got =
        cluster_fit(count, lesson_input(sizeof *bytes * (size_t)count, bytes),
                    lesson_input(sizeof *seconds * (size_t)count, seconds));
    expect_double("latency", got.latency, want.latency, 1e-6 * want.latency);
    expect_double("bandwidth", got.bandwidth, want.bandwidth, 1e-6 * want.bandwidth);
}

TEST(cluster_fit, two_messages)
{
    fitted(2, (double[]){4, 8}, (double[]){2, 3});
    fitted(2, (double[]){1, 101}, (double[]){5, 6});
}

TEST(cluster_fit, all_on_one_line)
{
    fitted(3, (double[]){10, 20, 40}, (double[]){2, 3, 5});
}

TEST(cluster_fit, none_on_the_line)
{
    fitted(3, (double[]){1, 2, 3}, (double[]){1, 3, 2});
    fitted(4, (double[]){1, 2, 3, 4}, (double[]){2, 2, 3, 5});
}

TEST(cluster_fit, small_messages_count_as_much_as_large_ones)
{
    fitted(4, (double[]){1, 2, 1000, 2000}, (double[]){10, 12, 1000, 2300});
}

TEST(cluster_fit, as_measured)
{
    enum { COUNT = 8 };
    double bytes[COUNT], seconds[COUNT];
    struct random r = random_start(5, RANDOM_TEST);
    for (int i = 0; i < COUNT; i++) {
        bytes[i] = 4 * pow(8, i);
        seconds[i] = (20e-6 + bytes[i] / 1.2e9) * (1 + 0.1 * (double)random_float(&r));
    }
    fitted(COUNT, bytes, seconds);
}

// --- cluster_seconds -----------------------------------------------------------------------------

// played returns how long a fold and a spread take by playing both through: piece p reaches process
// i when that one has sent the piece before, and has this one.
static double played(double message, int N, int pieces)
{
    double at[MOST + 1] = {0};  // when process i has its last piece so far
    for (int p = 0; p < pieces; p++) {
        for (int i = 1; i < N; i++) {
            // Process i-1 has piece p at at[i-1]; the line to i is free again at at[i].
            double begin = at[i] > at[i - 1] ? at[i] : at[i - 1];
            at[i] = begin + message;
        }
    }
    return 2 * at[N - 1];
}

static void seconds_of(double latency, double bandwidth, int N, double bytes, int pieces)
{
    const struct cluster_cost c = {latency, bandwidth};
    double want = played(latency + bytes / pieces / bandwidth, N, pieces);
    given("latency %g s, bandwidth %g bytes/s, N = %d, %g bytes in %d piece%s", latency, bandwidth,
          N, bytes, pieces, pieces > 1 ? "s" : "");
    expect_double("cluster_seconds", cluster_seconds(&c, N, bytes, pieces), want, 1e-9 * want);
}

TEST(cluster_seconds, two_processes)
{
    seconds_of(1, 4, 2, 8, 1);
}

TEST(cluster_seconds, one_piece_goes_from_each_to_the_next)
{
    seconds_of(1, 4, 3, 8, 1), seconds_of(1, 4, 5, 8, 1);
}

TEST(cluster_seconds, pieces)
{
    seconds_of(1, 4, 2, 8, 2), seconds_of(1, 4, 3, 8, 2), seconds_of(1, 4, 4, 24, 6);
}

TEST(cluster_seconds, as_on_a_network)
{
    seconds_of(50e-6, 117e6, 4, 3e6, 10), seconds_of(20e-6, 1.2e9, 6, 498e6, 400);
}

TEST(cluster_seconds, one_process)
{
    const struct cluster_cost c = {1, 4};
    given("latency 1 s, bandwidth 4 bytes/s, N = 1, 8 bytes in 2 pieces");
    expect_double("cluster_seconds", cluster_seconds(&c, 1, 8, 2), 0, 0);
}

// --- cluster_pieces ------------------------------------------------------------------------------

// best tries every number of pieces.
static double best(const struct cluster_cost *c, int N, int floats)
{
    double found = 1;
    for (int p = 2; p <= floats; p++) {
        if (ref_cluster_seconds(c, N, 4.0 * floats, p) <
            ref_cluster_seconds(c, N, 4.0 * floats, found) * (1 - 1e-12))
            found = p;
    }
    return found;
}

static void pieces_of(double latency, double bandwidth, int N, int floats)
{
    const struct cluster_cost c = {latency, bandwidth};
    given("latency %g s, bandwidth %g bytes/s, N = %d, %d bytes", latency, bandwidth, N,
          4 * floats);
    expect_double("cluster_pieces", cluster_pieces(&c, N, 4.0 * floats), best(&c, N, floats), 0);
}

TEST(cluster_pieces, between_two_one_piece_is_best)
{
    pieces_of(1, 4, 2, 100), pieces_of(1e-5, 1e9, 2, 1000);
}

TEST(cluster_pieces, a_root_that_is_whole)
{
    pieces_of(1, 4, 3, 9), pieces_of(1, 4, 6, 100);
}

TEST(cluster_pieces, one_of_the_roots_neighbours)
{
    pieces_of(1, 4, 3, 7), pieces_of(1, 4, 4, 100), pieces_of(1, 3, 5, 1000);
    pieces_of(20e-6, 1.2e9, 6, 100000);
}

TEST(cluster_pieces, at_least_one_and_a_float_in_each)
{
    pieces_of(1000, 4, 4, 9), pieces_of(1e-9, 4, 4, 9), pieces_of(1e-9, 4, 4, 1);
}

TEST(cluster_pieces, alone)
{
    const struct cluster_cost c = {1, 4};
    given("latency 1 s, bandwidth 4 bytes/s, N = 1, 400 bytes");
    expect_double("cluster_pieces", cluster_pieces(&c, 1, 400), 1, 0);
}

TEST(cluster_pieces, many_settings)
{
    for (int N = 3; N <= 64; N += 7) {
        for (int floats = 1; floats < 3000; floats = floats * 3 + 1)
            pieces_of(1, 40, N, floats), pieces_of(0.01, 1000, N, floats);
    }
}

// --- cluster_step --------------------------------------------------------------------------------

static void step_of(int A, int N, double micro, double sum, double update)
{
    const struct share most = parallel_share((size_t)A, N, 0);
    double want = (double)most.end * micro + sum + update;
    given("A = %d, N = %d, micro = %g, exchange = %g, update = %g", A, N, micro, sum, update);
    expect_double("cluster_step", cluster_step(A, N, micro, sum, update), want, 1e-9 * want);
}

TEST(cluster_step, it_divides)
{
    step_of(4, 1, 10, 0, 1), step_of(4, 2, 10, 3, 1), step_of(64, 16, 2, 0.5, 0.25);
}

TEST(cluster_step, all_wait_for_the_one_that_has_most)
{
    step_of(5, 2, 10, 3, 1), step_of(64, 48, 2, 0.5, 0.25), step_of(64, 63, 2, 0.5, 0.25);
}

TEST(cluster_step, more_machines_than_micro_batches)
{
    step_of(2, 5, 10, 3, 1);
}
