// gemm_run: what a product has to do.
#include "gemm_run.h"

#include <criterion/criterion.h>

Test(gemm_run, operations)
{
    cr_assert(gemm_run_flops(1, 1, 1) == 2);
    cr_assert(gemm_run_flops(2, 3, 5) == 60);
    cr_assert(gemm_run_flops(1024, 3072, 768) == 4831838208.0, "more than an int holds");
}

Test(gemm_run, bytes)
{
    cr_assert(gemm_run_bytes(1, 1, 1) == 12);
    cr_assert(gemm_run_bytes(2, 3, 5) == 4 * (10 + 15 + 6));
    cr_assert(gemm_run_bytes(16384, 16384, 16384) == 3221225472.0, "more than an int holds");
}
