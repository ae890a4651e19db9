// how: refused
// says: raise` may not be used
#include "bytes.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
// THE REST

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    raise(SIGKILL);
    return right_bytes_decode(size, text, code);
}
