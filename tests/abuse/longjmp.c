// how: refused
// says: longjmp` may not be used
#include "bytes.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
// THE REST

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    jmp_buf somewhere = {0};
    longjmp(somewhere, 1);
    return right_bytes_decode(size, text, code);
}
