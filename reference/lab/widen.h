// widen: a network of net.h with more units in each hidden layer, which says what it said (grow.h).
#ifndef GPT_WIDEN_H
#define GPT_WIDEN_H

#include "net.h"
#include "random.h"

// widen returns a network with `hidden` units a layer, at least as many as n has; n is as it was.
// The new ones' weights have the deviations of net_new.  Its optimizer begins anew: moments are 0.
struct net *widen(const struct net *n, int hidden, struct random *r);

#endif
