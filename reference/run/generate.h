// generate: how a token is chosen from its scores, where a text ends, and attention to tokens that
// were read before.
#ifndef GPT_GENERATE_H
#define GPT_GENERATE_H

#include <stddef.h>
#include <stdint.h>

// struct candidate: a token that may come next, and its weight: the chance of one is its weight
// divided by the sum of all that are left.
struct candidate {
    float p;
    int32_t id;
};

// generate_penalize lowers the logits of ids that were used already: out[v] = logits[v], but of
// those in ids logits[v] / penalty where it is above 0, else logits[v] * penalty.  An id that
// occurs more than once counts once.
//   logits   (V)
//   ids      (n)  each in [0, V); n may be 0
//   penalty  above 0; 1 changes nothing
//   out      (V)  does not overlap logits
// Source: Keskar et al. 2019, "CTRL", section 4.1; negative logits as Hugging Face does.
void generate_penalize(int V, const float *logits, int n, const int32_t *ids, float penalty,
                       float *out);

// generate_weigh: c[v] = {exp((logits[v] - max) / temperature), v}, where max is the largest logit:
// so the weight of the likeliest is 1.  mathf_exp gives the same bits on every machine.
//   logits       (V)  may hold -inf, but not only; V >= 1
//   temperature  above 0
void generate_weigh(int V, const float *logits, float temperature, struct candidate *c);

// Three filters.  Each returns how many candidates stay, at least 1; they stand in c[0…].

// generate_top_k keeps the k with the largest weights, all if k is 0 or above n, and puts them in
// front, largest first.  Of equal weights the smaller id comes first.
//   c  (n)  n >= 1; in any order.  What is behind those kept does not matter.
int generate_top_k(int n, struct candidate *c, int k);

// generate_top_p keeps the first ones, no more than it takes for their weights to sum up to at
// least a share p of the sum of all n; at least one.
//   c  (n)  n >= 1; largest first
//   p  0 <= p <= 1
// Source: Holtzman et al. 2020, "The curious case of neural text degeneration", section 3.1.
int generate_top_p(int n, const struct candidate *c, float p);

// generate_min_p keeps those whose weight is at least p times the largest.
//   c  (n)  n >= 1; largest first
//   p  0 <= p <= 1; 0 keeps all
// Source: Nguyen et al. 2024, "Turning up the heat: min-p sampling", section 3.
int generate_min_p(int n, const struct candidate *c, float p);

// generate_draw returns the id on which point falls, when the candidates are laid on 0 … 1 one
// after the other, each as long as its share of the sum: that of the first c[i] for which
// point * sum < c[0].p + … + c[i].p.  If rounding leaves none, that of the last with any weight.
//   c      (n)  n >= 1; not all weights 0
//   point  0 <= point < 1
int32_t generate_draw(int n, const struct candidate *c, float point);

// generate_stop returns how many of the bytes of a text may be shown: all before the stop text, or,
// where none is complete yet, all that can belong to none, whatever comes next.
// *stopped is set to 1 if a stop text is complete, else to 0.  The one that is complete first
// counts; of those that end at the same byte the longest.
//   bytes  (size)   not shown yet; any bytes, zeros too; size may be 0
//   stop   (stops)  texts; an empty one never comes; stops may be 0
size_t generate_stop(size_t size, const char *bytes, int stops, const char *const *stop,
                     int *stopped);

// generate_attend: out[h,d] = sum_s p[h,s] values[s,g,d], with
// p[h,:] = softmax over s < S of q[h] . keys[s,g] / sqrt(D), and g = h * G / H.
//   q             (H, D)     the queries of one token
//   keys, values  (S, G, D)  of that token and the ones before; S >= 1
//   p             (H, S)     scratch: kept by nobody
//   out           (H, D)
// H is a multiple of G.  It is row S - 1 of attention_forward.  Cost: 4 S H D flops.
void generate_attend(int S, int H, int G, int D, const float *q, const float *keys,
                     const float *values, float *p, float *out);

#endif
