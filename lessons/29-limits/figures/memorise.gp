# 10,000 characters of stories again and again, a fifth of the answers drawn by lot: what is given back of either kind, and bits of clean text.
# data: make -s datasets/stories >&2 && build/gpt lab memorise --examples 500000 | awk 'NF == 4 && $1 + 0 == $1 { print $1, $2, $3, $4 }'
set terminal svg size 800,400 background rgb 'white' font 'sans,14'
set title 'answers that the network gives back, and bits of clean text'
set xlabel 'passes'
set logscale x
set xrange [0.9:55]
set xtics (1, 2, 5, 10, 20, 50)
set yrange [0:1.05]
set ytics nomirror
set ylabel 'share given back'
set y2range [0:8.4]
set y2tics 0, 2
set y2label 'bits a character'
set grid
set key outside bottom center horizontal
plot data using 1:2 with linespoints lw 2 pt 5 ps 0.5 lc rgb '#27762f' title 'of the true answers', \
     data using 1:3 with linespoints lw 2 pt 7 ps 0.5 lc rgb '#c0392b' title 'of those drawn by lot', \
     data using 1:4 axes x1y2 with linespoints lw 2 dt 2 pt 9 ps 0.7 lc rgb '#555555' title 'bits of clean text (right)'
