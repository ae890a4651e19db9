#include "reso.h"

#include "todo.h"

#include "error.h"

int reso_match(const struct categories *m, int levels, const int32_t *ids, size_t at, int32_t *path)
{
    CHECK(levels >= 0 && levels <= RESO_LEVELS, "levels=%d", levels);
    TODO();
}

void reso_predict(const struct categories *m, const float *discount, int found, const int32_t *path,
                  float *p)
{
    TODO();
}

int reso_learn(struct categories *m, int levels, const int32_t *ids, size_t at, int32_t c)
{
    CHECK(levels >= 0 && levels <= RESO_LEVELS, "levels=%d", levels);
    TODO();
}
