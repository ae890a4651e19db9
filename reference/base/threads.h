// threads: what we ask OpenMP and tell it.  Where OpenMP is missing there is one thread,
// and everything runs on it with the same results.
#ifndef GPT_THREADS_H
#define GPT_THREADS_H

// threads_max returns how many threads a parallel region will have.
int threads_max(void);

// threads_use sets how many threads parallel regions have from now on; n >= 1.
void threads_use(int n);

#endif
