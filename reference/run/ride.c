#include "ride.h"

int32_t ride_argmax(int V, const float *score)
{
    // SOLUTION BEGIN
    int32_t best = 0;
    for (int v = 1; v < V; v++) {
        if (score[v] > score[best]) best = v;
    }
    return best;
    // SOLUTION END
}

int ride_loop(int V, ride_model *model, void *self, int n, int room, int32_t *ids)
{
    // SOLUTION BEGIN
    while (n < room) {
        const float *score = model(self, n, ids);
        if (!score) break;
        ids[n++] = ride_argmax(V, score);
    }
    return n;
    // SOLUTION END
}
