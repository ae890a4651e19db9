// how: uncompiled
// says: implicit declaration of function
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    return rigth_bytes_decode(size, text, code);
}
