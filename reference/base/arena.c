#include "arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "error.h"

enum { ALIGN = 64, CHUNK_MIN = 1 << 20, LARGE_PAGE = 1 << 21 };

// A chunk's header fills one cache line, so the memory behind it is aligned like the chunk.
struct chunk {
    _Alignas(ALIGN) struct chunk *next;
    size_t size, used;  // bytes behind the header
};

struct arena {
    struct chunk *first;  // the newest chunk; allocations come from it
    size_t used, peak;    // bytes over all chunks
};

// use_large_pages asks for pages of 2 MiB in place of 4 KiB where the system has them: the
// processor finds their addresses sooner, and the system hands them out with fewer interruptions.
static void use_large_pages(char *memory, size_t size)
{
#ifdef MADV_HUGEPAGE
    if (size < 2 * LARGE_PAGE) return;
    size_t skip = (LARGE_PAGE - (uintptr_t)memory % LARGE_PAGE) % LARGE_PAGE;
    // An error is no loss: the small pages are there.
    (void)madvise(memory + skip, (size - skip) / LARGE_PAGE * LARGE_PAGE, MADV_HUGEPAGE);
#else
    (void)memory, (void)size;
#endif
}

static struct chunk *chunk_new(size_t size, struct chunk *next)
{
    if (size > SIZE_MAX - 2 * ALIGN) die("out of memory: %zu bytes asked", size);
    size = (size + ALIGN - 1) / ALIGN * ALIGN;
    struct chunk *c = aligned_alloc(ALIGN, sizeof *c + size);
    if (!c) die("out of memory: %zu bytes asked", size);
    use_large_pages((char *)c, sizeof *c + size);
    *c = (struct chunk){.next = next, .size = size};
    return c;
}

static void chunks_free(struct chunk *c)
{
    while (c) {
        struct chunk *next = c->next;
        free(c);
        c = next;
    }
}

struct arena *arena_new(void)
{
    struct arena *a = calloc(1, sizeof *a);
    if (!a) die("out of memory: arena");
    return a;
}

size_t arena_rounded(size_t bytes)
{
    if (bytes > SIZE_MAX - ALIGN) die("out of memory: %zu bytes asked", bytes);
    return (bytes + ALIGN - 1) / ALIGN * ALIGN;
}

void *arena_alloc(struct arena *a, size_t bytes)
{
    bytes = arena_rounded(bytes);
    struct chunk *c = a->first;
    if (!c || c->size - c->used < bytes) {
        // Growing by at least what is held already keeps the number of chunks logarithmic.
        size_t size = a->used > CHUNK_MIN ? a->used : CHUNK_MIN;
        c = a->first = chunk_new(bytes > size ? bytes : size, c);
    }
    void *p = (char *)(c + 1) + c->used;
    c->used += bytes;
    a->used += bytes;
    if (a->used > a->peak) a->peak = a->used;
    return p;
}

float *arena_floats(struct arena *a, size_t n)
{
    if (n > SIZE_MAX / sizeof(float)) die("out of memory: %zu floats asked", n);
    return arena_alloc(a, n * sizeof(float));
}

float *arena_zeros(struct arena *a, size_t n)
{
    float *p = arena_floats(a, n);
    memset(p, 0, n * sizeof *p);
    return p;
}

char *arena_string(struct arena *a, const char *s)
{
    size_t n = strlen(s) + 1;
    return memcpy(arena_alloc(a, n), s, n);
}

void arena_reset(struct arena *a)
{
    // Several chunks become one as large as all of them: the next round, and one that needs a
    // little more, fit in it.
    if (a->first && a->first->next) {
        size_t size = 0;
        for (const struct chunk *c = a->first; c; c = c->next) size += c->size;
        chunks_free(a->first);
        a->first = chunk_new(size, NULL);
    }
    if (a->first) a->first->used = 0;
    a->used = 0;
}

size_t arena_used(const struct arena *a)
{
    return a->used;
}

size_t arena_peak(const struct arena *a)
{
    return a->peak;
}

void arena_free(struct arena *a)
{
    if (!a) return;
    chunks_free(a->first);
    free(a);
}
