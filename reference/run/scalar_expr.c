#include "scalar_expr.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

// struct reader: a formula being read.  After a mistake all functions return at once.
struct reader {
    const char *text, *at;
    struct scalar_expr *x;
    int depth, has_value[SCALAR_EXPR_NAMES];
    float value[SCALAR_EXPR_NAMES];
    struct error *e;
    enum err code;
};

static int fail(struct reader *r, const char *expected)
{
    if (!r->code)
        r->code = error_set(r->e, ERR_VALUE, "character %d of '%.60s': expected %s",
                            (int)(r->at - r->text) + 1, r->text, expected);
    return 0;
}

// take goes past blanks, and past `word` if it stands there; returns whether it did.
static int take(struct reader *r, const char *word)
{
    while (*r->at == ' ') r->at++;
    size_t n = strlen(word);
    if (r->code || strncmp(r->at, word, n) != 0) return 0;
    r->at += n;
    return 1;
}

// number reads a number; in the place of what is none it reads nothing and reports it.
static float number(struct reader *r)
{
    char *end;
    float value = strtof(r->at, &end);
    if (end == r->at || !isfinite(value)) return (float)fail(r, "a number");
    r->at = end;
    return value;
}

// read_values reads "a=2,b=-3".
static void read_values(struct reader *r)
{
    while (take(r, ""), *r->at && !r->code) {
        int name = *r->at - 'a';
        if (name < 0 || name >= SCALAR_EXPR_NAMES || r->has_value[name]) {
            fail(r, "a new name from a to z");
            return;
        }
        r->at++;
        r->has_value[name] = 1;
        if (!take(r, "=")) fail(r, "=");
        if (!r->code) r->value[name] = number(r);
        if (!take(r, ",") && *r->at) fail(r, "a comma");
    }
}

static int sum(struct reader *r);

static int name_leaf(struct reader *r)
{
    int name = *r->at - 'a', *leaf = &r->x->leaf[name];
    if (!r->has_value[name]) return fail(r, "a name that has a value: --at a=2,b=-3 gives some");
    r->at++;
    if (*leaf == SCALAR_NONE) *leaf = scalar_leaf(r->x->g, r->value[name]);
    return *leaf;
}

static int in_brackets(struct reader *r)
{
    enum { DEEPEST = 200 };
    if (r->depth++ == DEEPEST) return fail(r, "fewer brackets in brackets");
    int node = sum(r);
    r->depth--;
    return take(r, ")") ? node : fail(r, ")");
}

// factor: a name, a number, a formula in brackets, one of the three functions of it, or minus a
// factor.
static int factor(struct reader *r)
{
    struct scalar_graph *g = r->x->g;
    int minus = 0, node = 0;
    while (take(r, "-")) minus = !minus;
    if (take(r, "("))
        node = in_brackets(r);
    else if (take(r, "tanh("))
        node = in_brackets(r), node = r->code ? 0 : scalar_tanh(g, node);
    else if (take(r, "exp("))
        node = in_brackets(r), node = r->code ? 0 : scalar_exp(g, node);
    else if (take(r, "log("))
        node = in_brackets(r), node = r->code ? 0 : scalar_log(g, node);
    else if (*r->at >= 'a' && *r->at <= 'z')
        node = name_leaf(r);
    else if (isdigit((unsigned char)*r->at) || *r->at == '.')
        node = scalar_leaf(g, number(r));
    else
        fail(r, "a name, a number, or a bracket");
    return r->code ? 0 : minus ? scalar_scale(g, node, -1) : node;
}

static int product(struct reader *r)
{
    int node = factor(r);
    while (take(r, "*")) {
        int other = factor(r);
        if (!r->code) node = scalar_mul(r->x->g, node, other);
    }
    return node;
}

static int sum(struct reader *r)
{
    int node = product(r);
    for (;;) {
        int minus = take(r, "-");
        if (!minus && !take(r, "+")) return node;
        int other = product(r);
        if (r->code) return 0;
        node = minus ? scalar_sub(r->x->g, node, other) : scalar_add(r->x->g, node, other);
    }
}

enum err scalar_expr_read(const char *formula, const char *at, struct scalar_expr *x,
                          struct error *e)
{
    struct scalar_expr new = {.g = scalar_new()};
    for (int i = 0; i < SCALAR_EXPR_NAMES; i++) new.leaf[i] = SCALAR_NONE;
    struct reader r = {.text = at, .at = at, .x = &new, .e = e};
    read_values(&r);
    if (!r.code) {
        r.text = r.at = formula;
        new.end = sum(&r);
        if (*r.at) fail(&r, "an operation, or the end");
    }
    if (r.code) {
        scalar_free(new.g);
        return r.code;
    }
    *x = new;
    return ERR_NONE;
}

void scalar_expr_free(struct scalar_expr *x)
{
    scalar_free(x->g);
    *x = (struct scalar_expr){0};
}

// by_differences moves a leaf a little up and down, and returns how the end follows.
static double by_differences(struct scalar_expr *x, int leaf)
{
    float here = scalar_value(x->g, leaf), h = 0.005f * fmaxf(1, fabsf(here)), y[2];
    volatile float to[2] = {here + h, here - h};  // the distance that is left after rounding
    for (int i = 0; i < 2; i++) {
        scalar_set(x->g, leaf, to[i]);
        scalar_forward(x->g);
        y[i] = scalar_value(x->g, x->end);
    }
    scalar_set(x->g, leaf, here);
    scalar_forward(x->g);
    return ((double)y[0] - (double)y[1]) / ((double)to[0] - (double)to[1]);
}

// describe writes what a node is: "n3 + n2", or for a leaf its name.
static void describe(const struct scalar_expr *x, int node, size_t size, char *text)
{
    int a = scalar_kind(x->g, node) == SCALAR_LEAF ? 0 : scalar_input(x->g, node, 0);
    int b = scalar_kind(x->g, node) == SCALAR_LEAF ? 0 : scalar_input(x->g, node, 1);
    switch (scalar_kind(x->g, node)) {
    case SCALAR_LEAF:
        snprintf(text, size, "number");
        for (int i = 0; i < SCALAR_EXPR_NAMES; i++) {
            if (x->leaf[i] == node) snprintf(text, size, "%c", 'a' + i);
        }
        break;
    case SCALAR_ADD:
        snprintf(text, size, "n%d + n%d", a, b);
        break;
    case SCALAR_MUL:
        snprintf(text, size, "n%d * n%d", a, b);
        break;
    case SCALAR_TANH:
        snprintf(text, size, "tanh n%d", a);
        break;
    case SCALAR_EXP:
        snprintf(text, size, "exp n%d", a);
        break;
    case SCALAR_LOG:
        snprintf(text, size, "log n%d", a);
        break;
    }
}

void scalar_expr_table(struct scalar_expr *x, FILE *out)
{
    char text[40];
    fprintf(out, "node       value    gradient  by differences  is\n");
    scalar_backward(x->g, x->end);
    for (int i = 0; i <= x->end; i++) {
        fprintf(out, "n%-4d %10.4f  %10.4f", i, (double)scalar_value(x->g, i),
                (double)scalar_grad(x->g, i));
        if (scalar_kind(x->g, i) == SCALAR_LEAF)
            fprintf(out, "  %14.2f", by_differences(x, i));
        else
            fprintf(out, "  %14s", "-");
        describe(x, i, sizeof text, text);
        fprintf(out, "  %s\n", text);
    }
}
