// parallel: each function on one thread, on numbers that a person can redo; then on several.
//
// What threads do wrong comes out differently each time, so of several threads only the judgement
// is recorded, and given() says what came out.  Threads are shaken (shake.h), so that what can go
// wrong does; and jobs and parts wait for each other, so that what has to be done at once is seen
// without a clock.
#include "parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lesson.h"
#include "random.h"
#include "shake.h"
#include "threads.h"

FUNCTION(parallel_share, 2);
FUNCTION(parallel_jobs, 4);
FUNCTION(parallel_sum, 3);
FUNCTION(parallel_fold, 3);
FUNCTION(parallel_stride, 1);
FUNCTION(parallel_count, 4);

static const int THREADS[] = {2, 3, 8};
enum { THREAD_COUNTS = sizeof THREADS / sizeof *THREADS, BEHIND = 16 };

// threads_given returns how many threads a region gets that asks for n.
static int threads_given(int n)
{
    (void)n;  // nobody's, where there is no OpenMP
    int given_ = 0;
#pragma omp parallel num_threads(n)
#pragma omp atomic
    given_++;
    return given_;
}

// can_have says whether there can be n threads at once; if not, that something is not looked at.
static int can_have(int n)
{
    if (threads_given(n) == n) return 1;
#ifdef _OPENMP
    not_run("what needs several threads at once: OpenMP gives fewer here (OMP_THREAD_LIMIT?)");
#else
    not_run("what needs several threads at once: this compiler has no OpenMP (make doctor)");
#endif
    return 0;
}

// fewer calls work(context) where OpenMP gives no more than one thread, whatever is asked: within
// a region that has threads already.
static void fewer(void (*work)(void *), void *context)
{
#pragma omp parallel num_threads(2)
#pragma omp single
    work(context);
}

static void *room(size_t n, size_t size)
{
    void *x = NULL;
    if (posix_memalign(&x, PARALLEL_LINE, (n + BEHIND) * size)) die("out of memory: %zu", n);
    return x;
}

// --- parallel_share --------------------------------------------------------------------------

static void try_share(size_t n, int parts)
{
    double *got = room(2 * (size_t)parts, sizeof *got),
           *want = room(2 * (size_t)parts, sizeof *want);
    size_t begin = 0;
    for (int p = 0; p < parts; p++) {
        struct share s = parallel_share(n, parts, p);
        got[2 * p] = (double)s.begin, got[2 * p + 1] = (double)s.end;
        want[2 * p] = (double)begin;
        // One at a time: what is left, divided among those that are left, rounded up.
        size_t left = (size_t)(parts - p);
        begin += (n - begin + left - 1) / left;
        want[2 * p + 1] = (double)begin;
    }
    given("n = %zu, %d parts", n, parts);
    expect_doubles("begin and end of each share in turn", 2 * (size_t)parts, got, want, 0);
    free(got), free(want);
}

TEST(parallel_share, one_part_has_all)
{
    try_share(5, 1);
    try_share(0, 1);
}

TEST(parallel_share, equal_parts)
{
    try_share(8, 2);
    try_share(12, 4);
}

TEST(parallel_share, the_longer_ones_come_first)
{
    try_share(10, 3);
    try_share(7, 2);
    try_share(11, 3);
}

TEST(parallel_share, fewer_than_parts)
{
    try_share(2, 4);
    try_share(0, 3);
    try_share(7, 8);
}

TEST(parallel_share, one_less_and_one_more_than_a_multiple)
{
    try_share(15, 4);
    try_share(17, 4);
    try_share(99, 10);
}

TEST(parallel_share, more_than_an_int_can_count)
{
    try_share((size_t)5000000001, 3);
    try_share((size_t)1 << 52, 7);
}

TEST(parallel_share, any_numbers)
{
    struct random r = random_start(1, RANDOM_SHUFFLE);
    for (int i = 0; i < 50; i++) try_share(random_below(&r, 300), 1 + (int)random_below(&r, 16));
}

// --- parallel_jobs ---------------------------------------------------------------------------

enum { JOBS = 32 };

