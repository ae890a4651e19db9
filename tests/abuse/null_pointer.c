// how: crashed
// says: it used a null pointer
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    const char *volatile nothing = NULL;
    *code = nothing[0];
    return right_bytes_decode(size, text, code);
}
