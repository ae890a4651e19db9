// random: one generator for everything, seeded and counter-based.
//
// A counter-based generator is a function of (seed, stream, position): there is no hidden state
// to hand from thread to thread, and a checkpoint saves it as three numbers.
// Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", Philox-4x32-10.
#ifndef GPT_RANDOM_H
#define GPT_RANDOM_H

#include <stdint.h>

// struct random: a place in a sequence.  Copying it copies the place.
struct random {
    uint64_t seed;      // the run's seed
    uint64_t stream;    // which sequence of that seed; see enum random_stream
    uint64_t position;  // 32-bit numbers drawn so far
};

// The streams of a run.  Each purpose has its own, so that drawing more of one moves no other.
enum random_stream {
    RANDOM_INIT,      // first weights
    RANDOM_SHUFFLE,   // order of the training windows
    RANDOM_GENERATE,  // sampling text
    RANDOM_STORIES,   // the data set's stories
    RANDOM_TEST,      // tests
    RANDOM_NOISE,     // answers that are drawn by lot, and which
};

// random_block writes the Philox-4x32-10 output for one counter and key: the primitive, for tests.
void random_block(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

// random_start returns the beginning of a stream.
struct random random_start(uint64_t seed, uint64_t stream);

// random_u32 returns the next 32 uniform bits.
uint32_t random_u32(struct random *r);

// random_below returns a whole number in [0, n), every value equally likely; n >= 1.
// Source: Lemire 2019, "Fast random integer generation in an interval".
uint32_t random_below(struct random *r, uint32_t n);

// random_float returns a number in [0, 1), a multiple of 2^-24.
float random_float(struct random *r);

// random_normal returns a number from the normal distribution, mean 0, variance 1.
// Source: Box & Muller 1958.  Uses mathf, so that the bits are the same everywhere.
float random_normal(struct random *r);

#endif
