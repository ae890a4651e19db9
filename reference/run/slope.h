// slope: how far off slopes by differences are, and walks down a curve by them.
#ifndef GPT_SLOPE_H
#define GPT_SLOPE_H

#include <stdio.h>

// struct curve: a function whose slope is known.  Only + and * are in it, so that every machine
// computes the same bits.
struct curve {
    const char *name, *formula;
    double (*value)(double x);
    float (*value_float)(float x);
    double (*slope)(double x);
};

// slope_curve returns the curve with that name, "square" or "cube"; NULL if there is none.
const struct curve *slope_curve(const char *name);

// slope_errors prints, for h = 1 and smaller, how far the slope at x by differences is from the
// true one: forward, (f(x + h) - f(x)) / h, and central, by gradient_slope; then both in float.
//   per_ten  how many h there are from one power of ten to the next
void slope_errors(const struct curve *f, double x, int per_ten, FILE *out);

// slope_walk prints a walk of `steps` steps from x, each to x - lr * slope: the step, x, f(x).
void slope_walk(const struct curve *f, double x, double lr, int steps, FILE *out);

#endif
