// The other side of -fsanitize=thread: gcc and clang put a call of one of these functions before
// what a program does with memory.  The names are theirs.
#include "shake.h"

#include <stdint.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "guard.h"

#ifdef _OPENMP
#include <omp.h>
#endif

enum { STILL, WATCHING, SHAKING };

// How long a thread waits for one that may only just be waking: so many turns, in each of which it
// spends half a millisecond of its own processor time and then naps for two.  On a busy machine a
// turn takes as much longer as the other thread needs longer.
enum { ASKED = 200, FIRST = 40 };
// How long, once it has seen another, which is done or waits for this one if it does not come soon.
enum { NAPS = 30, NAP = 20000 };  // nanoseconds
// How often none may come: at all, before it has seen one; each time, later.
enum { FIRSTS = 4, LATERS = 40 };
// One of how many writes and reads is let through.
enum { WRITES = 5, READS = 4 };
static const double ALL = 4;  // seconds of a test in which threads are held

// A test is a process, so these are one test's; threads reach them by atomic operations only.
static int mode;      // STILL, WATCHING or SHAKING
static int begun;     // how often that has begun
static int writers;   // threads that have written since then
static int arrived;   // threads that were about to write, one after the other
static int alone;     // how often a thread waited, and none came, since then
static int unmet;     // how often in all, before it had seen one
static double until;  // when there is an end to it
static _Thread_local unsigned lot;
static _Thread_local int seen;  // the last time at which this thread wrote

// several says whether there are other threads, in the parallel region that this one is in.
static int several(void)
{
#ifdef _OPENMP
    return omp_get_num_threads() > 1;
#else
    return 0;
#endif
}

static int read_of(const int *flag)
{
    return __atomic_load_n(flag, __ATOMIC_ACQUIRE);
}

int shake_raise(int *flag)
{
    return __atomic_fetch_add(flag, 1, __ATOMIC_ACQ_REL);
}

static void nap(long nanoseconds)
{
    const struct timespec moment = {.tv_nsec = nanoseconds};
    nanosleep(&moment, NULL);
}

// own_seconds returns how much processor time this thread has had.
static double own_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// wait_for waits until *flag is at least `least`, for so many turns.  Returns whether it came to
// that.
static int wait_for(const int *flag, int least, int turns)
{
    for (int i = 0; i < turns && read_of(flag) < least; i++) {
        for (double end = own_seconds() + 5e-4; own_seconds() < end && read_of(flag) < least;)
            continue;
        if (read_of(flag) < least) nap(2000000);
    }
    return read_of(flag) >= least;
}

int shake_wait(const int *flag, int least)
{
    return wait_for(flag, least, ASKED);
}

static void start(int how)
{
    struct report *r = guard_report();
    if (r) r->chance = 1;
    __atomic_store_n(&writers, 0, __ATOMIC_RELEASE);
    __atomic_store_n(&alone, 0, __ATOMIC_RELEASE);
    if (until <= 0) until = clock_seconds() + ALL;
    shake_raise(&begun);
    __atomic_store_n(&mode, how, __ATOMIC_RELEASE);
}

void shake_begin(void)
{
    start(SHAKING);
}

void shake_watch(void)
{
    start(WATCHING);
}

void shake_end(void)
{
    __atomic_store_n(&mode, STILL, __ATOMIC_RELEASE);
}

int shake_writers(void)
{
    return read_of(&writers);
}

// wait_for_another waits until another thread comes here, which then waits in its turn.  So a
// thread that has read something is held until another has gone on and changed it.
static void wait_for_another(void)
{
    int next = shake_raise(&arrived) + 2, met = read_of(&writers) > 1;
    if (read_of(met ? &alone : &unmet) >= (met ? LATERS : FIRSTS) || clock_seconds() > until)
        return;
    if (!met && !wait_for(&arrived, next, FIRST)) shake_raise(&unmet);
    for (int i = 0; met && read_of(&arrived) < next; i++) {
        if (i == NAPS) shake_raise(&alone);
        if (i == NAPS) break;
        nap(NAP);
    }
}

// draw returns a number of this thread's own below n.
static unsigned draw(unsigned n)
{
    lot = lot * 1103515245u + 12345u + (unsigned)(uintptr_t)&lot;
    return (lot >> 16) % n;
}

// before_write and before_read come before each write and read of the learner's code.  By lot, not
// all are held: threads that take turns exactly might always miss each other.
static void before_write(void)
{
    int how = read_of(&mode), now_is = read_of(&begun);
    if (how == STILL) return;
    if (seen != now_is) shake_raise(&writers);
    seen = now_is;
    if (!several() || (how == WATCHING && read_of(&writers) > 1)) return;
    if (draw(WRITES)) wait_for_another();
}

static void before_read(void)
{
    if (read_of(&mode) == SHAKING && several() && !draw(READS)) wait_for_another();
}

