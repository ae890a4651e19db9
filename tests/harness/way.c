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

// struct registers: where it was, and where the function would have returned to if it had only just
// been called.
struct registers {
    uintptr_t at, back;
};

static struct registers interrupted(const ucontext_t *c)
{
    if (!c) return (struct registers){0};
#if defined(__APPLE__) && defined(__aarch64__)
    return (struct registers){c->uc_mcontext->__ss.__pc, c->uc_mcontext->__ss.__lr};
#elif defined(__APPLE__)
    return (struct registers){c->uc_mcontext->__ss.__rip, 0};
#elif defined(__x86_64__)
    const uintptr_t *stack = (const uintptr_t *)c->uc_mcontext.gregs[REG_RSP];
    uintptr_t at = (uintptr_t)c->uc_mcontext.gregs[REG_RIP];
    return (struct registers){at, at ? 0 : *stack};  // a stack that has run out cannot be read
#elif defined(__aarch64__)
    return (struct registers){c->uc_mcontext.pc, c->uc_mcontext.regs[30]};
#else
    return (struct registers){0};
#endif
}

static int in_program(uintptr_t at)
{
    return at >= program_begin && at < program_end;
}

int way_here(const void *context, int most, uint64_t *place)
{
    void *frame[FRAMES];
    struct registers now = interrupted(context);
    // Who called the function at address 0 is not on the way that can be walked from there.
    if (!now.at && now.back) now.at = now.back - 1;
    place[0] = in_program(now.at) ? now.at - program_shift : 0;
    int n = backtrace(frame, FRAMES), places = 1;
    for (int i = 0; i < n && places < most; i++) {
        uintptr_t to = (uintptr_t)frame[i];
        if (in_program(to)) place[places++] = to - program_shift;
    }
    return places;
}

enum fault way_fault(const siginfo_t *info, const void *context)
{
    enum { SMALL = 4096, WRITE = 2 };
    if ((uintptr_t)info->si_addr < SMALL && info->si_code == SEGV_MAPERR) return FAULT_NULL;
    if (info->si_signo != SIGSEGV || info->si_code != SEGV_ACCERR) return FAULT_UNKNOWN;
#if defined(__x86_64__) && !defined(__APPLE__)
    const ucontext_t *c = context;
    return c->uc_mcontext.gregs[REG_ERR] & WRITE ? FAULT_READONLY : FAULT_UNKNOWN;
#else
    (void)context;
    return FAULT_UNKNOWN;
#endif
}
