# The rungs of (768, 768) by (768, 768), and gemm with fewer rows of a, under the machine's limits.
# Recorded, not measured anew: one run of `gpt gemm`, gcc 12, 2 cores of an Intel server with AVX-512.
# Operations a byte, GFLOP/s, name.
# data: echo recorded below
$rungs << END
128 2.01 "gemm_loops"
128 29.3 "gemm_rows"
128 95.3 "gemm_tile"
128 120 "gemm_tile, packed"
128 153 "gemm"
128 311 "gemm, two threads"
128 391 "gemm_fast, two threads"
END
$thin << END
0.5 8.97 "1"
1.98 44.1 "4"
7.68 151 "16"
27.4 256 "64"
76.8 314 "256"
END
one = 243
all = 482
far = 33.3
set terminal svg size 760,500 background rgb 'white' font 'sans,14'
set logscale xy
set xrange [0.2:2000]
set yrange [1:800]
set grid linecolor rgb '#dddddd'
set xlabel 'operations a byte'
set ylabel 'GFLOP/s'
set samples 500
set key outside below
set bmargin 8
roof(x) = x * far < all ? x * far : all
plot roof(x) with lines linewidth 2 linecolor rgb '#555555' title 'the limits: memory, then arithmetic', \
     one with lines linewidth 1 dashtype 3 linecolor rgb '#555555' title 'arithmetic of one thread', \
     $rungs using 1:2 with points pointtype 7 pointsize 0.8 linecolor rgb '#c0392b' title 'rungs', \
     '' every ::0::2 using 1:2:3 with labels left offset 0.8,0 noenhanced font 'sans,12' notitle, \
     '' every ::3::3 using 1:2:3 with labels right offset -0.8,0 noenhanced font 'sans,12' notitle, \
     '' every ::4 using 1:2:3 with labels left offset 0.8,0 noenhanced font 'sans,12' notitle, \
     $thin using 1:2 with points pointtype 6 pointsize 0.8 linecolor rgb '#2c6fbb' title 'gemm, two threads, so many rows of a', \
     '' using 1:2:3 with labels left offset 0.8,0 font 'sans,12' notitle
