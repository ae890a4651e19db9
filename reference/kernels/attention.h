// attention: every position looks at itself and at the ones before it.
#ifndef GPT_ATTENTION_H
#define GPT_ATTENTION_H

// attention_forward: out[b,t,h] = sum_{s<=t} p[b,h,t,s] v[b,s,g], with
// p[b,h,t,:] = softmax over s <= t of q[b,t,h] . k[b,s,g] / sqrt(D), and g = h * G / H.
//   qkv  (B, T, (H + 2G) D)  in each row H queries, then G keys, then G values, D floats each
//   p    (B, H, T, T)        kept for the backward; 0 where s > t
//   out  (B, T, H D)
// p overlaps nothing else.  H is a multiple of G.  G = H is multi-head attention, G = 1
// multi-query, between them grouped queries.  Cost: 2 B H T^2 D flops. Source: Vaswani et al. 2017,
// eq. 1; Ainslie et al. 2023 (grouped queries).
void attention_forward(int B, int T, int H, int G, int D, const float *qkv, float *p, float *out);

// attention_backward adds to dqkv the gradients of queries, keys and values.
//   dp  (B, H, T, T)  scratch
void attention_backward(int B, int T, int H, int G, int D, const float *qkv, const float *p,
                        const float *dout, float *dp, float *dqkv);

#endif
