#include "interrupt.h"

#include <signal.h>
#include <stddef.h>

static const int SIGNALS[] = {SIGINT, SIGTERM};
enum { COUNT = sizeof SIGNALS / sizeof *SIGNALS };

// Blocking and sigpending rather than a handler: a handler would need a variable of the whole
// program to leave its mark in.
static sigset_t heeded(void)
{
    sigset_t set;
    sigemptyset(&set);
    for (int i = 0; i < COUNT; i++) {
        // A blocked signal waits even where it is ignored, so those must be left alone.
        struct sigaction now;
        if (sigaction(SIGNALS[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
            sigaddset(&set, SIGNALS[i]);
    }
    return set;
}

void interrupt_hold(void)
{
    sigset_t set = heeded();
    sigprocmask(SIG_BLOCK, &set, NULL);
}

int interrupt_waits(void)
{
    sigset_t waiting;
    int found = 0;
    sigpending(&waiting);
    for (int i = 0; i < COUNT; i++) found |= sigismember(&waiting, SIGNALS[i]) == 1;
    return found;
}

void interrupt_release(void)
{
    sigset_t set = heeded();
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}
