# Multiplications for one more token of the shipped model, with a cache and without.
# data: awk 'BEGIN { C = 128; L = 3; W = 12 * C * C * L + 1024 * C; for (S = 1; S <= 128; S++) print S, (W + 2 * L * C * S) / 1e6, (S * W + L * C * S * (S + 1)) / 1e6 }'
set terminal svg size 640,400 background rgb 'white' font 'sans,14'
set xlabel 'tokens in the text'
set ylabel 'million multiplications'
set xrange [1:128]
set xtics (1, 32, 64, 96, 128)
set logscale y
set yrange [0.5:200]
set grid linecolor rgb '#dddddd'
set key top left
plot data using 1:3 with lines linewidth 2 linecolor rgb '#e6550d' title 'all read again', \
     data using 1:2 with lines linewidth 2 linecolor rgb '#08306b' title 'with a cache'
