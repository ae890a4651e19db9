// scalar_expr: a formula that a person writes, as a scalar graph.
#ifndef GPT_SCALAR_EXPR_H
#define GPT_SCALAR_EXPR_H

#include <stdio.h>

#include "error.h"
#include "scalar.h"

enum { SCALAR_EXPR_NAMES = 26 };

// struct scalar_expr: the graph of a formula.  Each name in it is one leaf, however often it stands
// there; each number is a leaf of its own.
struct scalar_expr {
    struct scalar_graph *g;
    int end;                      // the node of the whole formula
    int leaf[SCALAR_EXPR_NAMES];  // of a … z; SCALAR_NONE where the formula has none
};

// scalar_expr_read reads a formula of + - * ( ), tanh( ), exp( ), log( ), numbers and the names a …
// z.
//   at  the names' values, such as "a=2,b=-3"
//   ERR_VALUE  one of the two is not of that form, a name has no value or two; names what and where
enum err scalar_expr_read(const char *formula, const char *at, struct scalar_expr *x,
                          struct error *e);
void scalar_expr_free(struct scalar_expr *x);

// scalar_expr_table prints the graph, a node a line: its number, what it is, value and gradient
// after a backward from the end, and for each leaf the gradient by differences.
void scalar_expr_table(struct scalar_expr *x, FILE *out);

#endif
