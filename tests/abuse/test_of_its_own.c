// how: refused
// says: section cr_tst
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST
__attribute__((section("cr_tst"), used)) static const void *const TEST = "";

int bytes_decode(size_t size, const char *text, int32_t *code)
{

    return right_bytes_decode(size, text, code);
}
