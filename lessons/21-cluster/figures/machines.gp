# How many times as fast a step of 64 micro-batches is on more machines, over two networks.
# data: for b in 1.17e9 117e6; do build/gpt cluster --project 64 --accumulate 64 --micro 0.9 --update 0.1 --latency 50e-6 --bandwidth $b | awk 'NR > 1 { print $1, $5 }'; echo; echo; done
set terminal svg size 640,440 background rgb 'white' font 'sans,14'
set logscale xy 2
set xlabel 'machines'
set ylabel 'times as fast as one'
set xrange [1:64.01]
set yrange [1:64.01]
set xtics (1, 2, 4, 8, 16, 32, 64)
set ytics (1, 2, 4, 8, 16, 32, 64)
set grid linecolor rgb '#dddddd'
set key top left
plot x with lines linewidth 1 dashtype 2 linecolor rgb '#888888' title 'each machine as good as the first', \
     data index 0 using 1:2 with linespoints linewidth 2 pointtype 7 pointsize 0.6 linecolor rgb '#08306b' title '10 Gb/s', \
     data index 1 using 1:2 with linespoints linewidth 2 pointtype 7 pointsize 0.6 linecolor rgb '#e6550d' title '1 Gb/s'
