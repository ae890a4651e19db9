// report: what a graded test leaves for the grader.
//
// The test's process has this struct mapped from a file, so what is written is there however the
// process ends.  Live news go through a FIFO, one line each, in one write:
//     NONCE function LINE POINTS NAME           the plan, sent before the first test
//     NONCE test INDEX LINE SECONDS FUNCTION NAME
//     NONCE begin INDEX PID                     a test's process, before any learner's code
//     NONCE end INDEX                           the same, after its last line or from what ended it
//     NONCE gone INDEX                          the program: that process is no more
//     NONCE over                                all tests have ended
// The grader gives directory, nonce and the rest in the environment; a test's process takes them
// out of it before it runs anything of the learner's.
#ifndef GPT_REPORT_H
#define GPT_REPORT_H

#include <stdint.h>

#define REPORT_DIRECTORY "LESSON_DIRECTORY"  // holds `events`, INDEX.report, INDEX.output
#define REPORT_NONCE "LESSON_NONCE"          // 32 hexadecimal digits
#define REPORT_FILL "LESSON_FILL"            // fresh memory's bytes, decimal
#define REPORT_PATIENCE "LESSON_PATIENCE"    // limits of time are multiplied by it
#define REPORT_FUNCTION "LESSON_FUNCTION"    // only this one's tests; empty: all
#define REPORT_ENOUGH "LESSON_ENOUGH"        // 1: no function behind one with a wrong answer
#define REPORT_TEST "LESSON_TEST"            // only the test of this name; empty: all

enum {
    REPORT_NONCE_SIZE = 33,
    REPORT_PLACES = 64,
    REPORT_NUMBERS = 1 << 15,
    REPORT_OUTPUT_MAX = 1 << 20,  // bytes a test may print
};

enum ending {
    ENDING_NONE,       // it began and never said how it ended
    ENDING_DONE,       // its last line was reached
    ENDING_UNWRITTEN,  // TODO()
    ENDING_SIGNAL,     // a crash
    ENDING_TIME,       // the processor time was used up, or it waited for ever
    ENDING_MEMORY,     // more memory than the budget was asked for
    ENDING_OUTPUT,     // more was printed than a test may
    ENDING_EXIT,       // the program was ended in the middle of the test
    ENDING_SANITIZER,  // a sanitizer stopped it
    ENDING_SKIPPED,    // not begun: another test of the function ran out of time, memory or paper
    ENDINGS,
};

// enum fault: what a memory access that crashed wanted.
enum fault {
    FAULT_UNKNOWN,
    FAULT_NULL,      // it used a null pointer, or an address so small that it was made from one
    FAULT_READONLY,  // it wrote where may only be read
};

// struct report_number: a number that a test got, and how near another is the same.
struct report_number {
    double got, tolerance;
};

struct report {
    char nonce[REPORT_NONCE_SIZE];
    int32_t index, pid;
    int32_t ending, signal;
    int32_t fault;   // enum fault, of a crash
    int32_t chance;  // threads were shaken: a wrong program answers otherwise the next time
    // ENDING_MEMORY: how much was asked, how much was held then, and how much may be held.
    uint64_t asked, held, budget;
    char not_run[160];  // what could not be looked at here, and why
    // Where: a place in the source, if it is known …
    char file[256], function[64];
    int32_t line;
    // … and the way there, innermost first, as addresses in the program's file.  place[0] is the
    // instruction itself (0 if it is not known), the others are where calls return to.
    int32_t places;
    uint64_t place[REPORT_PLACES];
    // What was compared.  The hash is over everything but numbers, which are listed, because two
    // programs that make the same mistake may round differently.
    uint64_t checks, failures, hash, numbers;
    char input[1024];    // what given() last said
    char failure[4096];  // the first that was not met, as the learner reads it
    struct report_number number[REPORT_NUMBERS];
};

#endif
