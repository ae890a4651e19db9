#include "ride.h"

#include "todo.h"

int32_t ride_argmax(int V, const float *score)
{
    TODO();
}

int ride_loop(int V, ride_model *model, void *self, int n, int room, int32_t *ids)
{
    TODO();
}
