// check: what the suites share: arrays between guards, random numbers, comparisons that say
// where and how far, slopes in double precision, thread counts, golden files.
//
// Tolerances, derived here once.  A float operation is off by at most u = 2^-24 of its result.
// A sum of K products therefore lies within about K u S of the exact one, in any order, where S
// is the sum of the terms' absolute values (Higham 2002, "Accuracy and stability of numerical
// algorithms", section 3.1).  So every tolerance is CHECK_U * operations * magnitude: the suite
// counts the operations behind an element, and bounds the terms that were added or subtracted.
// Where a step passes an error on (exp turns an absolute error of its argument into a relative
// one of its result), the suite adds that step's share to the count, and says so.
#ifndef GPT_CHECK_H
#define GPT_CHECK_H

#include <stddef.h>
#include <stdint.h>

#include "safetensors.h"

#define CHECK_U 0x1p-24

// struct check: one test's arrays and random numbers.
struct check;

// check_begin starts a test.  check_end fails it if anything was written just outside one of its
// arrays, and frees them.
struct check *check_begin(uint64_t seed);
void check_end(struct check *c);

// Arrays of n, valid until check_end: NaN (an output that must be overwritten), zeros, random
// numbers of mean 0 and the given deviation, ids in [0, V), a copy, a copy in double.
float *check_nans(struct check *c, size_t n);
float *check_zeros(struct check *c, size_t n);
float *check_normals(struct check *c, size_t n, float deviation);
int32_t *check_ids(struct check *c, size_t n, int V);
float *check_copy(struct check *c, size_t n, const float *x);
double *check_doubles(struct check *c, size_t n);  // zeros
double *check_widen(struct check *c, size_t n, const float *x);

// The rest of each argument list below names what is compared: a printf format and its values.

// check_same fails unless got and want have the same bits.
void check_same(size_t n, const float *got, const float *want, const char *what, ...)
    __attribute__((format(printf, 4, 5)));

// check_near fails unless |got[i] - want[i]| <= tolerance for every i; check_near_each has a
// tolerance per element.  NaN is near nothing.
void check_near(size_t n, const float *got, const double *want, double tolerance, const char *what,
                ...) __attribute__((format(printf, 5, 6)));
void check_near_each(size_t n, const float *got, const double *want, const double *tolerance,
                     const char *what, ...) __attribute__((format(printf, 5, 6)));

// check_relative fails unless |got[i] - want[i]| <= share * max |want| for every i, or if want is
// all zero, which would compare nothing.
void check_relative(size_t n, const float *got, const float *want, double share, const char *what,
                    ...) __attribute__((format(printf, 5, 6)));

// check_added fails unless got is before + gradient, up to the roundings of one addition: what a
// backward owes that started from `before`, when from zero it gives `gradient`.
void check_added(size_t n, const float *got, const float *before, const float *gradient,
                 const char *what, ...) __attribute__((format(printf, 5, 6)));

// check_chatter writes a text of n ids in [0, V), in which each follows from the one before it, but
// for one in ten that is drawn: soon learnt.
void check_chatter(int V, size_t n, uint64_t seed, int32_t *ids);

// check_largest returns max |x[i]|.
double check_largest(size_t n, const double *x);

// check_slopes writes slope[i] = df/dx[i] by central differences: f(context) is called with x[i]
// moved, and x is as before afterwards.  Error: about 1e-11 times the size of f.
typedef double check_function(const void *context);
void check_slopes(size_t n, double *x, check_function *f, const void *context, double *slope);

// check_threads runs work with 1, 2, 3 and 8 threads, each time on an output of n that holds the
// same numbers before, and fails unless the same bits come out.
typedef void check_work(const void *job, float *out);
void check_threads(struct check *c, size_t n, check_work *work, const void *job, const char *what,
                   ...) __attribute__((format(printf, 5, 6)));

// check_set_threads sets how many threads the kernels use; nothing where OpenMP is missing.
void check_set_threads(int threads);

// check_golden opens `name`.safetensors in GOLDEN, a directory that the Makefile defines;
// check_golden_floats and check_golden_ids return its tensor of that name, which must have n
// elements, as long as the file is open.  All fail the test if they cannot.
struct safetensors *check_golden(const char *name);
const float *check_golden_floats(const struct safetensors *st, const char *name, size_t n);
const int32_t *check_golden_ids(const struct safetensors *st, const char *name, size_t n);

// check_golden_texts reads GOLDEN/`name`, on each line a text in hexadecimal, or -, and its ids;
// encodes each, which gives ids in memory from malloc; and fails unless they are the same.  It
// returns how many texts there were.
typedef int32_t *check_encode(const void *vocabulary, size_t size, const char *text, size_t *count);
int check_golden_texts(const char *name, check_encode *encode, const void *vocabulary);

#endif
