#include "gelu.h"

#include "mathf.h"

static const float ROOT = 0.797884561f;  // sqrt(2 / pi)
static const float CUBIC = 0.044715f;

static inline float inner_tanh(float x)
{
    return mathf_tanh(ROOT * fmaf(CUBIC * x * x, x, x));
}

void gelu_forward(size_t n, const float *x, float *y)
{
#pragma omp parallel for
    for (size_t i = 0; i < n; i++) y[i] = 0.5f * x[i] * (1 + inner_tanh(x[i]));
}

void gelu_backward(size_t n, const float *x, const float *dy, float *dx)
{
#pragma omp parallel for
    for (size_t i = 0; i < n; i++) {
        float t = inner_tanh(x[i]);
        float slope = ROOT * fmaf(3 * CUBIC * x[i], x[i], 1);  // of the tanh's argument
        float d = 0.5f * (1 + t) + 0.5f * x[i] * (1 - t * t) * slope;
        dx[i] = fmaf(dy[i], d, dx[i]);
    }
}
