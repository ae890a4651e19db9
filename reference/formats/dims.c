#include "dims.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { TEXT = DIMS_MOST * 22 + 3 };

static const char *text(int rank, const int64_t *shape, char out[TEXT])
{
    size_t n = 0;
    out[n++] = '[';
    for (int i = 0; i < rank; i++)
        n += (size_t)snprintf(out + n, TEXT - n, "%s%" PRId64, i ? ", " : "", shape[i]);
    strcpy(out + n, "]");
    return out;
}

enum err dims_want(const char *path, const char *tensor, int rank, const int64_t *shape,
                   int wanted_rank, const int64_t *wanted, struct error *e)
{
    CHECK(rank >= 0 && rank <= DIMS_MOST && wanted_rank >= 0 && wanted_rank <= DIMS_MOST,
          "rank=%d wanted_rank=%d", rank, wanted_rank);
    int same = rank == wanted_rank;
    for (int i = 0; same && i < rank; i++) same = shape[i] == wanted[i];
    if (same) return ERR_NONE;
    char has[TEXT], want[TEXT];
    return error_set(e, ERR_MATCH, "%s: tensor '%.100s' has shape %s, expected %s", path, tensor,
                     text(rank, shape, has), text(wanted_rank, wanted, want));
}
