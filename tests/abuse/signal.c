// how: refused
// says: signal` may not be used
#include "bytes.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
// THE REST

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    signal(SIGSEGV, SIG_IGN);
    return right_bytes_decode(size, text, code);
}
