// view: views of a small memory, printed, so that a person sees which floats they read.
#ifndef GPT_VIEW_H
#define GPT_VIEW_H

#include <stdio.h>

#include "error.h"

// view_print makes a memory of floats, each of which holds its own place in it, 0, 1, 2, …; views
// it in row-major order with the given shape; and does with the view what the words say, one after
// the other.  It prints the shape, the strides, the place of the first element and all elements, at
// the beginning and after each word.
//   shape  sizes with spaces between, such as "2 3"; at most TENSOR_RANK of them
//   words  separated by ';', may be "":
//            transpose I J
//            slice DIM BEGIN COUNT STEP
//            broadcast SIZE …
//            reshape SIZE …
//            at INDEX …               prints where that element stands; the view stays
//   ERR_VALUE  a word that is not one of these, or that cannot be done; a view of more than
//              VIEW_MOST elements.  Nothing is printed.
enum { VIEW_MOST = 1 << 16 };
enum err view_print(const char *shape, const char *words, FILE *out, struct error *e);

#endif
