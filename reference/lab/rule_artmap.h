// rule_artmap: Fuzzy ARTMAP (artmap.h), whose categories count how often they learnt.
//
// A category that resonated `times` times, would lose `cost` and has lost `size` says
// times exp(-near cost - small size) for the character that it stands for; the unigram says the
// rest.  So all that are near have a say, as in ARTMAP-IC, and the more the smaller they are.
// Once there is no room for another category, an example that needs one counts for the nearest that
// stands for its character, which stays as it is.
// Sources: artmap.h; Carpenter & Markuzon 1998, "ARTMAP-IC and medical diagnosis: instance counting
// and inconsistent cases" (counting, and more than one category that predicts).
#ifndef GPT_RULE_ARTMAP_H
#define GPT_RULE_ARTMAP_H

#include "lab.h"

extern const struct lab_rule LAB_ARTMAP;

#endif
