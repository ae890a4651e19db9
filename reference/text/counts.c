#include "counts.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "error.h"
#include "pairs.h"

enum { BLOCKS = 31 };

// Records are kept in blocks of 1, 2, 4 … of them, so that none moves when there are more: a caller
// may hold on to one while it adds rows.
struct counts {
    struct arena *memory;
    struct pairs *pairs;          // (row, last id), numbered as the longer rows are, from 1 on
    struct count *block[BLOCKS];  // block[b] has the rows 2^b - 1 … 2^(b+1) - 2
};

static int block_of(int32_t row)
{
    return 31 - __builtin_clz((uint32_t)row + 1);
}

// check_row refuses what is no row's number, COUNTS_NONE too.
static void check_row(const struct counts *c, int32_t row)
{
    CHECK(row != COUNTS_NONE, "row=%d", row);
    CHECK(row >= 0 && row <= pairs_count(c->pairs), "row=%d rows=%d", row,
          pairs_count(c->pairs) + 1);
}

struct count *counts_at(const struct counts *c, int32_t row)
{
    check_row(c, row);
    int b = block_of(row);
    return c->block[b] + (row + 1 - (1 << b));
}

// set_up makes the record of a new row.
static void set_up(struct counts *c, int32_t row, int32_t length)
{
    int b = block_of(row);
    if (!c->block[b]) c->block[b] = arena_alloc(c->memory, sizeof(struct count) << b);
    *counts_at(c, row) = (struct count){.length = length};
}

struct counts *counts_new(void)
{
    struct counts *c = malloc(sizeof *c);
    if (!c) die("out of memory: a table of counts");
    struct arena *memory = arena_new();
    *c = (struct counts){.memory = memory, .pairs = pairs_new(memory)};
    set_up(c, COUNTS_EMPTY, 0);
    return c;
}

void counts_free(struct counts *c)
{
    if (!c) return;
    arena_free(c->memory);
    free(c);
}

int32_t counts_add(struct counts *c, int32_t row, int32_t id)
{
    check_row(c, row);
    CHECK(id >= 0, "id=%d", id);
    int32_t before = pairs_count(c->pairs), longer = pairs_add(c->pairs, row, id) + 1;
    if (longer > before) set_up(c, longer, counts_at(c, row)->length + 1);
    return longer;
}

int32_t counts_find(const struct counts *c, int32_t row, int32_t id)
{
    if (row != COUNTS_NONE) check_row(c, row);
    int32_t number = pairs_find(c->pairs, row, id);
    return number < 0 ? COUNTS_NONE : number + 1;
}

size_t counts_rows(const struct counts *c, size_t length)
{
    size_t rows = 0;
    for (int32_t row = 0; row <= pairs_count(c->pairs); row++)
        rows += (size_t)counts_at(c, row)->length == length;
    return rows;
}
