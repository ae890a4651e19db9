// how: uninitialised
// says: uninitialised: it reads memory that was never written
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST

// Right only where the memory it forgot to set happens to hold what the first run fills it with.
int bytes_decode(size_t size, const char *text, int32_t *code)
{
    int seen;
    volatile int *look = &seen;
    if (*look == 0) return 0;
    return right_bytes_decode(size, text, code);
}
