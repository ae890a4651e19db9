// compare: bounds on both sides, on logs written here.
#include "compare.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[] = "/tmp/compare-XXXXXX";

static void begin(void)
{
    cr_assert_not_null(mkdtemp(directory));
    cr_assert_eq(chdir(directory), 0);
    cr_assert(mkdir("a", 0700) == 0 && mkdir("b", 0700) == 0);
}

static void end(void)
{
    unlink("a/loss.tsv"), unlink("b/loss.tsv"), rmdir("a"), rmdir("b");
    cr_assert_eq(rmdir(directory), 0);
}

TestSuite(compare, .init = begin, .fini = end);

// put writes a log of 12 steps, whose step `odd` has another loss, by a share.
static void put(const char *path, int odd, double share, double val)
{
    FILE *f = fopen(path, "w");
    cr_assert_not_null(f);
    fprintf(f, "# floor unknown\n# step\ttrain\tval\t(bits per byte)\n");
    for (int i = 1; i <= 12; i++)
        fprintf(f, "%d\t%.7f\t%s", i, 4 * (i == odd ? 1 + share : 1), i < 12 ? "-\n" : "");
    fprintf(f, "%.5f\n", val);
    fclose(f);
}

static int agree(int odd, double share, double apart)
{
    struct error e;
    char *text;
    size_t size;
    int good = -1;
    put("a/loss.tsv", 0, 0, 2), put("b/loss.tsv", odd, share, 2 + apart);
    FILE *f = open_memstream(&text, &size);
    cr_assert_eq(compare_runs("a", "b", 0.0105, f, &good, &e), ERR_NONE, "%s", e.text);
    fclose(f);
    cr_assert_eq(good, strstr(text, "OUTSIDE") == NULL, "%s", text);
    free(text);
    return good;
}

Test(compare, equal_runs_agree)
{
    cr_assert(agree(0, 0, 0));
}

Test(compare, the_first_loss_to_its_hundred_thousandth)
{
    cr_assert(agree(1, 0.9e-5, 0) && agree(1, -0.9e-5, 0));
    cr_assert(!agree(1, 1.1e-5, 0) && !agree(1, -1.1e-5, 0));
}

Test(compare, the_first_ten_to_their_thousandth)
{
    for (int i = 2; i <= 10; i++) {
        cr_assert(agree(i, 0.9e-3, 0) && agree(i, -0.9e-3, 0), "step %d", i);
        cr_assert(!agree(i, 1.1e-3, 0) && !agree(i, -1.1e-3, 0), "step %d", i);
    }
    cr_assert(agree(11, 0.5, 0), "of the others nothing is wanted");
}

Test(compare, the_end_within_the_spread)
{
    cr_assert(agree(0, 0, 0.01) && agree(0, 0, -0.01));
    cr_assert(!agree(0, 0, 0.011) && !agree(0, 0, -0.011));
}
