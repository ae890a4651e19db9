// rule_grow: the network of taught.h, but begun small: it gets wider where it no longer learns.
#ifndef GPT_RULE_GROW_H
#define GPT_RULE_GROW_H

#include "lab.h"
#include "net.h"

// LAB_GROW: layers of 16 units, doubled on a plateau, up to 128.
extern const struct lab_rule LAB_GROW;

// grow_net returns its network as it is now.
const struct net *grow_net(const void *state);

// grow_work returns how many products it took on the way up (net.h: net_work), all places together.
double grow_work(const void *state);

#endif
