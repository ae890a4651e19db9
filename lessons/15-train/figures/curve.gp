# The loss of a small run: each batch, the validation part, and the floor.
# data: make -s datasets/stories >&2 && build/gpt train --threads 1 --layers 2 --channels 64 --context 64 --steps 400 --warmup 40 --eval-every 20 --out runs/curve >&2 && cat runs/curve/loss.tsv
set terminal svg size 800,480 background rgb 'white' font 'sans,14'
set title 'a GPT of 170,000 weights, 400 steps of 512 tokens'
set datafile missing '-'
set xlabel 'step'
set ylabel 'bits per byte'
set xrange [0:400]
set yrange [0:3]
set grid ytics lc rgb '#dddddd'
set key top right
plot data using 1:2 with lines lw 1 lc rgb '#8fb3d9' title 'the batch of each step', \
     '' using 1:(column(3)) with linespoints lw 2 pt 7 ps 0.5 lc rgb '#c0392b' title 'validation', \
     0.247 with lines lw 2 dt 2 lc rgb '#555555' title 'floor'
