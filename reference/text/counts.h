// counts: a record for every row of ids that was met.
//
// A row is some ids side by side, as they stand in a text.  Rows have numbers, given as they are
// first met.  The empty row is COUNTS_EMPTY; a longer one is reached from the row without its last
// id, one id at a time.  The table makes the records; what they count is up to the caller.
#ifndef GPT_COUNTS_H
#define GPT_COUNTS_H

#include <stddef.h>
#include <stdint.h>

struct counts;

enum { COUNTS_EMPTY = 0, COUNTS_NONE = -1 };  // the empty row; no row at all

// struct count: the record of one row.  A new row's is all zero but for its length.
struct count {
    int32_t times;   // how often the row stands in the text; the empty row's is not used
    int32_t after;   // how often an id comes after it
    int32_t kinds;   // how many different ids do
    int32_t length;  // ids in the row; counts_add sets it
};

// counts_new returns a table in which there is only the empty row.
struct counts *counts_new(void);
void counts_free(struct counts *c);  // c may be NULL

// counts_add returns the number of the row that is `row` and id after it; a new one if it is new.
// It changes none of times, after, kinds, in no record.
//   row  COUNTS_EMPTY, or what counts_add or counts_find returned; COUNTS_NONE is refused (CHECK)
//   id   not negative
// Cost: one look into a hash table.  More than 2^30 rows: die().
int32_t counts_add(struct counts *c, int32_t row, int32_t id);

// counts_find returns the same number, or COUNTS_NONE if that row was never added.
//   row  as for counts_add; after COUNTS_NONE comes nothing, so that gives COUNTS_NONE
// Cost: one look into a hash table.
int32_t counts_find(const struct counts *c, int32_t row, int32_t id);

// counts_at returns the record of a row.  It stays where it is until counts_free.
//   row  as for counts_add; COUNTS_NONE has no record and is refused (CHECK)
struct count *counts_at(const struct counts *c, int32_t row);

// counts_rows returns how many different rows of `length` ids there are; 1 for length 0.
// Cost: a look at every record.
size_t counts_rows(const struct counts *c, size_t length);

#endif
