// columns: sums down the columns of a matrix, which is what the gradient of anything that was
// broadcast over rows (a bias, a gain) comes to.
#ifndef GPT_COLUMNS_H
#define GPT_COLUMNS_H

// columns_sum: s[c] += sum_n x[n,c], each sum taken from n = 0 up and added once.
//   x  (N, C)   s  (C)
void columns_sum(int N, int C, const float *x, float *s);

// columns_dot: s[c] += sum_n a[n,c] * (x[n,c] - mean[n]) * rstd[n].
//   a, x  (N, C)   mean, rstd  (N)   s  (C)
// mean may be NULL: zeros.
void columns_dot(int N, int C, const float *a, const float *x, const float *mean, const float *rstd,
                 float *s);

#endif
