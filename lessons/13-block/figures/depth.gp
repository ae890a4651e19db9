# The gradient that each layer's matrices get, in stacks of 2, 8 and 32 blocks, at the first weights and after 200
# steps of training, with the norm before each part and behind each addition.
# data: make -s datasets/stories >&2 && for steps in 0 200; do for place in pre post; do for layers in 2 8 32; do build/gpt depth --layers $layers --place $place --steps $steps | awk -v L=$layers '$1 ~ /^[0-9]+$/ && NF == 4 { print ($1 - 1) / (L - 1), $4 }' && printf '\n\n'; done; done; done
set terminal svg size 860,400 background rgb 'white' font 'sans,14'
set multiplot layout 1,2
set xlabel 'layer, from the first to the last'
set xrange [-0.03:1.03]
set xtics ('first' 0, 'half way' 0.5, 'last' 1)
set logscale y
set format y '10^{%L}'
set yrange [0.000002:20]
set grid ytics
set key bottom right
set ylabel 'norm of the gradient'
set title 'at the first weights'
plot for [i=0:2] data index i using 1:2 with linespoints lw 2 pt 7 ps 0.5 lc rgb word('#9bd3a0 #4aa355 #1d5c24', i + 1) title sprintf('pre, %s layers', word('2 8 32', i + 1)), \
     for [i=0:2] data index 3 + i using 1:2 with linespoints lw 2 pt 9 ps 0.6 lc rgb word('#eab0a8 #d8604f #8f2317', i + 1) title sprintf('post, %s layers', word('2 8 32', i + 1))
set title 'after 200 steps'
unset key
plot for [i=6:8] data index i using 1:2 with linespoints lw 2 pt 7 ps 0.5 lc rgb word('#9bd3a0 #4aa355 #1d5c24', i - 5) notitle, \
     for [i=9:11] data index i using 1:2 with linespoints lw 2 pt 9 ps 0.6 lc rgb word('#eab0a8 #d8604f #8f2317', i - 8) notitle