// struct work: what some jobs leave behind, and what they wait for.
struct work {
    int32_t done[JOBS];    // how often each was done
    int32_t order[JOBS];   // of the begun ones, the numbers in turn
    int32_t inside[JOBS];  // threads_max() in each
    int begun, ended, wrong;
    int first_waits_for;  // ended jobs that job 0 waits for
    int all_wait_for;     // begun jobs that each waits for
    int came;             // whether it came to that, for all that waited
};

static void note(void *context, int j)
{
    struct work *w = context;
    if (j < 0 || j >= JOBS) {
        shake_raise(&w->wrong);
        return;
    }
    int at = shake_raise(&w->begun);
    if (at < JOBS) w->order[at] = j;
    __atomic_fetch_add(&w->done[j], 1, __ATOMIC_RELAXED);
    w->inside[j] = threads_max();
    int met = __atomic_load_n(&w->came, __ATOMIC_RELAXED);  // once it did not, none waits
    if (met && j == 0 && w->first_waits_for) met = shake_wait(&w->ended, w->first_waits_for);
    if (met && w->all_wait_for) met = shake_wait(&w->begun, w->all_wait_for);
    if (!met) __atomic_store_n(&w->came, 0, __ATOMIC_RELAXED);
    shake_raise(&w->ended);
}

// did returns what parallel_jobs did.
static struct work did(int threads, int n, struct work w)
{
    w.came = 1;
    parallel_jobs(threads, n, note, &w);
    return w;
}

TEST(parallel_jobs, one_thread_goes_in_order)
{
    static const int32_t want[] = {0, 1, 2, 3, 4};
    struct work w = did(1, 5, (struct work){0});
    given("5 jobs, 1 thread");
    expect_ints("the jobs in the order in which they were done", (size_t)w.begun, w.order, 5, want);
    expect_int("jobs with another number", w.wrong, 0);
}

TEST(parallel_jobs, one_job_and_none)
{
    for (int n = 0; n < 2; n++) {
        struct work w = did(1, n, (struct work){0});
        given("%d job%s, 1 thread", n, n ? "" : "s");
        expect_int("jobs that were done", w.begun, n);
    }
}

// within notes what jobs are done, to be called by fewer.
static void within(void *context)
{
    struct work *w = context;
    *w = did(8, 5, *w);
}

TEST(parallel_jobs, fewer_threads_than_asked)
{
    static const int32_t want[] = {1, 1, 1, 1, 1, 0};
    struct work w = {0};
    fewer(within, &w);
    given("5 jobs, 8 threads asked for, where OpenMP gives one");
    expect_ints("how often each job was done", 6, w.done, 6, want);
}

static void count(void *context, int j)
{
    (void)j;
    shake_raise(context);
}

// Threads that read and raise a number in two steps may do a job twice, but hardly all of them.
TEST(parallel_jobs, jobs_are_shared_out)
{
    enum { MANY = 1000 };
    int begun = 0;
    if (!can_have(2)) return;
    parallel_jobs(2, MANY, count, &begun);
    given("%d jobs, 2 threads", MANY);
    expect_true("it is not that each thread does all jobs", begun < 2 * MANY);
}

TEST_SLOW(parallel_jobs, each_job_once, 4)
{
    static const int NUMBERS[] = {7, 12, JOBS};
    int right = 1;
    if (!can_have(8)) return;
    for (int i = 0; i < THREAD_COUNTS && right; i++) {
        int n = NUMBERS[i], often = 0, never = 0;
        shake_begin();
        struct work w = did(THREADS[i], n, (struct work){0});
        shake_end();
        for (int j = 0; j < n; j++) often += w.done[j] > 1, never += w.done[j] == 0;
        right = !never && !often && w.begun == n;
        given("%d jobs, %d threads: %d of them never done, %d more than once", n, THREADS[i], never,
              often);
    }
    expect_true("each job is done, and once", right);
}

TEST(parallel_jobs, as_many_at_once_as_there_are_threads)
{
    if (!can_have(3)) return;
    threads_use(2);
    shake_watch();
    struct work w = did(3, 3, (struct work){.all_wait_for = 3});
    given("3 jobs, 3 threads; each job waits until all three have begun");
    expect_true("all three are done at once", w.came);
}

