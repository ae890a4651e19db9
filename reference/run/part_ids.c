#include "part_ids.h"

enum err part_ids_read(const struct tokenizer *t, const struct part *p, struct part_ids *out,
                       struct error *e)
{
    out->bytes = p->size;
    enum err code = tokenizer_encode(t, p->size, p->bytes, &out->ids, &out->count, e);
    if (!code && out->count > INT32_MAX)
        code = error_set(e, ERR_VALUE, "%zu tokens: expected at most %d", out->count, INT32_MAX);
    return dataset_in(e, code, p);
}
