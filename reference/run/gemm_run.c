#include "gemm_run.h"

#include <math.h>
#include <string.h>

#include "arena.h"
#include "bench_time.h"
#include "clock.h"
#include "gemm_fast.h"
#include "gnuplot.h"
#include "random.h"
#include "roofline.h"
#include "threads.h"

// struct product: what is computed, and room for it.
struct product {
    int M, N, K;
    struct matrix a, b;  // row-major
    float *a_panels, *b_panels, *c;
};

// struct rung: a way to a product, and how long it took.
struct rung {
    const char *name;
    void (*run)(void *product);
    struct product p;
    int threads;
    double flops;  // that `run` takes: tiles leave out what is no whole tile
    struct bench_times times;
};

enum { RUNGS = 7, THIN = 7 };

struct ladder {
    int rungs, thins;
    struct rung rung[RUNGS], thin[THIN];  // thin: gemm, with few rows of a
    struct roofline one, all;
};

double gemm_run_flops(int M, int N, int K)
{
    return 2.0 * M * N * K;
}

double gemm_run_bytes(int M, int N, int K)
{
    return (double)sizeof(float) * ((double)M * K + (double)K * N + (double)M * N);
}

// --- the ways --------------------------------------------------------------------------------

static void run_loops(void *product)
{
    const struct product *p = product;
    gemm_loops(p->M, p->N, p->K, p->a, p->b, p->c);
}

static void run_rows(void *product)
{
    const struct product *p = product;
    gemm_rows(p->M, p->N, p->K, p->a, p->b, p->c);
}

// run_tiles takes all whole tiles, a and b where they stand.
static void run_tiles(void *product)
{
    const struct product *p = product;
    memset(p->c, 0, sizeof *p->c * (size_t)p->M * (size_t)p->N);
    for (int m = 0; m + GEMM_ROWS <= p->M; m += GEMM_ROWS) {
        for (int n = 0; n + GEMM_COLUMNS <= p->N; n += GEMM_COLUMNS)
            gemm_tile(p->K, matrix_from(p->a, m, 0), p->b.data + n, p->b.row,
                      p->c + (ptrdiff_t)m * p->N + n, p->N);
    }
}

// run_packed takes them from panels, which it makes first, of all of a and b.
static void run_packed(void *product)
{
    const struct product *p = product;
    memset(p->c, 0, sizeof *p->c * (size_t)p->M * (size_t)p->N);
    gemm_pack(p->M, GEMM_ROWS, p->K, p->a, p->a_panels);
    gemm_pack(p->N, GEMM_COLUMNS, p->K, matrix_transpose(p->b), p->b_panels);
    for (int m = 0; m + GEMM_ROWS <= p->M; m += GEMM_ROWS) {
        struct matrix a = {p->a_panels + (ptrdiff_t)m * p->K, 1, GEMM_ROWS};
        for (int n = 0; n + GEMM_COLUMNS <= p->N; n += GEMM_COLUMNS)
            gemm_tile(p->K, a, p->b_panels + (ptrdiff_t)n * p->K, GEMM_COLUMNS,
                      p->c + (ptrdiff_t)m * p->N + n, p->N);
    }
}

static void run_gemm(void *product)
{
    const struct product *p = product;
    gemm(p->M, p->N, p->K, p->a, p->b, NULL, p->c, 0);
}

static void run_fast(void *product)
{
    const struct product *p = product;
    gemm_fast(p->M, p->N, p->K, p->a, p->b, NULL, p->c, 0);
}

// --- what is run -----------------------------------------------------------------------------

static const float *numbers(struct arena *a, int rows, int columns)
{
    size_t n = (size_t)rows * (size_t)columns;
    float *x = arena_floats(a, n);
    struct random r = random_start(1, RANDOM_TEST);
    for (size_t i = 0; i < n; i++) x[i] = random_float(&r) - 0.5f;
    return x;
}

static struct product product_of(const struct gemm_run_options *o, struct arena *a)
{
    size_t M = (size_t)o->M, N = (size_t)o->N, K = (size_t)o->K;
    struct product p = {.M = o->M, .N = o->N, .K = o->K};
    p.a = (struct matrix){numbers(a, o->M, o->K), o->K, 1};
    p.b = (struct matrix){numbers(a, o->K, o->N), o->N, 1};
    p.c = arena_zeros(a, M * N);
    p.a_panels = arena_zeros(a, (M + GEMM_ROWS) * K);
    p.b_panels = arena_zeros(a, (N + GEMM_COLUMNS) * K);
    return p;
}