TEST(parallel_jobs, who_is_free_takes_the_next)
{
    if (!can_have(2)) return;
    shake_watch();
    struct work w = did(2, 6, (struct work){.first_waits_for = 5});
    given("6 jobs, 2 threads; job 0 is long: it waits until the other five have ended");
    expect_true("the other thread does jobs 1 to 5 meanwhile", w.came);
}

// crowd notes whether more than two jobs are being done; the first two wait a while for a third.
static void crowd(void *context, int j)
{
    struct work *w = context;
    const struct timespec moment = {.tv_nsec = 2000000};
    if (shake_raise(&w->begun) >= 2) __atomic_store_n(&w->wrong, 1, __ATOMIC_RELAXED);
    for (int i = 0; i < 20 && j < 2 && !__atomic_load_n(&w->wrong, __ATOMIC_RELAXED); i++)
        nanosleep(&moment, NULL);
    __atomic_fetch_sub(&w->begun, 1, __ATOMIC_ACQ_REL);
}

TEST(parallel_jobs, no_more_at_once_than_threads)
{
    if (!can_have(4)) return;
    threads_use(4);
    for (int threads = 1; threads <= 2; threads++) {
        struct work w = {0};
        shake_watch();
        parallel_jobs(threads, threads == 1 ? 2 : 4, threads == 1 ? note : crowd, &w);
        int order = threads > 1 || (w.order[0] == 0 && w.order[1] == 1);
        given("%d jobs, %d thread%s, where four could be had", 2 * threads, threads,
              threads > 1 ? "s" : "");
        expect_true("no more jobs at once than threads", !w.wrong && order);
    }
}

TEST(parallel_jobs, all_have_ended_when_it_returns)
{
    if (!can_have(2)) return;
    for (int threads = 2; threads <= 3; threads++) {
        shake_watch();
        struct work w = {.came = 1, .first_waits_for = 2};
        parallel_jobs(threads, 3, note, &w);
        int ended = w.ended;
        given("3 jobs, %d threads: %d had ended", threads, ended);
        expect_true("all jobs have ended when parallel_jobs returns", ended >= 3);
    }
}

TEST(parallel_jobs, a_job_has_one_thread)
{
    threads_use(4);
    int before = threads_max();
    for (int threads = 1; threads <= 2; threads++) {
        struct work w = did(threads, 3, (struct work){0});
        given("3 jobs, %d thread%s; threads_max() is %d before", threads, threads > 1 ? "s" : "",
              before);
        for (int j = 0; j < 3; j++) expect_int("threads_max() inside a job", w.inside[j], 1);
        expect_int("threads_max() afterwards", threads_max(), before);
    }
}

// --- parallel_sum ----------------------------------------------------------------------------

enum { PARTS = 32 };

// struct terms: the parts of a sum, and what those that ask for them wait for.
struct terms {
    int n;
    double x[PARTS];
    int32_t asked[PARTS];
    int last_asked;  // part n - 1
    int wait;        // part 0 waits for that
    int came;        // whether it came to that
};

static double term(const void *context, int i)
{
    struct terms *t = *(struct terms *const *)context;
    if (i < 0 || i >= t->n) return (double)NAN;
    __atomic_fetch_add(&t->asked[i], 1, __ATOMIC_RELAXED);
    if (i == t->n - 1) shake_raise(&t->last_asked);
    if (i == 0 && t->wait) t->came = t->wait = shake_wait(&t->last_asked, 1);
    return t->x[i];
}

// in_order is the sum as it should be.
static double in_order(const struct terms *t)
{
    double sum = 0;
    for (int i = 0; i < t->n; i++) sum += t->x[i];
    return sum;
}

// try_sum sums on one thread what a person can redo.
static void try_sum(int n, const double *x, const char *what)
{
    static double slot[PARTS + BEHIND];
    struct terms t = {.n = n}, *context = &t;
    for (int i = 0; i < n; i++) t.x[i] = x[i];
    for (int i = 0; i < PARTS + BEHIND; i++) slot[i] = 77;
    given("%d part%s, %s; 1 thread", n, n == 1 ? "" : "s", what);
    expect_double("the sum", parallel_sum(1, n, term, &context, slot), in_order(&t), 0);
    expect_doubles("slot", (size_t)n, slot, x, 0);
    int32_t want[PARTS];
    for (int i = 0; i < n; i++) want[i] = 1;
    expect_ints("how often each part is asked for", (size_t)n, t.asked, (size_t)n, want);
    int whole = 1;
    for (int i = n; i < n + BEHIND; i++) whole &= slot[i] == 77;
    expect_true("nothing is written behind slot[n - 1]", whole);
}

