#include "linear.h"

#include "columns.h"
#include "fast.h"
#include "gemv.h"

void linear_forward(int N, int C, int O, const float *x, const float *w, const float *b, float *y)
{
    if (N == 1)
        gemv(O, C, w, x, b, y);  // the same bits, sooner
    else
        FAST.gemm(N, O, C, (struct matrix){x, C, 1}, (struct matrix){w, 1, C}, b, y, 0);
}

void linear_dx(int N, int C, int O, const float *w, const float *dy, float *dx, int add)
{
    FAST.gemm(N, C, O, (struct matrix){dy, O, 1}, (struct matrix){w, C, 1}, NULL, dx, add);
}

void linear_backward(int N, int C, int O, const float *x, const float *w, const float *dy,
                     float *dx, float *dw, float *db)
{
    if (dx) linear_dx(N, C, O, w, dy, dx, 1);
    if (dw) FAST.gemm(O, C, N, (struct matrix){dy, 1, O}, (struct matrix){x, C, 1}, NULL, dw, 1);
    if (db) columns_sum(N, O, dy, db);
}
