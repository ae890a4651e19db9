// commands: what gpt can do besides train.  Each reads its own options from argv[1 …], prints its
// result on stdout and returns the program's exit status; a mistake ends the program with one
// line on stderr, status 2 if the call made no sense and 1 otherwise.
#ifndef GPT_COMMANDS_H
#define GPT_COMMANDS_H

#include "recall.h"

// command_end returns the exit status of a command that has printed its result: 0, or 1 and a line
// on stderr if not all of it has arrived.
int command_end(void);

// command_generate writes text with a trained model.
//   kind  of what --memory remembers with
int command_generate(int argc, char **argv, const struct recall_kind *kind);

// command_chat lets a person and a trained model write in turns.
int command_chat(int argc, char **argv);

// command_eval prints a trained model's loss on a text or on a data set's validation part.
//   kind  as above
int command_eval(int argc, char **argv, const struct recall_kind *kind);

// command_tokenize prints the tokens of a text.
int command_tokenize(int argc, char **argv);

// command_ngram counts a text and prints how well the counts predict another, or writes from them.
int command_ngram(int argc, char **argv);

// command_tape prints a small tape node by node, or one beside lesson 06.
int command_tape(int argc, char **argv);

// command_near prints which tokens' embeddings are alike.
int command_near(int argc, char **argv);

// command_view prints which floats of a memory a view reads.
int command_view(int argc, char **argv);
// command_slope prints how exact slopes by differences are, or a walk downhill by them.
int command_slope(int argc, char **argv);

// command_bigram trains a bigram by gradient and prints its score beside that of the counts.
int command_bigram(int argc, char **argv);
// command_memory prints what a training step takes on its tape.
int command_memory(int argc, char **argv);
// command_scalar prints a formula's graph, or trains small nets on scalar graphs.
int command_scalar(int argc, char **argv);
// command_mlp trains a small network on a text and prints how well it predicts another.
int command_mlp(int argc, char **argv);

// command_optim prints how an optimizer goes down a valley of two weights, or what newton_schulz
// makes of a matrix.
int command_optim(int argc, char **argv);

// command_attend prints which tokens of a text a model's heads look at.
int command_attend(int argc, char **argv);

// command_flash prints what a query has seen, block after block of its keys.
int command_flash(int argc, char **argv);
// command_gemm prints how fast each rung of the matrix product is on this machine.
int command_gemm(int argc, char **argv);

// command_import makes a model of ours from one of llama2.c's.
int command_import(int argc, char **argv);

// command_grow makes a model larger without changing what it computes.
int command_grow(int argc, char **argv);

// command_export writes a model as a GGUF; command_quantize one with weights of 8 or 4 bits.
int command_export(int argc, char **argv);
int command_quantize(int argc, char **argv);

// command_position prints the scores of a query and a key at every place.
int command_position(int argc, char **argv);

// command_depth prints what goes through a stack of blocks and back, or trains it.
int command_depth(int argc, char **argv);

// command_shape prints the weights of a shape, part by part.
int command_shape(int argc, char **argv);

// command_blocks prints what rounding to blocks of 8 or 4 bits does to a model's weights.
int command_blocks(int argc, char **argv);

// command_bench prints what this machine can do, and how fast it trains and writes.
int command_bench(int argc, char **argv);

// command_parallel prints what several threads lose, and what they gain.
int command_parallel(int argc, char **argv);

// command_cluster prints what training on several processes costs, measured or computed.
int command_cluster(int argc, char **argv);

// command_inspect prints what is in a model's directory or in a safetensors file.
int command_inspect(int argc, char **argv);

// command_plot draws a run's loss.
int command_plot(int argc, char **argv);

// command_compare prints whether two runs agree; its status is 1 if they do not.
int command_compare(int argc, char **argv);

#endif