TEST(parallel_sum, a_few_parts)
{
    try_sum(1, (double[]){2.5}, "2.5");
    try_sum(3, (double[]){1, 2, 3}, "1 2 3");
    try_sum(0, NULL, "so the sum is 0");
}

TEST(parallel_sum, in_their_order)
{
    try_sum(4, (double[]){1, 1e16, -1e16, 1}, "1 1e16 -1e16 1");
    try_sum(4, (double[]){1e16, 1, -1e16, 3}, "1e16 1 -1e16 3");
    try_sum(5, (double[]){1e16, 1, 1, 1, 1}, "1e16 1 1 1 1");
}

TEST(parallel_sum, in_doubles)
{
    try_sum(2, (double[]){1, 1e-9}, "1 1e-9");
    try_sum(2, (double[]){16777216, 1}, "16777216 1");
}

static void within_sum(void *context)
{
    struct terms *t = context, *to = t;
    double slot[PARTS];
    t->x[PARTS - 1] = parallel_sum(8, t->n, term, &to, slot);
}

TEST(parallel_sum, fewer_threads_than_asked)
{
    struct terms t = {.n = 5, .x = {1, 2, 3, 4, 5}};
    fewer(within_sum, &t);
    given("5 parts, 1 2 3 4 5; 8 threads asked for, where OpenMP gives one");
    expect_double("the sum", t.x[PARTS - 1], 15, 0);
}

TEST_SLOW(parallel_sum, nothing_is_lost, 4)
{
    int right = 1;
    if (!can_have(8)) return;
    for (int i = 0; i < THREAD_COUNTS && right; i++) {
        struct terms t = {.n = PARTS}, *context = &t;
        double slot[PARTS];
        for (int k = 0; k < PARTS; k++) t.x[k] = 1;
        shake_begin();
        double sum = parallel_sum(THREADS[i], PARTS, term, &context, slot);
        shake_end();
        right = sum == PARTS;
        given("%d parts, each 1; %d threads: the sum became %g", PARTS, THREADS[i], sum);
    }
    expect_true("no part is lost, and none is added twice", right);
}

TEST_SLOW(parallel_sum, each_part_in_its_slot, 4)
{
    int right = 1;
    if (!can_have(8)) return;
    for (int i = 0; i < THREAD_COUNTS && right; i++) {
        struct terms t = {.n = PARTS}, *context = &t;
        double slot[PARTS];
        int wrong = 0;
        for (int k = 0; k < PARTS; k++) t.x[k] = k;
        shake_begin();
        parallel_sum(THREADS[i], PARTS, term, &context, slot);
        shake_end();
        for (int k = 0; k < PARTS; k++) wrong += slot[k] != k || t.asked[k] != 1;
        right = !wrong;
        given("%d parts, %d threads: %d slots hold another part, or theirs was asked for twice",
              PARTS, THREADS[i], wrong);
    }
    expect_true("slot[i] is part i", right);
}

// Whoever adds in the order of arrival has part 2 before part 0.
TEST(parallel_sum, the_first_part_is_late)
{
    if (!can_have(2)) return;
    struct terms t = {.n = 4, .wait = 1, .x = {1e16, -1e16, 1, 0}}, *context = &t;
    double slot[4];
    shake_watch();
    double sum = parallel_sum(2, 4, term, &context, slot);
    shake_end();
    given("4 parts, 1e16 -1e16 1 0; 2 threads, the first of which is late: the sum is %g, in order "
          "1",
          sum);
    expect_true("the sum is that of part 0 + part 1 + … in this order", sum == 1);
}

