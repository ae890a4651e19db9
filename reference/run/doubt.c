#include "doubt.h"

#include "mathf.h"

void doubt_weigh(struct doubt *d, int N, const int32_t *target, const float *losses, float *share)
{
    const double unit = 4294967296.0;  // 2^32
    float drawn = d->epsilon / (float)d->V;
    uint64_t targets = 0, skipped = 0, sum = 0;
    for (int n = 0; n < N; n++) {
        float p = mathf_exp(-losses[n]), real = (1 - d->epsilon) * p, q = 1;
        share[n] = 0;
        if (target[n] < 0) continue;
        targets++;
        if (d->trust) q = real / (real + drawn);
        sum += (uint64_t)((1 - (double)q) * unit);
        int known = d->intend > 0 && p >= d->intend;
        skipped += (uint64_t)known;
        if (!known) share[n] = q;
    }
#pragma omp atomic
    d->step_targets += targets;
#pragma omp atomic
    d->step_drawn += sum;
#pragma omp atomic
    d->targets += targets;
#pragma omp atomic
    d->skipped += skipped;
}

void doubt_step(struct doubt *d)
{
    const double unit = 4294967296.0;
    if (d->trust && d->step_targets) {
        double mean = (double)d->step_drawn / unit / (double)d->step_targets;
        d->epsilon += DOUBT_RATE * ((float)mean - d->epsilon);
    }
    d->step_targets = d->step_drawn = 0;
}

size_t doubt_lots(size_t n, const int32_t *ids, int V, float noise, struct random *r,
                  int32_t *answers)
{
    size_t lots = 0;
    for (size_t i = 0; i < n; i++) {
        int lot = random_float(r) < noise;
        answers[i] = lot ? (int32_t)random_below(r, (uint32_t)V) : ids[i];
        lots += (size_t)lot;
    }
    return lots;
}