// --- what the compilers call -----------------------------------------------------------------

#define NOTHING(name) \
    void name(void);  \
    void name(void)   \
    {                 \
    }
#define ENTRY(name)    \
    void name(void *); \
    void name(void *p) \
    {                  \
        (void)p;       \
    }
#define READ(name)     \
    void name(void *); \
    void name(void *p) \
    {                  \
        (void)p;       \
        before_read(); \
    }
#define WRITE(name)     \
    void name(void *);  \
    void name(void *p)  \
    {                   \
        (void)p;        \
        before_write(); \
    }
#define SIZES(DO, name) DO(name##1) DO(name##2) DO(name##4) DO(name##8) DO(name##16)
NOTHING(__tsan_init)
ENTRY(__tsan_func_entry)
NOTHING(__tsan_func_exit)
SIZES(READ, __tsan_read)
SIZES(READ, __tsan_unaligned_read)
SIZES(WRITE, __tsan_write)
SIZES(WRITE, __tsan_unaligned_write)

// Newer compilers have names for these too.
void *__tsan_memcpy(void *to, const void *from, size_t size);
void *__tsan_memcpy(void *to, const void *from, size_t size)
{
    before_write();
    return memcpy(to, from, size);
}

void *__tsan_memmove(void *to, const void *from, size_t size);
void *__tsan_memmove(void *to, const void *from, size_t size)
{
    before_write();
    return memmove(to, from, size);
}

void *__tsan_memset(void *to, int byte, size_t size);
void *__tsan_memset(void *to, int byte, size_t size)
{
    before_write();
    return memset(to, byte, size);
}

// What is atomic stays so, in the strictest order there is, whatever was asked.
#define FETCH(T, bits, what)                                        \
    T __tsan_atomic##bits##_fetch_##what(volatile T *, T, int);     \
    T __tsan_atomic##bits##_fetch_##what(volatile T *p, T x, int o) \
    {                                                               \
        (void)o;                                                    \
        return __atomic_fetch_##what(p, x, __ATOMIC_SEQ_CST);       \
    }
#define COMPARE(T, bits, how)                                                                  \
    int __tsan_atomic##bits##_compare_exchange_##how(volatile T *, T *, T, int, int);          \
    int __tsan_atomic##bits##_compare_exchange_##how(volatile T *p, T *was, T x, int o, int f) \
    {                                                                                          \
        (void)o, (void)f;                                                                      \
        return __atomic_compare_exchange_n(p, was, x, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);  \
    }
#define ATOMIC(T, bits)                                                                   \
    T __tsan_atomic##bits##_load(const volatile T *, int);                                \
    T __tsan_atomic##bits##_load(const volatile T *p, int o)                              \
    {                                                                                     \
        (void)o;                                                                          \
        return __atomic_load_n(p, __ATOMIC_SEQ_CST);                                      \
    }                                                                                     \
    void __tsan_atomic##bits##_store(volatile T *, T, int);                               \
    void __tsan_atomic##bits##_store(volatile T *p, T x, int o)                           \
    {                                                                                     \
        (void)o;                                                                          \
        __atomic_store_n(p, x, __ATOMIC_SEQ_CST);                                         \
    }                                                                                     \
    T __tsan_atomic##bits##_exchange(volatile T *, T, int);                               \
    T __tsan_atomic##bits##_exchange(volatile T *p, T x, int o)                           \
    {                                                                                     \
        (void)o;                                                                          \
        return __atomic_exchange_n(p, x, __ATOMIC_SEQ_CST);                               \
    }                                                                                     \
    T __tsan_atomic##bits##_compare_exchange_val(volatile T *, T, T, int, int);           \
    T __tsan_atomic##bits##_compare_exchange_val(volatile T *p, T was, T x, int o, int f) \
    {                                                                                     \
        (void)o, (void)f;                                                                 \
        __atomic_compare_exchange_n(p, &was, x, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);   \
        return was;                                                                       \
    }                                                                                     \
    COMPARE(T, bits, strong)                                                              \
    COMPARE(T, bits, weak)                                                                \
    FETCH(T, bits, add)                                                                   \
    FETCH(T, bits, sub)                                                                   \
    FETCH(T, bits, and)                                                                   \
    FETCH(T, bits, or)                                                                    \
    FETCH(T, bits, xor)                                                                   \
    FETCH(T, bits, nand)
ATOMIC(uint8_t, 8)
ATOMIC(uint16_t, 16)
ATOMIC(uint32_t, 32)
ATOMIC(uint64_t, 64)

void __tsan_atomic_thread_fence(int order);
void __tsan_atomic_thread_fence(int order)
{
    (void)order;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

void __tsan_atomic_signal_fence(int order);
void __tsan_atomic_signal_fence(int order)
{
    (void)order;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}
