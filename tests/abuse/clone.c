// how: refused
// says: clone` may not be used
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST
int clone(int (*f)(void *), void *stack, int flags, void *context, ...);
static int idle(void *context)
{
    return context == NULL;
}

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    static char stack[4096];
    clone(idle, stack + sizeof stack, 0x100, NULL);
    return right_bytes_decode(size, text, code);
}
