#include "compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"

enum { FIRST = 10 };

// struct curve: what is compared of a run.
struct curve {
    double loss[FIRST];  // of the first batches
    int steps;
    double val;  // after the last step; NaN if it was not measured
};

// read_line reads a line of loss.tsv.
static int read_line(const char *line, int *step, double *loss, double *val)
{
    char text[32];
    if (sscanf(line, "%d\t%lf\t%31s", step, loss, text) != 3) return 0;
    char *end;
    *val = strtod(text, &end);
    if (strcmp(text, "-") == 0)
        *val = (double)NAN;
    else if (*end)
        return 0;
    return 1;
}

static enum err parse(const char *path, const char *text, struct curve *c, struct error *e)
{
    int number = 0;
    for (const char *line = text; *line; number++) {
        const char *end = strchr(line, '\n');
        int step;
        double loss;
        if (*line != '#') {
            if (!end || !read_line(line, &step, &loss, &c->val) || step != c->steps + 1)
                return error_set(e, ERR_FORMAT,
                                 "%s:%d: expected step %d, its loss, and a validation or -", path,
                                 number + 1, c->steps + 1);
            if (step <= FIRST) c->loss[step - 1] = loss;
            c->steps = step;
        }
        if (!end) break;
        line = end + 1;
    }
    if (c->steps < FIRST || isnan(c->val))
        return error_set(e, ERR_MATCH,
                         "%s: ends after step %d: expected a finished run of at least %d steps",
                         path, c->steps, FIRST);
    return ERR_NONE;
}

static enum err read_curve(const char *dir, struct curve *c, struct error *e)
{
    *c = (struct curve){.val = (double)NAN};
    char *path = file_path(dir, "loss.tsv"), *text;
    size_t size;
    enum err code = file_read(path, &text, &size, e);
    if (!code) {
        code = parse(path, text, c, e);
        free(text);
    }
    free(path);
    return code;
}

// say prints one row and returns whether it is within its bound.
static int say(FILE *f, const char *what, double apart, double bound)
{
    int within = apart <= bound;
    fprintf(f, "%-34s  apart %.7f  allowed %.7f  %s\n", what, apart, bound,
            within ? "within" : "OUTSIDE");
    return within;
}

enum err compare_runs(const char *a, const char *b, double spread, FILE *f, int *agree,
                      struct error *e)
{
    struct curve one, two;
    enum err code = read_curve(a, &one, e);
    if (!code) code = read_curve(b, &two, e);
    if (code) return code;
    if (one.steps != two.steps)
        return error_set(e, ERR_MATCH, "%s has %d steps, and %s %d: expected as many", a, one.steps,
                         b, two.steps);
    double far = 0;
    for (int i = 0; i < FIRST; i++) far = fmax(far, fabs(two.loss[i] / one.loss[i] - 1));
    *agree = say(f, "loss of the first step, relative", fabs(two.loss[0] / one.loss[0] - 1), 1e-5);
    *agree &= say(f, "first ten losses, relative", far, 1e-3);
    *agree &= say(f, "validation at the end, bits/byte", fabs(two.val - one.val), spread);
    return ERR_NONE;
}
