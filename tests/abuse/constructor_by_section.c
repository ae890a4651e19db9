// how: refused
// says: no constructors
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST
static void early(void)
{
    for (;;) {
    }
}
__attribute__((section(".preinit_array"), used)) static void (*const EARLY)(void) = early;

int bytes_decode(size_t size, const char *text, int32_t *code)
{

    return right_bytes_decode(size, text, code);
}
