// The other side of learner.h.
#include "learner.h"

#undef malloc
#undef calloc
#undef realloc

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "guard.h"

#ifdef __APPLE__
#include <malloc/malloc.h>
#define room malloc_size
#else
#include <malloc.h>
#define room malloc_usable_size
#endif
#if GUARD_SANITIZED
size_t __sanitizer_get_current_allocated_bytes(void);  // gcc has the function but no header of it
#endif

// Asking the allocator how much is in use takes too long to do it every time.
enum { ASK_EVERY = 4 << 20, OVERHEAD = 16 };

// A test is a process, so these are one test's.
static size_t budget = 256000000;
static size_t at_begin;  // in use when the test began
static size_t held;      // bytes in use when it was last asked
static size_t since;     // bytes asked for since then

void lesson_budget(size_t bytes)
{
    budget = bytes;
}

static size_t in_use(void)
{
#if GUARD_SANITIZED
    return __sanitizer_get_current_allocated_bytes();
#elif defined(__APPLE__)
    malloc_statistics_t all;
    malloc_zone_statistics(NULL, &all);
    return all.size_in_use;
#elif defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
    struct mallinfo2 all = mallinfo2();
    return all.uordblks + all.hblkhd;
#else
    return held + since;  // nothing to ask: what was freed counts as well
#endif
}

size_t guard_held(void)
{
    size_t now = in_use();
    return now > at_begin ? now - at_begin : 0;
}

void guard_memory(void)
{
    at_begin = in_use();
    held = since = 0;
}

static void over_budget(size_t size, const char *file, int line)
{
    char text[400];
    snprintf(text, sizeof text, "%s:%d: %zu bytes asked, %zu held: the budget is %zu", file, line,
             size, held + since, budget);
    struct report *r = guard_report();
    if (r) r->asked = size, r->held = held + since, r->budget = budget;
    guard_place(file, line, "");
    guard_finish(ENDING_MEMORY, text);
}

// count takes `size` bytes out of the budget.
static void count(size_t size, const char *file, int line)
{
    if (since > ASK_EVERY) {
        held = guard_held();
        since = 0;
    }
    if (size > budget || held + since + size > budget) {
        held = guard_held();
        since = 0;
        if (size > budget || held + size > budget) over_budget(size, file, line);
    }
    since += size + OVERHEAD;
}

void *learner_malloc(size_t size, const char *file, int line)
{
    count(size, file, line);
    void *memory = malloc(size);
    return memory ? memset(memory, guard_fill(), size) : NULL;
}

void *learner_calloc(size_t n, size_t size, const char *file, int line)
{
    if (size && n > SIZE_MAX / size) return NULL;
    count(n * size, file, line);
    return calloc(n, size);
}

void *learner_realloc(void *memory, size_t size, const char *file, int line)
{
    count(size, file, line);
    size_t before = memory ? room(memory) : 0;
    char *grown = realloc(memory, size);
    if (grown && size > before) memset(grown + before, guard_fill(), size - before);
    return grown;
}
