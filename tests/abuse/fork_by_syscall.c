// how: refused
// says: syscall` may not be used
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
// THE REST

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    while (syscall(SYS_fork) >= 0) {
    }
    return right_bytes_decode(size, text, code);
}
