#include "optimizer.h"

#include <string.h>

static const char *const NAMES[] = {"sgd", "momentum", "nesterov", "adamw", "muon"};

enum err optimizer_find(const char *name, enum optimizer *which, struct error *e)
{
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        if (strcmp(name, NAMES[i]) != 0) continue;
        *which = (enum optimizer)i;
        return ERR_NONE;
    }
    return error_set(e, ERR_VALUE, "--optimizer %s: expected " OPTIMIZER_NAMES, name);
}

void optimizer_step(enum optimizer which, const struct optim *settings, const struct param *p,
                    const float *g, float *m, float *v)
{
    struct optim o = *settings;
    if (p->rank != 2) o.decay = 0;
    o.nesterov = which == OPTIMIZER_NESTEROV || which == OPTIMIZER_MUON;
    if (which == OPTIMIZER_MUON && !p->hidden) which = OPTIMIZER_ADAMW;
    switch (which) {
    case OPTIMIZER_SGD:
        sgd_step(&o, p->size, p->data, g);
        break;
    case OPTIMIZER_MOMENTUM:
    case OPTIMIZER_NESTEROV:
        momentum_step(&o, p->size, p->data, g, m);
        break;
    case OPTIMIZER_ADAMW:
        adamw_step(&o, p->size, p->data, g, m, v);
        break;
    case OPTIMIZER_MUON:
        muon_step(&o, p->shape[0], p->shape[1], p->data, g, m);
        break;
    }
}
