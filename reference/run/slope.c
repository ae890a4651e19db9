#include "slope.h"

#include <math.h>
#include <string.h>

#include "gradient.h"

static double square(double x)
{
    return x * x;
}

static float square_float(float x)
{
    return x * x;
}

static double square_slope(double x)
{
    return 2 * x;
}

static double cube(double x)
{
    return x * x * x;
}

static float cube_float(float x)
{
    return x * x * x;
}

static double cube_slope(double x)
{
    return 3 * x * x;
}

static const struct curve CURVES[] = {
    {"square", "x * x", square, square_float, square_slope},
    {"cube", "x * x * x", cube, cube_float, cube_slope},
};

const struct curve *slope_curve(const char *name)
{
    for (size_t i = 0; i < sizeof CURVES / sizeof *CURVES; i++) {
        if (strcmp(CURVES[i].name, name) == 0) return &CURVES[i];
    }
    return NULL;
}

// value_of is the curve as gradient_slope asks for it.
static double value_of(void *curve, double x)
{
    return ((const struct curve *)curve)->value(x);
}

// central asks gradient_slope.
static double central(const struct curve *f, double x, double h)
{
    struct curve copy = *f;
    return gradient_slope(value_of, &copy, x, h);
}

void slope_errors(const struct curve *f, double x, int per_ten, FILE *out)
{
    enum { TENS = 15 };
    double slope = f->slope(x), factor = pow(10, -1.0 / per_ten), h = 1;
    float xf = (float)x;
    fprintf(out, "# %s at %g: slope %g; how far off\n", f->formula, x, slope);
    fprintf(out, "# h        forward  central  float:   forward  central\n");
    for (int i = 0; i <= TENS * per_ten; i++, h *= factor) {
        double forward = (f->value(x + h) - f->value(x)) / h;
        float hf = (float)h, here = f->value_float(xf), above = f->value_float(xf + hf),
              below = f->value_float(xf - hf);
        fprintf(out, "%-9.2g  %-7.1e  %-7.1e           %-7.1e  %-7.1e\n", h, fabs(forward - slope),
                fabs(central(f, x, h) - slope), fabs((double)((above - here) / hf) - slope),
                fabs((double)((above - below) / (2 * hf)) - slope));
    }
}

void slope_walk(const struct curve *f, double x, double lr, int steps, FILE *out)
{
    fprintf(out, "# step         x   %s\n", f->formula);
    for (int step = 0; step <= steps; step++) {
        fprintf(out, "%6d  %8.4f  %8.4f\n", step, x, f->value(x));
        x -= lr * central(f, x, gradient_width(x));
    }
}
