# What the likeliest plan solves, of the deals that were practised with (full lines) and of others (broken), after more and more problems: told only success, learning what each plan reached, and one imagined plan more.
# data: for n in 3000 6000 12000 25000 50000; do build/gpt lab goals --examples $n | awk '$2 ~ /^[0-9]+$/ { print $1, $2, $5, $6 }'; done
set terminal svg size 800,440 background rgb 'white' font 'sans,14'
set title 'problems solved at the first go, by problems met'
set xlabel 'problems'
set logscale x
set xrange [2700:56000]
set xtics (3000, 6000, 12000, 25000, 50000)
set yrange [0:0.8]
set grid
set key at graph 0.45, graph 0.97
of(name) = sprintf("< awk '$1 == \"%s\"' '%s'", name, data)
plot of('imagined') using 2:3 with linespoints lw 2 pt 7 ps 0.6 lc rgb '#27762f' title 'hindsight, one imagined', \
     of('hindsight') using 2:3 with linespoints lw 2 pt 7 ps 0.6 lc rgb '#2c6fbb' title 'hindsight', \
     of('reward') using 2:3 with linespoints lw 2 pt 7 ps 0.6 lc rgb '#c0392b' title 'reward alone', \
     of('imagined') using 2:4 with linespoints lw 2 dt 2 pt 7 ps 0.4 lc rgb '#27762f' notitle, \
     of('hindsight') using 2:4 with linespoints lw 2 dt 2 pt 7 ps 0.4 lc rgb '#2c6fbb' notitle, \
     of('reward') using 2:4 with linespoints lw 2 dt 2 pt 7 ps 0.4 lc rgb '#c0392b' notitle
