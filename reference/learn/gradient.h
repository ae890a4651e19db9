// gradient: slopes, by differences and by rules, and a first training with them.
//
// The first three functions ask a function for its values only: slow, inexact, and always
// possible.  The next two use rules.  The last one walks downhill.
//
// Sources: Press et al. 2007, "Numerical Recipes", section 5.7 (differences, and how wide);
// Goodfellow et al. 2016, "Deep Learning", sections 4.3 (gradient descent) and 6.5.2 (the chain
// rule).
#ifndef GPT_GRADIENT_H
#define GPT_GRADIENT_H

#include <stddef.h>
#include <stdint.h>

// Functions of one number, and of n numbers.  context is whatever else they need; it is passed on.
typedef double function_of_one(void *context, double x);
typedef double function_of_many(void *context, size_t n, const double *x);

// gradient_slope returns the slope of f at x by central differences: (f(x + h) - f(x - h)) / 2h.
//   h  larger than 0
// Two questions to f are enough.
double gradient_slope(function_of_one *f, void *context, double x, double h);

// gradient_width returns a good h for x: the cube root of DBL_EPSILON, times the size of x, which
// is |x|, or 1 where |x| is less than 1.
double gradient_width(double x);

// gradient_differences writes the gradient of f at x: g[i] is the slope of f when x[i] alone is
// moved, by central differences with h = gradient_width(x[i]).
//   x  (n)  moved while f is asked; the same bits as before at the end
//   g  (n)  what it holds before does not matter
// 2n questions to f are enough.
void gradient_differences(function_of_many *f, void *context, size_t n, double *x, double *g);

// struct chain_link: a function of one number, and the function that gives its slope.
struct chain_link {
    double (*value)(double x);
    double (*slope)(double x);
};

// gradient_chain returns the value of a chain at x: links[0] gets x, each other link gets what came
// out of the one before it, and the last one's is returned; x itself if n is 0.  *slope becomes
// the slope of the whole chain at x, by the chain rule: the product of the links' slopes, each
// taken at what that link gets; 1 if n is 0.  What *slope holds before does not matter.
double gradient_chain(size_t n, const struct chain_link *links, double x, double *slope);

// gradient_surprise returns the surprise of one guess, in nats: -log P(target), where P(v) =
// exp(x[v]) / (exp(x[0]) + … + exp(x[V-1])).  It adds `scale` times the gradient of that to dx:
//   dx[v] += scale * (P(v) - 1)  where v is the target
//   dx[v] += scale * P(v)        for every other v
//   x        (V)  scores, any finite numbers
//   dx       (V)
//   context  not looked at
double gradient_surprise(void *context, int V, const float *x, int32_t target, float scale,
                         float *dx);

// struct row_loss: how bad the scores of one row are, and what to do about it, as gradient_surprise
// does: `row` returns the loss and adds scale times its gradient to dx.
struct row_loss {
    double (*row)(void *context, int V, const float *x, int32_t target, float scale, float *dx);
    void *context;  // passed on
};

// struct pairs: n places of a text, an id and the one that came after it.
struct pairs {
    size_t n;                       // at least 1
    const int32_t *before, *after;  // (n)
};

// gradient_step takes one step of gradient descent on a bigram's scores, and returns the mean loss
// of the pairs before it.  Row before[i] of the scores is what the model says when after[i] is to
// come.
//   scores  (V, V)  becomes scores - lr * gradient
//   lr      the learning rate
//   g       (V, V)  what it holds before does not matter; it becomes the gradient of the mean
//                   loss of the pairs by each score, as the scores were before the step
// One question to the loss for each pair is enough.
double gradient_step(const struct row_loss *loss, int V, float *scores, const struct pairs *p,
                     float lr, float *g);

#endif