static void add(struct ladder *l, const char *name, void (*run)(void *product), struct product p,
                int rows, int columns, int threads)
{
    if (rows == 0 || columns == 0) return;
    l->rung[l->rungs++] =
        (struct rung){name, run, p, threads, gemm_run_flops(rows, columns, p.K), {.count = 0}};
}

static void list(struct ladder *l, struct product p, int threads)
{
    enum { FEW = 16 };  // rows are enough for what is slow: the others would take as long each
    struct product few = p;
    if (few.M > FEW) few.M = FEW;
    int high = p.M / GEMM_ROWS * GEMM_ROWS, wide = p.N / GEMM_COLUMNS * GEMM_COLUMNS;
    add(l, "gemm_loops", run_loops, few, few.M, p.N, 1);
    add(l, "gemm_rows", run_rows, few, few.M, p.N, 1);
    add(l, "gemm_tile", run_tiles, p, high, wide, 1);
    add(l, "gemm_tile, packed", run_packed, p, high, wide, 1);
    add(l, "gemm", run_gemm, p, p.M, p.N, 1);
    if (threads > 1) add(l, "gemm", run_gemm, p, p.M, p.N, threads);
    add(l, "gemm_fast", run_fast, p, p.M, p.N, threads);
    for (int rows = 1; rows < p.M && l->thins < THIN; rows *= 4) {
        struct rung thin = {"gemm", run_gemm, p, threads, gemm_run_flops(rows, p.N, p.K), {0}};
        thin.p.M = rows;
        l->thin[l->thins++] = thin;
    }
}

// --- measuring -------------------------------------------------------------------------------

static void take(struct rung *r)
{
    threads_use(r->threads);
    bench_time(&r->times, r->run, &r->p);
}

static void measure(struct ladder *l, int rounds)
{
    const double budget = 2;  // seconds
    double begin = clock_seconds(), spent = 0;
    for (int done = 0; bench_more(done, rounds, spent, budget); done++) {
        bench_say("round %d", done + 1);
        for (int i = 0; i < l->rungs; i++) take(&l->rung[i]);
        for (int i = 0; i < l->thins; i++) take(&l->thin[i]);
        spent = clock_seconds() - begin;
    }
    bench_say(NULL);
}

// look_again measures the peaks once more: on a machine that was busy before they were too low.
static void look_again(struct ladder *l, int threads)
{
    threads_use(1);
    l->one.flops = fmax(l->one.flops, roofline_flops());
    threads_use(threads);
    l->all.flops = threads > 1 ? fmax(l->all.flops, roofline_flops()) : l->one.flops;
}

static double rate(const struct rung *r)
{
    return r->flops / bench_best(&r->times);
}

// intensity returns operations a byte, of a product with so many rows.
static double intensity(int M, const struct rung *r)
{
    return gemm_run_flops(M, r->p.N, r->p.K) / gemm_run_bytes(M, r->p.N, r->p.K);
}

static double peak(const struct ladder *l, const struct rung *r)
{
    return r->threads == 1 ? l->one.flops : l->all.flops;
}

// --- what it came to -------------------------------------------------------------------------

static void print_limits(const struct roofline *l, FILE *to)
{
    fprintf(to, "%d thread%s: peak %.1f GFLOP/s; memory %.1f GB/s, caches %.1f GB/s\n", l->threads,
            l->threads == 1 ? "" : "s", 1e-9 * l->flops, 1e-9 * l->far, 1e-9 * l->near);
}

static void print(const struct ladder *l, const struct gemm_run_options *o, FILE *to)
{
    double flops = gemm_run_flops(o->M, o->N, o->K), bytes = gemm_run_bytes(o->M, o->N, o->K);
    fprintf(to, "(%d, %d) by (%d, %d): %.4g GFLOP, %.4g MB at least, %.1f operations a byte\n",
            o->M, o->K, o->K, o->N, 1e-9 * flops, 1e-6 * bytes, flops / bytes);
    print_limits(&l->one, to);
    if (l->all.threads > 1) print_limits(&l->all, to);
    fprintf(to, "%-18s %8s %9s %8s %12s\n", "rung", "threads", "GFLOP/s", "of peak", "times loops");
    for (int i = 0; i < l->rungs; i++) {
        const struct rung *r = &l->rung[i];
        fprintf(to, "%-18s %8d %9.3g %6.0f %% %12.1f\n", r->name, r->threads, 1e-9 * rate(r),
                100 * rate(r) / peak(l, r), rate(r) / rate(&l->rung[0]));
    }
    if (!l->thins) return;
    fprintf(to, "%-18s %8s %9s %8s %12s\n", "gemm, rows of a", "threads", "GFLOP/s", "of peak",
            "op. a byte");
    for (int i = 0; i < l->thins; i++) {
        const struct rung *r = &l->thin[i];
        fprintf(to, "%18d %8d %9.3g %6.0f %% %12.2f\n", r->p.M, r->threads, 1e-9 * rate(r),
                100 * rate(r) / peak(l, r), intensity(r->p.M, r));
    }
}

