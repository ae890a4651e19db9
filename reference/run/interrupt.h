// interrupt: Ctrl-C between two steps instead of in the middle of one.
//
// A signal that is held waits.  The training loop asks after every step whether one is waiting,
// and if so makes everything safe before it lets it act.
#ifndef GPT_INTERRUPT_H
#define GPT_INTERRUPT_H

// interrupt_hold makes SIGINT (Ctrl-C) and SIGTERM wait, in this thread and those it starts from
// now on.  A signal that this program was started to ignore (nohup) stays ignored.
void interrupt_hold(void);

// interrupt_waits returns 1 if one of them has come.
int interrupt_waits(void);

// interrupt_release lets them act again: if one was waiting, it ends the program here.
void interrupt_release(void);

#endif
