# Milliseconds for all matrices of a GPT-2 of 124 million weights times one vector, measured on two
# cores of an Intel Xeon with AVX-512 VNNI (tests/bench/quant.c), and the bytes that are read.
# data: printf '%s\n' 'F32 16.99 498' 'Q8_0 4.48 132' 'Q4_0 1.66 70'
set terminal svg size 640,300 background rgb 'white' font 'sans,14'
set xlabel 'ms'
set xrange [0:24]
set yrange [2.6:-0.6]
set ytics ('F32' 0, 'Q8\_0' 1, 'Q4\_0' 2) nomirror
set xtics nomirror
set border 3
set style fill solid
unset key
plot data using ($2 / 2):0:($2 / 2):(0.3) with boxxyerror lc rgb '#08306b', \
     data using 2:0:(sprintf('%.1f ms, %d MB', $2, $3)) with labels left offset 0.7, 0
