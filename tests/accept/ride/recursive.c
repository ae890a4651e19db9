// Both by recursion: the best of the first half against the best of the second; one id, then the
// rest of the ride.
#include "ride.h"

int32_t ride_argmax(int V, const float *score)
{
    if (V == 1) return 0;
    int half = V / 2;
    int32_t left = ride_argmax(half, score), right = half + ride_argmax(V - half, score + half);
    return score[right] > score[left] ? right : left;
}

int ride_loop(int V, ride_model *model, void *self, int n, int room, int32_t *ids)
{
    if (n == room) return n;
    const float *score = model(self, n, ids);
    if (!score) return n;
    ids[n] = ride_argmax(V, score);
    return ride_loop(V, model, self, n + 1, room, ids);
}
