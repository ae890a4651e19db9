#include "generate.h"

#include "todo.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "loss.h"
#include "mathf.h"
#include "vec.h"

void generate_penalize(int V, const float *logits, int n, const int32_t *ids, float penalty,
                       float *out)
{
    TODO();
}

void generate_weigh(int V, const float *logits, float temperature, struct candidate *c)
{
    TODO();
}

int generate_top_k(int n, struct candidate *c, int k)
{
    TODO();
}

int generate_top_p(int n, const struct candidate *c, float p)
{
    TODO();
}

int generate_min_p(int n, const struct candidate *c, float p)
{
    TODO();
}

int32_t generate_draw(int n, const struct candidate *c, float point)
{
    TODO();
}

size_t generate_stop(size_t size, const char *bytes, int stops, const char *const *stop,
                     int *stopped)
{
    *stopped = 0;
    TODO();
}

void generate_attend(int S, int H, int G, int D, const float *q, const float *keys,
                     const float *values, float *p, float *out)
{
    CHECK(S > 0 && G > 0 && H % G == 0 && D > 0, "S=%d H=%d G=%d D=%d", S, H, G, D);
    TODO();
}
