// how: crashed
// says: it used a null pointer
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    int (*volatile nothing)(void) = NULL;
    *code = nothing();
    return right_bytes_decode(size, text, code);
}
