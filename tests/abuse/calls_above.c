// how: refused
// says: gpt_new` is of a floor above
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST

void *gpt_new(void *, void *);

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    if (size > 1000) gpt_new(NULL, NULL);
    return right_bytes_decode(size, text, code);
}
