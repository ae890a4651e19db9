// From the last score to the first, where an equal one wins; and a loop over what is to be added,
// which leaves by goto.
#include "ride.h"

int32_t ride_argmax(int V, const float *score)
{
    int32_t best = V - 1;
    for (int32_t v = V - 1; v-- > 0;) {
        if (!(score[v] < score[best])) best = v;
    }
    return best;
}

int ride_loop(int V, ride_model *model, void *self, int n, int room, int32_t *ids)
{
    int added, more = room - n;
    for (added = 0; added < more; added++) {
        const float *score = model(self, n + added, ids);
        if (score == 0) goto end;
        ids[n + added] = ride_argmax(V, score);
    }
end:
    return n + added;
}
