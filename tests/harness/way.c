// dl_iterate_phdr and the names of registers are GNU's.
#define _GNU_SOURCE
#include "way.h"

#include <execinfo.h>
#include <stddef.h>
#include <ucontext.h>

#ifdef __APPLE__
#include <mach-o/dyld.h>
#else
#include <link.h>
#endif

enum { FRAMES = 96 };

// Where the program lies in memory, and how far from where its file says.
static uintptr_t program_begin, program_end, program_shift;

#ifdef __APPLE__
static void find_program(void)
{
    program_shift = (uintptr_t)_dyld_get_image_vmaddr_slide(0);
    program_begin = (uintptr_t)_dyld_get_image_header(0);
    program_end = program_begin + ((uintptr_t)1 << 30);  // libraries are further away
}
#else
static int find_first(struct dl_phdr_info *info, size_t size, void *context)
{
    (void)size, (void)context;
    program_shift = info->dlpi_addr;
    program_begin = UINTPTR_MAX;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        if (info->dlpi_phdr[i].p_type != PT_LOAD) continue;
        uintptr_t at = program_shift + info->dlpi_phdr[i].p_vaddr;
        uintptr_t end = at + info->dlpi_phdr[i].p_memsz;
        if (at < program_begin) program_begin = at;
        if (end > program_end) program_end = end;
    }
    return 1;  // the program itself comes first
}

static void find_program(void)
{
    dl_iterate_phdr(find_first, NULL);
}
#endif

void way_prepare(void)
{
    find_program();
    // The first call loads a library, which a handler must not do.
    void *frame[1];
    backtrace(frame, 1);
}

static uintptr_t interrupted(const ucontext_t *c)
{
    if (!c) return 0;
#if defined(__APPLE__) && defined(__aarch64__)
    return (uintptr_t)c->uc_mcontext->__ss.__pc;
#elif defined(__APPLE__)
    return (uintptr_t)c->uc_mcontext->__ss.__rip;
#elif defined(__x86_64__)
    return (uintptr_t)c->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
    return (uintptr_t)c->uc_mcontext.pc;
#else
    return 0;
#endif
}

static int in_program(uintptr_t at)
{
    return at >= program_begin && at < program_end;
}

int way_here(const void *context, int most, uint64_t *place)
{
    void *frame[FRAMES];
    uintptr_t at = interrupted(context);
    place[0] = in_program(at) ? at - program_shift : 0;
    int n = backtrace(frame, FRAMES), places = 1;
    for (int i = 0; i < n && places < most; i++) {
        uintptr_t to = (uintptr_t)frame[i];
        if (in_program(to)) place[places++] = to - program_shift;
    }
    return places;
}
