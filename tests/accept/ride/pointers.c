// Pointers instead of indices, the highest score kept beside its place.
#include "ride.h"

#include <math.h>
#include <stddef.h>

int32_t ride_argmax(int V, const float *score)
{
    const float *place = score, *end = score + V;
    float highest = -INFINITY;
    for (const float *p = score; p != end; p++) {
        if (*p > highest) {
            highest = *p;
            place = p;
        }
    }
    return (int32_t)(place - score);
}

int ride_loop(int V, ride_model *model, void *self, int n, int room, int32_t *ids)
{
    int32_t *to = ids + n;
    const float *score;
    for (; to < ids + room && (score = model(self, (int)(to - ids), ids)) != NULL; to++)
        *to = ride_argmax(V, score);
    return (int)(to - ids);
}
