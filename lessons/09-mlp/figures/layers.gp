# What goes through six hidden layers at the start, forward and back, for three gains.
# data: make -s datasets/stories >&2 && for g in 0.3 1.667 5; do build/gpt mlp --layers 6 --steps 0 --stats --init $g --threads 1 | awk '$1 ~ /^[0-9]+$/ && NF == 6' && printf '\n\n'; done
set terminal svg size 860,400 background rgb 'white' font 'sans,14'
set multiplot layout 1,2
set xlabel 'hidden layer, from the embeddings to the head'
set xrange [0.7:6.3]
set xtics 1
set logscale y
set format y '10^{%L}'
set yrange [0.0003:3]
set grid ytics
set key bottom left
set title 'forward: how far the results h are spread'
set ylabel 'deviation of h'
plot data index 2 using 1:3 with linespoints lw 2 pt 7 ps 0.6 lc rgb '#c0392b' title 'gain 5', \
     data index 1 using 1:3 with linespoints lw 2 pt 5 ps 0.6 lc rgb '#27762f' title 'gain 5/3', \
     data index 0 using 1:3 with linespoints lw 2 pt 9 ps 0.8 lc rgb '#2c5d9b' title 'gain 0.3'
set title 'back: what of the gradient arrives'
set ylabel 'deviation of the gradient by h'
set yrange [0.00001:0.3]
set key bottom right
plot data index 2 using 1:5 with linespoints lw 2 pt 7 ps 0.6 lc rgb '#c0392b' title 'gain 5', \
     data index 1 using 1:5 with linespoints lw 2 pt 5 ps 0.6 lc rgb '#27762f' title 'gain 5/3', \
     data index 0 using 1:5 with linespoints lw 2 pt 9 ps 0.8 lc rgb '#2c5d9b' title 'gain 0.3'
