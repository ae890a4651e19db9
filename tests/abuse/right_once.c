// how: failed
// says: wrong answer
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    static int calls;
    return calls++ < 3 ? right_bytes_decode(size, text, code) : 0;
}