TEST_SLOW(parallel_sum, the_same_bits_on_any_number_of_threads, 4)
{
    if (!can_have(8)) return;
    struct random r = random_start(2, RANDOM_INIT);
    int right = 1;
    for (int i = 0; i < THREAD_COUNTS && right; i++) {
        struct terms t = {.n = PARTS}, *context = &t;
        double slot[PARTS];
        // A third has no end in binary, so that every addition rounds.
        for (int k = 0; k < PARTS; k++) t.x[k] = (double)random_normal(&r) / 3 * pow(10, k % 5);
        int threads = THREADS[i % THREAD_COUNTS];
        shake_begin();
        double sum = parallel_sum(threads, PARTS, term, &context, slot), want = in_order(&t);
        shake_end();
        right = sum == want;
        given("%d parts; %d threads: the sum is %a, in order %a", PARTS, threads, sum, want);
    }
    expect_true("the sum has the bits of part 0 + part 1 + … in this order", right);
}

TEST(parallel_sum, parts_are_computed_at_once)
{
    if (!can_have(2)) return;
    struct terms t = {.n = 2, .wait = 1}, *context = &t;
    double slot[2];
    shake_watch();
    parallel_sum(2, 2, term, &context, slot);
    given("2 parts, 2 threads; the first waits until the second is asked for");
    expect_true("both are computed at once", t.came);
}

// --- parallel_fold ---------------------------------------------------------------------------

enum { SLOTS = 8 };

// in_turn folds one slot at a time, one number at a time.
static void in_turn(int slots, size_t n, float *const *slot, double *sum)
{
    for (size_t i = 0; i < n; i++) {
        float s = (float)sum[i];
        for (int k = 0; k < slots; k++) s += slot[k][i];
        sum[i] = (double)s;
    }
}

// fold calls parallel_fold with copies of slots (slots, n) and of sum; *zeros becomes whether the
// slots hold zeros afterwards, *beside whether what is behind all of them was left alone.
static void fold(int slots, size_t n, const float *slot, float *sum, int *zeros, int *beside)
{
    float *copy[SLOTS] = {NULL};
    for (int k = 0; k < slots; k++) {
        copy[k] = room(n, sizeof *copy[k]);
        for (size_t i = 0; i < n + BEHIND; i++) copy[k][i] = i < n ? slot[(size_t)k * n + i] : 77;
    }
    parallel_fold(slots, n, copy, sum);
    *zeros = *beside = 1;
    for (int k = 0; k < slots; k++) {
        for (size_t i = 0; i < n + BEHIND; i++) {
            if (i < n)
                *zeros &= copy[k][i] == 0;
            else
                *beside &= copy[k][i] == 77;
        }
        free(copy[k]);
    }
    for (size_t i = n; i < n + BEHIND; i++) *beside &= sum[i] == 77;
}

// try_fold folds on one thread.
static void try_fold(int slots, size_t n, const float *slot, const float *before, const char *what)
{
    float *sum = room(n, sizeof *sum), *view[SLOTS] = {NULL};
    double *want = room(n, sizeof *want);
    int zeros, beside;
    for (size_t i = 0; i < n + BEHIND; i++) sum[i] = i < n ? before[i] : 77;
    for (size_t i = 0; i < n; i++) want[i] = (double)before[i];
    for (int k = 0; k < slots; k++) view[k] = (float *)(uintptr_t)(slot + (size_t)k * n);
    in_turn(slots, n, view, want);
    threads_use(1);
    fold(slots, n, slot, sum, &zeros, &beside);
    given("%d slot%s of %zu, %s; 1 thread", slots, slots == 1 ? "" : "s", n, what);
    expect_floats("sum", n, sum, want, 0);
    expect_true("zeros are left in the slots", zeros);
    expect_true("nothing is written behind the n numbers", beside);
    free(sum), free(want);
}

TEST(parallel_fold, one_slot)
{
    try_fold(1, 3, (float[]){1, 2, 3}, (float[]){0, 0, 0}, "1 2 3; sum 0 0 0");
    try_fold(1, 1, (float[]){5}, (float[]){0}, "5; sum 0");
}

TEST(parallel_fold, adds_to_the_sum)
{
    try_fold(1, 3, (float[]){1, 2, 3}, (float[]){10, 20, 30}, "1 2 3; sum 10 20 30");
}

