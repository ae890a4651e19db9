# A training step's memory against the length of the text, with maps and without; lines as predicted, points as measured on two cores of a Xeon server (gpt memory --step --batch 1).
# data: for T in 128 256 512 1024 2048 4096 8192; do echo $T $(for a in maps flash; do build/gpt memory --step --predict --threads 2 --batch 1 --context $T --attention $a | awk '{ print $(NF - 2) }'; done); done | awk 'BEGIN { split("22.1 28.6 54.8 116.1 332.4 1114.0 4094.2", m); split("21.1 26.2 36.8 60.4 104.2 194.6 366.6", f) } { print $0, m[NR], f[NR] }'
set terminal svg size 760,420 background rgb 'white' font 'sans,14'
set xlabel 'tokens in a text'
set ylabel 'MB of a training step'
set logscale xy 2
set xrange [110:9500]
set yrange [16:8192]
set xtics (128, 256, 512, 1024, 2048, 4096, 8192)
set ytics (16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192)
set grid linecolor rgb '#dddddd'
set key top left reverse Left
plot data using 1:2 with lines linewidth 2 linecolor rgb '#e6550d' title 'with maps, predicted', \
     data using 1:4 with points pointtype 7 pointsize 0.8 linecolor rgb '#e6550d' title 'measured', \
     data using 1:3 with lines linewidth 2 linecolor rgb '#08306b' title 'without, predicted', \
     data using 1:5 with points pointtype 7 pointsize 0.8 linecolor rgb '#08306b' title 'measured'
