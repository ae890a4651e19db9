// calibration: what a model's probabilities are worth: how sure it is, and how often it is right.
//
// The most probable id of a row is the model's guess, its probability the confidence.  Of many
// guesses that are made with a confidence of 0.7, seven in ten should be right.
// Source: Guo et al. 2017, "On calibration of modern neural networks", section 2.
#ifndef GPT_CALIBRATION_H
#define GPT_CALIBRATION_H

#include <stdint.h>
#include <stdio.h>

enum { CALIBRATION_BINS = 10 };

// struct calibration: sums over predictions; all zeros to begin with.
struct calibration {
    double count, nats, entropy, lse;
    struct calibration_bin {  // of confidence, 0 to 0.1 and so on
        double count, confidence, right;
    } bins[CALIBRATION_BINS];
};

// calibration_add takes in one row of logits.
//   x       (V)  finite
//   after   (V)  how often each id was what came
//   p       (V)  what it works with; what it holds does not matter
void calibration_add(struct calibration *c, int V, const float *x, const int64_t *after, float *p);

// calibration_guess takes in `count` guesses of that confidence, of which `right` were right, where
// there are no logits: what is said of logits stays as it was.
//   confidence  0 to 1
void calibration_guess(struct calibration *c, double confidence, double count, double right);

// calibration_error returns the expected calibration error: the mean over all predictions of how
// far their bin's confidence is from its share of right guesses.
double calibration_error(const struct calibration *c);

// calibration_header and calibration_row print a table for models side by side: bits per token;
// entropy, the bits that the model itself expects; guesses that are right and confidence, the
// calibration error (in per cent); and the mean log-sum-exp of the logits.
void calibration_header(FILE *out);
void calibration_row(const struct calibration *c, const char *name, FILE *out);

// calibration_bins prints a row for each bin that is not empty: mean confidence, share of right
// guesses (both in per cent), share of all predictions (in per cent).
void calibration_bins(const struct calibration *c, FILE *out);

#endif
