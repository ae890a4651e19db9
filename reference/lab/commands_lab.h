// commands_lab: `gpt lab`, which lets rules learn, and prints what came of it.
#ifndef GPT_COMMANDS_LAB_H
#define GPT_COMMANDS_LAB_H

// command_lab reads its options from argv[1 …], as the other commands do (commands.h).
int command_lab(int argc, char **argv);

#endif