// --- the picture -----------------------------------------------------------------------------

// put_rungs and put_thin write points: operations a byte, GFLOP/s, name.
static void put_rungs(FILE *g, const struct ladder *l)
{
    int rows = l->rung[l->rungs - 1].p.M;  // of the whole product; some are timed on fewer
    fputs("$rungs << END\n", g);
    for (int i = 0; i < l->rungs; i++) {
        const struct rung *r = &l->rung[i];
        fprintf(g, "%g %g \"%s%s\"\n", intensity(rows, r), 1e-9 * rate(r), r->name,
                r->threads > 1 ? ", all threads" : "");
    }
    fputs("END\n", g);
}

static void put_thin(FILE *g, const struct ladder *l)
{
    fputs("$thin << END\n", g);
    for (int i = 0; i < l->thins; i++) {
        const struct rung *r = &l->thin[i];
        fprintf(g, "%g %g \"%d\"\n", intensity(r->p.M, r), 1e-9 * rate(r), r->p.M);
    }
    fputs("END\n", g);
}

static void put_picture(FILE *g, const char *into, const void *context)
{
    const struct ladder *l = context;
    gnuplot_svg(g, into, 800, 520, 12);
    put_rungs(g, l);
    put_thin(g, l);
    fprintf(
        g,
        "far = %g\nnear = %g\none = %g\nall = %g\n"
        "roof(x, rate, peak) = x * rate < peak ? x * rate : peak\n"
        "set logscale xy\nset xrange [0.2:5000]\nset yrange [0.1:%g]\nset samples 400\n"
        "set grid\nset xlabel 'operations a byte'\nset ylabel 'GFLOP/s'\nset key outside below\nset bmargin 8\n"
        "plot roof(x, far, all) with lines lw 2 lc rgb '#555555' title "
        "'all threads: memory, then arithmetic', "
        "roof(x, near, all) with lines lw 1 dt 2 lc rgb '#999999' title 'from caches', "
        "one with lines lw 1 dt 3 lc rgb '#555555' title 'arithmetic, one thread', ",
        1e-9 * l->all.far, 1e-9 * l->all.near, 1e-9 * l->one.flops, 1e-9 * l->all.flops,
        2e-9 * l->all.flops);
    // The fourth name stands on the left: packed tiles are often as fast as what comes next.
    fputs(
        "$rungs using 1:2 with points pt 7 ps 0.7 lc rgb '#c0392b' title 'rungs', "
        "'' every ::0::2 using 1:2:3 with labels left offset 0.8,0 noenhanced font 'sans,10' "
        "notitle, "
        "'' every ::3::3 using 1:2:3 with labels right offset -0.8,0 noenhanced font 'sans,10' "
        "notitle, "
        "'' every ::4 using 1:2:3 with labels left offset 0.8,0 noenhanced font 'sans,10' notitle",
        g);
    if (l->thins)
        fputs(", $thin using 1:2 with points pt 6 ps 0.7 lc rgb '#2c6fbb' title "
              "'gemm, so many rows of a', "
              "'' using 1:2:3 with labels left offset 0.8,0 font 'sans,10' notitle",
              g);
    fputc('\n', g);
}

enum err gemm_run(const struct gemm_run_options *o, FILE *to, struct error *e)
{
    struct arena *arena = arena_new();
    struct ladder l = {0};
    int threads = o->threads ? o->threads : threads_max();
    bench_say("the machine's limits");
    threads_use(1);
    l.one = l.all = roofline_measure();
    threads_use(threads);
    if (threads > 1) l.all = roofline_measure();
    list(&l, product_of(o, arena), threads);
    measure(&l, o->rounds);
    look_again(&l, threads);
    print(&l, o, to);
    enum err code = *o->svg ? gnuplot_draw(o->svg, put_picture, &l, e) : ERR_NONE;
    arena_free(arena);
    return code;
}