TEST(parallel_fold, several_slots)
{
    try_fold(2, 2, (float[]){1, 2, 30, 40}, (float[]){100, 200}, "1 2 and 30 40; sum 100 200");
    try_fold(3, 1, (float[]){1, 20, 300}, (float[]){0}, "1 and 20 and 300; sum 0");
}

TEST(parallel_fold, from_left_to_right)
{
    try_fold(2, 1, (float[]){3, 3}, (float[]){1e8f}, "3 and 3; sum 1e8, where floats are 8 apart");
    try_fold(2, 1, (float[]){1e8f, 1}, (float[]){-1e8f}, "1e8 and 1; sum -1e8");
    try_fold(3, 1, (float[]){1e8f, -1e8f, 1}, (float[]){1}, "1e8 and -1e8 and 1; sum 1");
}

TEST(parallel_fold, nothing_to_fold)
{
    try_fold(0, 2, NULL, (float[]){3, 4}, "none; sum 3 4");
    try_fold(2, 0, (float[]){0}, (float[]){0}, "so nothing is there");
}

TEST(parallel_fold, any_length)
{
    static const size_t LENGTHS[] = {2, 15, 17, 1000, 4097};
    struct random r = random_start(3, RANDOM_INIT);
    for (int i = 0; i < 5; i++) {
        size_t n = LENGTHS[i];
        float *slot = room(3 * n, sizeof *slot), *sum = room(n, sizeof *sum);
        for (size_t k = 0; k < 3 * n; k++) slot[k] = random_normal(&r);
        for (size_t k = 0; k < n; k++) sum[k] = random_normal(&r);
        try_fold(3, n, slot, sum, "random numbers");
        free(slot), free(sum);
    }
}

static void within_fold(void *context)
{
    float **x = context;
    parallel_fold(2, 3, x, x[2]);
}

TEST(parallel_fold, fewer_threads_than_asked)
{
    static const double want[] = {111, 222, 333};
    float a[] = {1, 2, 3}, b[] = {10, 20, 30}, sum[] = {100, 200, 300}, *x[] = {a, b, sum};
    threads_use(8);
    fewer(within_fold, x);
    given("1 2 3 and 10 20 30; sum 100 200 300; 8 threads asked for, where OpenMP gives one");
    expect_floats("sum", 3, sum, want, 0);
}

TEST_SLOW(parallel_fold, nothing_is_lost, 4)
{
    enum { CALLS = 8 };
    int right = 1;
    if (!can_have(8)) return;
    threads_use(8);
    for (int i = 0; i < CALLS && right; i++) {
        float slot[SLOTS], sum[1 + BEHIND];
        int zeros, beside;
        for (int k = 0; k < SLOTS; k++) slot[k] = 1;
        for (int k = 0; k < 1 + BEHIND; k++) sum[k] = k < 1 ? 0 : 77;
        shake_begin();
        fold(SLOTS, 1, slot, sum, &zeros, &beside);
        shake_end();
        right = sum[0] == SLOTS;
        given("%d slots of 1 number, each 1; 8 threads: the sum became %g", SLOTS, (double)*sum);
    }
    expect_true("no slot is lost, and none is added twice", right);
}

// Whole numbers: the order in which they are added changes nothing.
TEST_SLOW(parallel_fold, each_number_its_own_sum, 4)
{
    enum { N = 48 };
    int right = 1;
    if (!can_have(8)) return;
    for (int i = 0; i < THREAD_COUNTS && right; i++) {
        float slot[SLOTS * N], sum[N + BEHIND];
        int zeros, beside, wrong = 0;
        for (int k = 0; k < SLOTS * N; k++) slot[k] = (float)(k % N);
        for (int k = 0; k < N + BEHIND; k++) sum[k] = k < N ? 0 : 77;
        threads_use(THREADS[i]);
        shake_begin();
        fold(SLOTS, N, slot, sum, &zeros, &beside);
        shake_end();
        for (int k = 0; k < N; k++) wrong += sum[k] != (float)(SLOTS * k);
        right = !wrong;
        given("%d slots of %d, each 0 1 2 3 …; %d threads: %d of the sums are wrong", SLOTS, N,
              THREADS[i], wrong);
    }
    expect_true("sum[i] is the sum of what stands at i", right);
}

