#include "check.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "random.h"

#ifdef _OPENMP
#include <omp.h>
#endif

// Guards are NaN, read as float or double, so that a read beyond an array shows too.  The address
// sanitizer has guards of its own, and they must touch the array to be of use.
#ifdef __SANITIZE_ADDRESS__
enum { GUARD = 0 };
#else
enum { GUARD = 256 };
#endif
enum { GUARD_BYTE = 0xFF };

struct array {
    struct array *next;
    size_t bytes;
    unsigned char *memory;  // guard, bytes, guard
};

struct check {
    struct array *arrays;
    struct random random;
};

struct check *check_begin(uint64_t seed)
{
    struct check *c = calloc(1, sizeof *c);
    cr_assert(c != NULL, "out of memory");
    c->random = random_start(seed, RANDOM_TEST);
    return c;
}

static int whole(const unsigned char *guard)
{
    for (int i = 0; i < GUARD; i++) {
        if (guard[i] != GUARD_BYTE) return 0;
    }
    return 1;
}

void check_end(struct check *c)
{
    int broken = 0;
    for (struct array *a = c->arrays, *next; a; a = next) {
        broken += !whole(a->memory) || !whole(a->memory + GUARD + a->bytes);
        next = a->next;
        free(a->memory);
        free(a);
    }
    free(c);
    cr_assert(broken == 0, "%d arrays were written to outside their bounds", broken);
}

static void *allocate(struct check *c, size_t n, size_t size)
{
    struct array *a = malloc(sizeof *a);
    unsigned char *memory = malloc(n * size + 2 * GUARD + 1);  // + 1: never 0 bytes
    cr_assert(a && memory, "out of memory");
    memset(memory, GUARD_BYTE, n * size + 2 * GUARD);
    *a = (struct array){.next = c->arrays, .bytes = n * size, .memory = memory};
    c->arrays = a;
    return memory + GUARD;
}

float *check_nans(struct check *c, size_t n)
{
    return allocate(c, n, sizeof(float));  // the guard's bytes are NaN
}

float *check_zeros(struct check *c, size_t n)
{
    return memset(allocate(c, n, sizeof(float)), 0, n * sizeof(float));
}

float *check_normals(struct check *c, size_t n, float deviation)
{
    float *x = allocate(c, n, sizeof *x);
    for (size_t i = 0; i < n; i++) x[i] = deviation * random_normal(&c->random);
    return x;
}

int32_t *check_ids(struct check *c, size_t n, int V)
{
    int32_t *id = allocate(c, n, sizeof *id);
    for (size_t i = 0; i < n; i++) id[i] = (int32_t)random_below(&c->random, (uint32_t)V);
    return id;
}

float *check_copy(struct check *c, size_t n, const float *x)
{
    return memcpy(allocate(c, n, sizeof *x), x, n * sizeof *x);
}

double *check_doubles(struct check *c, size_t n)
{
    return memset(allocate(c, n, sizeof(double)), 0, n * sizeof(double));
}

double *check_widen(struct check *c, size_t n, const float *x)
{
    double *y = check_doubles(c, n);
    for (size_t i = 0; i < n; i++) y[i] = (double)x[i];
    return y;
}

// struct verdict: how a comparison went, filled in element by element.
struct verdict {
    size_t wrong, first;
    double got, want, tolerance;  // of the first wrong element
    double worst;                 // largest |got - want|; NaN if there is one
};

static void judge(struct verdict *v, size_t i, double got, double want, double tolerance, int right)
{
    double off = fabs(got - want);
    if (!(off <= v->worst)) v->worst = off;
    if (right) return;
    if (v->wrong++ == 0) v->first = i, v->got = got, v->want = want, v->tolerance = tolerance;
}

static void report(const struct verdict *v, size_t n, const char *what, va_list values)
{
    char name[256];
    vsnprintf(name, sizeof name, what, values);
    cr_assert(v->wrong == 0,
              "%s: [%zu] is %.9g, want %.9g: off by %.3g, allowed %.3g; "
              "%zu of %zu are wrong, the worst by %.3g",
              name, v->first, v->got, v->want, fabs(v->got - v->want), v->tolerance, v->wrong, n,
              v->worst);
}

// Reports v and ends the va_list; `what` is the caller's last named parameter.
#define REPORT(v, n, what)              \
    do {                                \
        va_list values;                 \
        va_start(values, what);         \
        report((v), (n), what, values); \
        va_end(values);                 \
    } while (0)

void check_same(size_t n, const float *got, const float *want, const char *what, ...)
{
    struct verdict v = {0};
    for (size_t i = 0; i < n; i++) {
        judge(&v, i, (double)got[i], (double)want[i], 0, !memcmp(got + i, want + i, sizeof *got));
    }
    REPORT(&v, n, what);
}

static void judge_near(struct verdict *v, size_t i, float got, double want, double tolerance)
{
    judge(v, i, (double)got, want, tolerance, fabs((double)got - want) <= tolerance);
}

void check_near(size_t n, const float *got, const double *want, double tolerance, const char *what,
                ...)
{
    struct verdict v = {0};
    for (size_t i = 0; i < n; i++) judge_near(&v, i, got[i], want[i], tolerance);
    REPORT(&v, n, what);
}

