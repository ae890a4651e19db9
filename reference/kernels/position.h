// position: where a token stands, told to a model in one of three ways: a learned table or a table
// of waves is added to the embeddings; a rotation turns queries and keys.
//
// Places t count from 0.  Row t of every table here belongs to place t, so who begins at place
// `first` passes the tables from that row on: table + first * C, cosine + first * (D / 2).
//
// Sines and cosines are wanted within 1e-6 of the true ones at every t.  A float is too coarse for
// t f_i itself: of an angle of 10000 it keeps three digits behind the point.  So the product and
// the taking off of whole turns are done in double (turn_of in position.c).
#ifndef GPT_POSITION_H
#define GPT_POSITION_H

// position_waves fills a table with sines and cosines, from fast to slow:
//   table[t,2i] = sin(t f_i)   table[t,2i+1] = cos(t f_i)   with f_i = 10000^(-2i/C)
//   table  (T, C)  an odd C ends with a sine
// Source: Vaswani et al. 2017, section 3.5.
void position_waves(int T, int C, float *table);

// position_forward: y[b,t,c] = x[b,t,c] + table[t,c].
//   x, y   (B, T, C)  must not overlap
//   table  (T, C)
void position_forward(int B, int T, int C, const float *x, const float *table, float *y);

// position_backward: dtable[t,c] += sum_b dy[b,t,c], the sum taken from b = 0 up and added once.
// The gradient of x is dy itself, and whoever calls this adds it.
//   dy (B, T, C)   dtable (T, C)
void position_backward(int B, int T, int C, const float *dy, float *dtable);

// rotary_angles writes the cosine and the sine of t f_i, with f_i = base^(-2i/D).
//   cosine, sine  (T, D / 2)  D is even
// Source: Su et al. 2021, "RoFormer", eq. 15, where base is 10000.
void rotary_angles(int T, int D, float base, float *cosine, float *sine);

// rotary_forward turns each pair of neighbours (x[2i], x[2i+1]) of each head by its place's angle:
//   y[2i] = x[2i] cosine[t,i] - x[2i+1] sine[t,i]
//   y[2i+1] = x[2i] sine[t,i] + x[2i+1] cosine[t,i]
// and copies what stands in a row behind the heads.
//   x, y          (B, T, W)  must not overlap; a row begins with `heads` vectors of D, one behind
//                            the other; D even, W >= heads * D
//   cosine, sine  (T, D / 2)  the same for every head
// Source: Su et al. 2021, eq. 34.
void rotary_forward(int B, int T, int W, int heads, int D, const float *cosine, const float *sine,
                    const float *x, float *y);

// rotary_backward adds to dx (B, T, W) the gradient of x: dy turned back by the same angles, and
// what stands behind the heads as it is.
void rotary_backward(int B, int T, int W, int heads, int D, const float *cosine, const float *sine,
                     const float *dy, float *dx);

#endif
