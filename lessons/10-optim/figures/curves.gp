# The loss of the same small GPT under five optimizers, each at its best rate.
# data: lessons/10-optim/sweep.sh sgd:0.1 momentum:0.03 nesterov:0.1 adamw:0.01 muon:0.03 >&2; for o in sgd-0.1 momentum-0.03 nesterov-0.1 adamw-0.01 muon-0.03; do cat build/optim/$o/loss.tsv; printf '\n\n'; done
set terminal svg size 800,480 background rgb 'white' font 'sans,14'
set title 'the same GPT, the same 300 steps'
set xlabel 'step'
set ylabel 'bits per byte of the batch, smoothed'
set xrange [0:350]
set yrange [1.8:6]
set grid ytics lc rgb '#dddddd'
unset key
set label 'SGD' at 303, 3.83
set label 'momentum' at 303, 3.42
set label 'Nesterov' at 303, 3.24
set label 'AdamW' at 303, 2.6
set label 'Muon' at 303, 2.04
plot for [i=0:4] data index i using 1:2 smooth bezier with lines lw 2.2 \
     lc rgb word('#777777 #e69f00 #b8860b #1f5fa8 #c0392b', i + 1)
