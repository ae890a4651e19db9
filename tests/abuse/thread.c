// how: refused
// says: pthread_create` may not be used
#include "bytes.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
// THE REST

static void *loop(void *context)
{
    for (;;) {
    }
    return context;
}

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    pthread_t thread;
    pthread_create(&thread, NULL, loop, NULL);
    return right_bytes_decode(size, text, code);
}