TEST_SLOW(parallel_fold, the_same_bits_on_any_number_of_threads, 4)
{
    enum { N = 48 };
    int right = 1, clean = 1;
    if (!can_have(8)) return;
    struct random r = random_start(4, RANDOM_INIT);
    for (int i = 0; i < THREAD_COUNTS && right && clean; i++) {
        float slot[SLOTS * N], sum[N + BEHIND], *view[SLOTS];
        double want[N];
        int zeros, beside, wrong = 0;
        for (int k = 0; k < SLOTS * N; k++) slot[k] = random_normal(&r) / 3;
        for (int k = 0; k < N + BEHIND; k++) sum[k] = k < N ? random_normal(&r) : 77;
        for (int k = 0; k < N; k++) want[k] = (double)sum[k];
        for (int k = 0; k < SLOTS; k++) view[k] = slot + k * N;
        in_turn(SLOTS, N, view, want);
        threads_use(THREADS[i]);
        shake_begin();
        fold(SLOTS, N, slot, sum, &zeros, &beside);
        shake_end();
        for (int k = 0; k < N; k++) wrong += (double)sum[k] != want[k];
        right = !wrong, clean = zeros && beside;
        given("%d slots of %d, %d threads: %d of the sums have other bits", SLOTS, N, THREADS[i],
              wrong);
    }
    expect_true("the sums have the bits of one thread's", right);
    if (right) expect_true("zeros are left in the slots, and nothing is written beside", clean);
}

TEST(parallel_fold, the_work_is_shared)
{
    enum { N = 1 << 15 };
    if (!can_have(2)) return;
    static float a[N], b[N], sum[N];
    threads_use(2);
    shake_watch();
    parallel_fold(2, N, (float *[]){a, b}, sum);
    shake_end();
    given("2 slots of %d, 2 threads", N);
    expect_true("both threads write", shake_writers() == 0 || shake_writers() == 2);
}

// --- parallel_stride -------------------------------------------------------------------------

TEST(parallel_stride, whole_lines)
{
    static const int V[] = {1, 15, 16, 17, 31, 32, 33, 65, 1024, 50257};
    static const int32_t want[] = {16, 16, 16, 32, 32, 32, 48, 80, 1024, 50272};
    int32_t got[10];
    for (int i = 0; i < 10; i++) got[i] = (int32_t)parallel_stride(V[i]);
    given("V = 1, 15, 16, 17, 31, 32, 33, 65, 1024, 50257");
    expect_ints("parallel_stride of each", 10, got, 10, want);
}

TEST(parallel_stride, none)
{
    given("V = 0");
    expect_int("parallel_stride", (int64_t)parallel_stride(0), 0);
}

// --- parallel_count --------------------------------------------------------------------------

// struct counting: a call of parallel_count and what came out.
struct counting {
    int threads, V;
    size_t n;
    const int32_t *ids;
    size_t stride;
    int32_t *row, *count;
};

static struct counting counting_of(int threads, int V, size_t n, const int32_t *ids)
{
    struct counting c = {threads, V, n, ids, ((size_t)V + 15) / 16 * 16, NULL, NULL};
    size_t rows = (size_t)threads * c.stride;
    c.row = room(rows, sizeof *c.row), c.count = room((size_t)V, sizeof *c.count);
    for (size_t i = 0; i < rows + BEHIND; i++) c.row[i] = 77;
    for (int i = 0; i < V + BEHIND; i++) c.count[i] = 77;
    return c;
}

static void do_count(void *counting)
{
    struct counting *c = counting;
    parallel_count(c->threads, c->n, c->ids, c->V, c->row, c->count);
}

// beside says whether what is behind row and count was left alone.
static int beside(const struct counting *c)
{
    int whole = 1;
    for (size_t i = 0; i < BEHIND; i++)
        whole &=
            c->row[(size_t)c->threads * c->stride + i] == 77 && c->count[(size_t)c->V + i] == 77;
    return whole;
}

