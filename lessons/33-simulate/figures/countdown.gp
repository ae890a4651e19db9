# Share of problems with numbers never met that are solved, by problems shown: by the likeliest plan, the best of the 4 and of the 16 likeliest.
# data: for n in 25000 50000 100000 200000; do build/gpt lab countdown --examples $n | awk '$1 == "numbers" { print $2, $3, $4, $5 }'; done
set terminal svg size 800,440 background rgb 'white' font 'sans,14'
set title 'share of held-back problems solved, by problems shown'
set xlabel 'problems shown'
set logscale x
set xrange [23000:220000]
set xtics (25000, 50000, 100000, 200000)
set yrange [0:1]
set grid
set key bottom right
plot data using 1:4 with linespoints lw 2 pt 7 ps 0.5 lc rgb '#27762f' title 'best of the 16 likeliest plans', \
     data using 1:3 with linespoints lw 2 pt 7 ps 0.5 lc rgb '#888888' title 'best of the 4 likeliest', \
     data using 1:2 with linespoints lw 2 pt 7 ps 0.5 lc rgb '#c0392b' title 'the likeliest alone'
