// roofline: what is measured of the machine is a possible number.  How fast it is no test can know.
#include "roofline.h"

#include <criterion/criterion.h>
#include <math.h>

#include "threads.h"

static int possible(double x, double least, double most)
{
    return isfinite(x) && x >= least && x <= most;
}

Test(roofline, rates_are_possible_numbers)
{
    for (int threads = 1; threads <= 3; threads++) {
        threads_use(threads);
        double flops = roofline_flops(), read = roofline_read(1 << 20), region = roofline_region();
        cr_assert(possible(flops, 1e6, 1e15), "%d threads: %g FLOP/s", threads, flops);
        cr_assert(possible(read, 1e6, 1e14), "%d threads: %g bytes/s", threads, read);
        cr_assert(possible(region, 0, 1), "%d threads: a region takes %g s", threads, region);
    }
}

Test(roofline, an_odd_size_is_read_too)
{
    threads_use(2);
    cr_assert(possible(roofline_read(12345), 1e5, 1e14));
    cr_assert(possible(roofline_read((1 << 20) + 4), 1e5, 1e14));
}

Test(roofline, the_far_working_set_is_large_and_fits)
{
    size_t far = roofline_far();
    cr_assert(far <= (size_t)1 << 30, "%zu bytes", far);
    cr_assert(far >= (size_t)32 << 20, "%zu bytes", far);
    cr_assert(far > ROOFLINE_NEAR);
}