// expected fills count (V) and the rows' first V (threads, V) as they should be.
static void expected(const struct counting *c, int32_t *count, int32_t *row)
{
    size_t begin = 0, V = (size_t)c->V;
    memset(count, 0, sizeof *count * V);
    memset(row, 0, sizeof *row * V * (size_t)c->threads);
    for (int t = 0; t < c->threads; t++) {
        size_t left = (size_t)(c->threads - t), end = begin + (c->n - begin + left - 1) / left;
        for (; begin < end; begin++)
            count[c->ids[begin]]++, row[(size_t)t * V + (size_t)c->ids[begin]]++;
    }
}

// try_count counts where there is one thread only, whatever is asked for.
static void try_count(int threads, int V, size_t n, const int32_t *ids, const char *what)
{
    struct counting c = counting_of(threads, V, n, ids);
    size_t size = (size_t)(V * threads);
    int32_t *count = room((size_t)V, sizeof *count), *row = room(size, sizeof *row);
    int32_t *got = room(size, sizeof *got);
    expected(&c, count, row);
    fewer(do_count, &c);
    for (size_t i = 0; i < size; i++) got[i] = c.row[i / (size_t)V * c.stride + i % (size_t)V];
    given("%zu ids: %s; V = %d; %d thread%s", n, what, V, threads,
          threads > 1 ? "s asked for, where OpenMP gives one" : "");
    expect_ints("count", (size_t)V, c.count, (size_t)V, count);
    expect_ints("the first V of each row", size, got, size, row);
    expect_true("nothing is written behind row and count", beside(&c));
    free(c.row), free(c.count), free(count), free(row), free(got);
}

TEST(parallel_count, one_thread)
{
    try_count(1, 4, 5, (int32_t[]){2, 0, 2, 1, 2}, "2 0 2 1 2");
    try_count(1, 1, 3, (int32_t[]){0, 0, 0}, "0 0 0");
    try_count(1, 3, 0, NULL, "none");
}

TEST(parallel_count, each_thread_its_share)
{
    try_count(2, 4, 5, (int32_t[]){2, 0, 2, 1, 2}, "2 0 2 1 2");
    try_count(3, 2, 10, (int32_t[]){0, 0, 0, 0, 1, 1, 1, 0, 1, 0}, "0 0 0 0 1 1 1 0 1 0");
}

TEST(parallel_count, rows_are_whole_lines_apart)
{
    int32_t ids[40];
    for (int i = 0; i < 40; i++) ids[i] = i * 7 % 17;
    try_count(2, 17, 40, ids, "0 7 14 4 11 …");
    try_count(2, 16, 3, (int32_t[]){15, 0, 15}, "15 0 15");
}

TEST(parallel_count, more_threads_than_ids)
{
    try_count(8, 3, 2, (int32_t[]){1, 2}, "1 2");
    try_count(4, 3, 0, NULL, "none");
}

TEST_SLOW(parallel_count, nothing_is_lost, 4)
{
    enum { N = 150, V = 3 };
    int32_t ids[N];
    int right = 1, same = 1;
    if (!can_have(8)) return;
    for (int i = 0; i < THREAD_COUNTS && right && same; i++) {
        for (int k = 0; k < N; k++) ids[k] = k % 5 ? 1 : k % V;
        struct counting c = counting_of(THREADS[i], V, N, ids);
        int32_t count[V], row[8 * V];
        expected(&c, count, row);
        shake_begin();
        do_count(&c);
        shake_end();
        given("%d ids; %d threads: count became %d %d %d, which are %d %d %d", N, c.threads,
              c.count[0], c.count[1], c.count[2], count[0], count[1], count[2]);
        right = !memcmp(count, c.count, sizeof count);
        same = beside(&c);
        for (int k = 0; k < c.threads * V; k++)
            same &= c.row[(size_t)(k / V) * c.stride + (size_t)(k % V)] == row[k];
        free(c.row), free(c.count);
    }
    expect_true("no id is lost, and none is counted twice", right);
    if (right) expect_true("each row holds what is in that thread's share", same);
}

TEST(parallel_count, the_work_is_shared)
{
    enum { N = 5000, V = 2 };
    static int32_t ids[N];
    if (!can_have(2)) return;
    struct counting c = counting_of(2, V, N, ids);
    shake_watch();
    do_count(&c);
    shake_end();
    given("%d ids, 2 threads", N);
    expect_true("both threads count", shake_writers() == 0 || shake_writers() == 2);
    free(c.row), free(c.count);
}