void check_near_each(size_t n, const float *got, const double *want, const double *tolerance,
                     const char *what, ...)
{
    struct verdict v = {0};
    for (size_t i = 0; i < n; i++) judge_near(&v, i, got[i], want[i], tolerance[i]);
    REPORT(&v, n, what);
}

void check_relative(size_t n, const float *got, const float *want, double share, const char *what,
                    ...)
{
    double most = 0;
    for (size_t i = 0; i < n; i++) most = fmax(most, fabs((double)want[i]));
    cr_assert(most > 0, "%s: nothing to compare", what);
    struct verdict v = {0};
    for (size_t i = 0; i < n; i++) judge_near(&v, i, got[i], (double)want[i], share * most);
    REPORT(&v, n, what);
}

void check_added(size_t n, const float *got, const float *before, const float *gradient,
                 const char *what, ...)
{
    struct verdict v = {0};
    for (size_t i = 0; i < n; i++) {
        double b = (double)before[i], g = (double)gradient[i];
        // Rounding the gradient and rounding the sum.
        judge_near(&v, i, got[i], b + g, CHECK_U * (fabs(g) + fabs(b + g)));
    }
    REPORT(&v, n, what);
}

void check_chatter(int V, size_t n, uint64_t seed, int32_t *ids)
{
    struct random r = random_start(seed, RANDOM_TEST);
    ids[0] = 0;
    for (size_t i = 1; i < n; i++)
        ids[i] = random_below(&r, 10) ? (5 * ids[i - 1] + 3) % V
                                      : (int32_t)random_below(&r, (uint32_t)V);
}

double check_largest(size_t n, const double *x)
{
    double most = 0;
    for (size_t i = 0; i < n; i++) most = fmax(most, fabs(x[i]));
    return most;
}

void check_slopes(size_t n, double *x, check_function *f, const void *context, double *slope)
{
    // Five points cancel the error's h^2 term.  With h a power of two, x + h is exact for a float.
    const double h = 0x1p-16;
    for (size_t i = 0; i < n; i++) {
        double at = x[i], value[5];
        for (int j = 0; j < 5; j++) {
            x[i] = at + (j - 2) * h;
            value[j] = j == 2 ? 0 : f(context);
        }
        x[i] = at;
        slope[i] = (8 * (value[3] - value[1]) - (value[4] - value[0])) / (12 * h);
    }
}

void check_threads(struct check *c, size_t n, check_work *work, const void *job, const char *what,
                   ...)
{
    static const int THREADS[] = {1, 2, 3, 8};
    const float *before = check_normals(c, n, 1);
    float *first = NULL;
    struct verdict v = {0};
    for (int i = 0; i < 4; i++) {
        float *out = check_copy(c, n, before);
        check_set_threads(THREADS[i]);
        work(job, out);
        if (!first) first = out;
        for (size_t j = 0; j < n; j++) {
            judge(&v, j, (double)out[j], (double)first[j], 0, !memcmp(out + j, first + j, 4));
        }
    }
    REPORT(&v, 3 * n, what);
}

void check_set_threads(int threads)
{
#ifdef _OPENMP
    omp_set_num_threads(threads);
#else
    (void)threads;
#endif
}

struct safetensors *check_golden(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, GOLDEN "/%s.safetensors", name);
    struct safetensors *st = NULL;
    struct error e = {0};
    cr_assert(safetensors_open(path, &st, &e) == ERR_NONE, "%s", e.text);
    return st;
}

static const void *golden(const struct safetensors *st, const char *name, size_t n,
                          enum safetensors_dtype dtype)
{
    const struct safetensors_tensor *t = safetensors_find(st, name);
    cr_assert(t != NULL, "golden file: no tensor '%s'", name);
    cr_assert(t->dtype == dtype && t->size == n * safetensors_dtype_size(dtype),
              "golden file: '%s' has %zu bytes of %s, want %zu elements", name, t->size,
              safetensors_dtype_name(t->dtype), n);
    return t->data;  // make_golden.py aligns the data section, so it can be used in place
}

const float *check_golden_floats(const struct safetensors *st, const char *name, size_t n)
{
    return golden(st, name, n, SAFETENSORS_F32);
}

const int32_t *check_golden_ids(const struct safetensors *st, const char *name, size_t n)
{
    return golden(st, name, n, SAFETENSORS_I32);
}

int check_golden_texts(const char *name, check_encode *encode, const void *vocabulary)
{
    char path[256], *text;
    size_t size;
    snprintf(path, sizeof path, GOLDEN "/%s", name);
    cr_assert_eq(file_read(path, &text, &size, NULL), ERR_NONE, "%s", path);
    int texts = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        if (*line == '#') continue;
        char *at = line, bytes[1024];
        size_t count, n = 0;
        unsigned byte;
        size = 0;
        for (; *at != ' ' && *at && sscanf(at, "%2x", &byte) == 1; at += 2)
            bytes[size++] = (char)byte;
        if (*at == '-') at++;
        int32_t *ids = encode(vocabulary, size, bytes, &count);
        for (char *after; *at; at = after, n++) {
            long want = strtol(at, &after, 10);
            cr_assert_lt(n, count, "%.60s: %zu ids", line, count);
            cr_assert_eq(ids[n], want, "%.60s: id %zu is %d, expected %ld", line, n, ids[n], want);
        }
        cr_assert_eq(n, count, "%.60s: %zu ids, expected %zu", line, count, n);
        free(ids);
        texts++;
    }
    free(text);
    return texts;
}
