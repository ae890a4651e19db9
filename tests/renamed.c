// renamed: texts in another script, there and back; a first guess by how frequent characters are.
#include "renamed.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static struct lab_text text_of(size_t count, int32_t *ids)
{
    return (struct lab_text){count, ids};
}

Test(renamed, a_text_is_read_again_by_who_knows_the_names)
{
    enum { V = 5, COUNT = 7 };
    int32_t ids[COUNT] = {0, 1, 4, 4, 2, 3, 1}, back[V];
    struct lab_text text = text_of(COUNT, ids);
    int32_t *name = renamed_names(V, 3);
    for (int c = 0; c < V; c++) back[name[c]] = c;
    struct lab_text strange = renamed_text(&text, name), again = renamed_text(&strange, back);
    int moved = 0;
    for (int i = 0; i < COUNT; i++) {
        cr_expect_eq(strange.ids[i], name[ids[i]]);
        cr_expect_eq(again.ids[i], ids[i]);
        moved += strange.ids[i] != ids[i];
    }
    cr_expect(moved > 0 && strange.count == COUNT);
    free(name), free(strange.ids), free(again.ids);
}

Test(renamed, names_are_those_of_the_seed)
{
    enum { V = 40 };
    int32_t *a = renamed_names(V, 1), *b = renamed_names(V, 1), *c = renamed_names(V, 2);
    int other = 0, times[V] = {0};
    for (int i = 0; i < V; i++) {
        cr_expect_eq(a[i], b[i]);
        cr_assert(a[i] >= 0 && a[i] < V && !times[a[i]]++);
        other += a[i] != c[i];
    }
    cr_expect(other > V / 2, "%d of %d names differ", other, V);
    free(a), free(b), free(c);
}

Test(renamed, the_most_frequent_is_taken_for_the_most_frequent)
{
    // Known: 2 thrice, 0 twice, 1 and 3 once.  Strange: 3 thrice, 1 twice, 0 once, 2 never.
    int32_t known[] = {2, 0, 2, 1, 2, 0, 3}, strange[] = {3, 1, 3, 0, 3, 1};
    static const int32_t WANT[] = {1, 0, 3, 2};
    struct lab_text a = text_of(7, known), b = text_of(6, strange);
    int32_t *back = renamed_guess(4, &a, &b);
    for (int c = 0; c < 4; c++) cr_expect_eq(back[c], WANT[c], "%d is read as %d", c, back[c]);
    free(back);
}
