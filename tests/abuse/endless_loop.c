// how: timeout
// says: timeout: it does not come to an end within
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    for (volatile int i = 0;; i++) {
    }
    return right_bytes_decode(size, text, code);
}
