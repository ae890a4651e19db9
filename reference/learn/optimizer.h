// optimizer: a step of training over a model's tensors, by the name of the rule.
//
// Which rule for which tensor:
//   matrices decay; gains, shifts and biases do not: pulled to zero they would switch channels off
//   muon takes hidden matrices (param.h) and leaves all else, tables of embeddings, the head and
//   vectors, to AdamW, as its authors do
#ifndef GPT_OPTIMIZER_H
#define GPT_OPTIMIZER_H

#include "error.h"
#include "optim.h"
#include "param.h"

enum optimizer {
    OPTIMIZER_SGD,       // sgd
    OPTIMIZER_MOMENTUM,  // momentum
    OPTIMIZER_NESTEROV,  // nesterov: momentum that looks a step ahead
    OPTIMIZER_ADAMW,     // adamw
    OPTIMIZER_MUON,      // muon
};

#define OPTIMIZER_NAMES "sgd, momentum, nesterov, adamw or muon"

// optimizer_find finds an optimizer by its name.
//   ERR_VALUE  there is none of that name; says which there are
enum err optimizer_find(const char *name, enum optimizer *which, struct error *e);

// optimizer_step updates one tensor of a model.
//   o        decay is that of the matrices; nesterov is not looked at, the rule says it
//   p        data is what changes; grad is not looked at
//   g        (size)  the gradient
//   m, v     (size)  the optimizer's memory: zeros before the first step
void optimizer_step(enum optimizer which, const struct optim *o, const struct param *p,
                    const float *g, float *m, float *v);

#endif
