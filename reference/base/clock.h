// clock: how long something takes.
#ifndef GPT_CLOCK_H
#define GPT_CLOCK_H

// clock_seconds returns a clock that only moves forward.
double clock_seconds(void);

// clock_processor returns the seconds of processor time that this process has had, all its threads
// together.
double clock_processor(void);

#endif
