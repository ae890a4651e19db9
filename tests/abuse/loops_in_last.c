// how: timeout
// says: timeout: it does not come to an end within
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST

enum err chars_encode(const struct chars *c, size_t size, const char *text, int32_t **ids,
                      size_t *count, struct error *e)
{
    volatile size_t at = 0;
    while (at < size) at += 0;
    return right_chars_encode(c, size, text, ids, count, e);
}
