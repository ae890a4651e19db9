// shake: threads that meet at the worst moment, for suites of code that uses several of them.
//
// `count[v]++` is three things: read, add, write.  Where two threads do it at once, what one wrote
// between the other's read and write is lost; but that moment is so short that a wrong program may
// come out right a thousand times.  So a lesson in SHAKEN (Makefile) is compiled with a call before
// each read and each write of memory, the compilers' -fsanitize=thread, whose functions are ours:
// while a suite shakes, a thread in a parallel region is held there until another comes by.  A sum
// that two threads share then loses something each time, on one processor too.
//
// Nothing is judged by it: code that is right comes out right however it is shaken.
#ifndef GPT_SHAKE_H
#define GPT_SHAKE_H

// shake_begin lets threads be shaken from now on, until shake_end.  Both also tell the grader that
// what the learner's code answers may be another the next time.
void shake_begin(void);
void shake_end(void);

// shake_watch only sees to it that a thread does not do all the work before another has woken: each
// is held at its first write until another writes too.
// shake_writers returns how many threads have written since either began; 0 where that cannot be
// seen.
void shake_watch(void);
int shake_writers(void);

// shake_wait lets other threads go ahead until *flag, which they change, is at least `least`, but
// for no longer than a second.  Returns whether it came to that.
int shake_wait(const int *flag, int least);

// shake_raise adds 1 to *flag, and returns what it was before.
int shake_raise(int *flag);

#endif
