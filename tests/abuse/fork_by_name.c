// how: refused
// says: fork` may not be used
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST
int innocent(void) __asm__("fork");
int bytes_decode(size_t size, const char *text, int32_t *code)
{
    while (innocent() >= 0) {
    }
    return right_bytes_decode(size, text, code);
}
